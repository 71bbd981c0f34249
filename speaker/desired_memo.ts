import { Readings } from "./assignments.ts";
import { Standings } from "./standings.ts";

const SETS_REMEMBERED = 1_000;

/** Remembers costly results of one node that depend on nothing but their arguments. Never changes an answer. */
export class DesiredMemo {
  readonly #sets = new Map<string, readonly string[]>();
  /** What the Services say. */
  readonly readings = new Readings();
  /** This node's, by address. */
  readonly standings = new Standings();

  /** The same array for the same names. */
  intern(names: readonly string[]): readonly string[] {
    const text = names.join("\n");
    const known = this.#sets.get(text);
    if (known !== undefined) return known;
    this.#sets.set(text, names);
    return names;
  }

  /** Forgets addresses that are not assigned any more. */
  retain(keys: ReadonlySet<string>): void {
    if (this.#sets.size > SETS_REMEMBERED) this.#sets.clear();
    this.standings.retain(keys);
  }
}
