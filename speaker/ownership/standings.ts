import { type Contest, type EligibleChange, eligibleChange, RankStanding } from "./standing.ts";

/** One node's standing for each of many keys. Mutable, but only to remember; free of I/O. */
export class Standings {
  readonly #standings = new Map<string, RankStanding>();
  #change: { readonly from: readonly string[]; readonly change: EligibleChange } | undefined;

  /**
   * The node's standing among these, in order of name: the same while the array is the same, and then made from
   * what it was.
   */
  of(contest: Contest, eligible: readonly string[]): RankStanding {
    const before = this.#standings.get(contest.key);
    if (before?.eligible === eligible) return before;
    const standing = before?.over(this.#changeFrom(before.eligible, eligible)) ??
      new RankStanding(contest, eligible);
    this.#standings.set(contest.key, standing);
    return standing;
  }

  /** Nothing is asked for this key any more. */
  forget(key: string): void {
    this.#standings.delete(key);
  }

  /** Forgets all other keys, once they are as many. */
  retain(keys: ReadonlySet<string>): void {
    if (this.#standings.size <= keys.size * 2) return;
    for (const key of this.#standings.keys()) if (!keys.has(key)) this.#standings.delete(key);
  }

  /** Thousands of keys go from one list to another together. */
  #changeFrom(from: readonly string[], to: readonly string[]): EligibleChange {
    if (this.#change?.from === from && this.#change.change.to === to) return this.#change.change;
    const change = eligibleChange(from, to);
    this.#change = { from, change };
    return change;
  }
}
