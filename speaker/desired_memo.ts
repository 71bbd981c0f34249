import { rerankNodes } from "./rank.ts";

const SETS_REMEMBERED = 1_000;

/** Remembers costly results that depend on nothing but their arguments. Never changes an answer. */
export class DesiredMemo {
  readonly #sets = new Map<string, readonly string[]>();
  #orders = new Map<string, { eligible: readonly string[]; order: readonly string[] }>();

  /** The same array for the same names. */
  intern(names: readonly string[]): readonly string[] {
    const text = names.join("\n");
    const known = this.#sets.get(text);
    if (known !== undefined) return known;
    this.#sets.set(text, names);
    return names;
  }

  /** `rankNodes`, computed once as long as the interned names are the same, and then from what it was. */
  order(eligible: readonly string[], key: string): readonly string[] {
    const known = this.#orders.get(key);
    if (known?.eligible === eligible) return known.order;
    const order = rerankNodes(known?.order ?? [], eligible, key);
    this.#orders.set(key, { eligible, order });
    return order;
  }

  /** Forgets addresses that are not assigned any more. */
  retain(keys: ReadonlySet<string>): void {
    if (this.#sets.size > SETS_REMEMBERED) this.#sets.clear();
    if (this.#orders.size <= keys.size * 2) return;
    this.#orders = new Map([...this.#orders].filter(([key]) => keys.has(key)));
  }
}
