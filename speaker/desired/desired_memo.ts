import { type Assignment, Readings } from "./assignments.ts";
import type { Claimable } from "./claimable.ts";
import { type Scene, Scenes } from "./scene.ts";
import { Standings } from "../ownership/standings.ts";

const SETS_REMEMBERED = 1_000;

/** Remembers costly results of one node that depend on nothing but their arguments. Never changes an answer. */
export class DesiredMemo {
  /** What the Services say. */
  readonly readings = new Readings();
  /** This node's, by address. */
  readonly standings = new Standings();
  readonly scenes = new Scenes();
  readonly #sets = new Map<string, readonly string[]>();
  readonly #claimables = new WeakMap<Assignment, { scene: Scene; claimable: Claimable }>();

  /** The same array for the same names. */
  intern(names: readonly string[]): readonly string[] {
    const text = names.join("\n");
    const known = this.#sets.get(text);
    if (known !== undefined) return known;
    this.#sets.set(text, names);
    return names;
  }

  /** What was made of the assignment in the same scene. */
  recall(assignment: Assignment, scene: Scene): Claimable | undefined {
    const known = this.#claimables.get(assignment);
    return known?.scene === scene ? known.claimable : undefined;
  }

  /** To be recalled, where it depends on the assignment and the scene alone. */
  remember(assignment: Assignment, scene: Scene, claimable: Claimable): void {
    this.#claimables.set(assignment, { scene, claimable });
  }

  /** Forgets addresses that are not assigned any more. */
  retain(keys: ReadonlySet<string>): void {
    if (this.#sets.size > SETS_REMEMBERED) this.#sets.clear();
    this.standings.retain(keys);
  }
}
