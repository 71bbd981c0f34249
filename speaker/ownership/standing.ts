import { ranksBefore, scoreOf } from "./rank.ts";

/** Whether a node is left out of account, because it is silent or just let go. */
export type IsSkipped = (node: string) => boolean;

/** Where this node stands among those that may claim one address. */
export interface Standing {
  /** How many eligible nodes, those skipped left out, come before this one; `most` if there are more. */
  place(isSkipped: IsSkipped, most: number): number;
  /**
   * Whether another node, eligible or not, comes before this one by hash, whoever is preferred. Asked there, the
   * answer is the opposite, whatever the two know of the API.
   */
  isBehind(other: string): boolean;
  /** How much another node, eligible or not, is preferred. */
  preferenceFor(other: string): Preference;
}

/** Compared to this node. */
export type Preference = "more" | "same" | "less";

/** Whose place is looked for, and for what. */
export interface Contest {
  /** This node. */
  readonly node: string;
  /** Canonical text of the address; or whatever else nodes are ranked for. */
  readonly key: string;
}

/** From one list of eligible nodes to another. */
export interface EligibleChange {
  readonly to: readonly string[];
  readonly added: readonly string[];
  readonly removed: ReadonlySet<string>;
}

/**
 * The place by rank, found out as far as it is asked for: each node costs a hash, and of 1,000 nodes some 50
 * have to be looked at to see that eight come before. Mutable, but only to remember; free of I/O.
 */
export class RankStanding implements Standing {
  readonly eligible: readonly string[];
  readonly #contest: Contest;
  #score: number | undefined;
  /** Of the first `#judged` eligible nodes those that come before this one. */
  #ahead: string[] = [];
  #judged = 0;
  /** Who was asked about last: mostly the holder, at each of its answers. */
  #last: { readonly other: string; readonly isBehind: boolean } | undefined;

  /** @param eligible in order of name */
  constructor(contest: Contest, eligible: readonly string[]) {
    this.#contest = contest;
    this.eligible = eligible;
  }

  place(isSkipped: IsSkipped, most: number): number {
    let place = 0;
    for (const other of this.#ahead) {
      if (place === most) return place;
      if (!isSkipped(other)) place++;
    }
    while (place < most && this.#judged < this.eligible.length) {
      const other = this.eligible[this.#judged++];
      if (other === undefined || other === this.#contest.node || !this.#compare(other)) continue;
      this.#ahead.push(other);
      if (!isSkipped(other)) place++;
    }
    return place;
  }

  isBehind(other: string): boolean {
    const at = countBefore(other, this.eligible);
    if (at < this.#judged && this.eligible[at] === other) return this.#ahead.includes(other);
    if (this.#last?.other !== other) this.#last = { other, isBehind: this.#compare(other) };
    return this.#last.isBehind;
  }

  preferenceFor(): Preference {
    return "same";
  }

  #compare(other: string): boolean {
    const { node, key } = this.#contest;
    const score = scoreOf({ node: other, key });
    this.#score ??= scoreOf(this.#contest);
    return score === this.#score ? ranksBefore(other, node, key) : score < this.#score;
  }

  /** The same among other nodes, with what was found out: a node more costs a hash, a node less none. */
  over({ to, added, removed }: EligibleChange): RankStanding {
    const next = new RankStanding(this.#contest, to);
    next.#score = this.#score;
    if (this.#judged === 0 || added.length > MOST_ADDED) return next;
    const end = this.eligible[this.#judged];
    next.#ahead = this.#ahead.filter((other) => !removed.has(other));
    for (const other of added) {
      if ((end === undefined || other < end) && this.#compare(other)) next.#ahead.push(other);
    }
    next.#judged = end === undefined ? to.length : countBefore(end, to);
    return next;
  }
}

/** With more nodes new than these, most of what is known says little. */
const MOST_ADDED = 8;

/** What is different from one list to another, both in order of name. */
export function eligibleChange(from: readonly string[], to: readonly string[]): EligibleChange {
  const before = new Set(from);
  const after = new Set(to);
  return { to, added: to.filter((name) => !before.has(name)), removed: before.difference(after) };
}

/** How many names of a list, in order, come before one. */
function countBefore(name: string, names: readonly string[]): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = low + high >> 1;
    if ((names[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
