import type { Preferences } from "./rank.ts";
import type { IsSkipped, Preference, RankStanding, Standing } from "./standing.ts";

/** Eligible nodes, seen from one of them. Each list is in order of name. */
export interface Tiers {
  /** More preferred than this node. */
  readonly above: readonly string[];
  /** As much as this node, which is among them. */
  readonly equal: readonly string[];
}

/** The nodes that come before `node` by preference, and those that hash decides among. */
export function tiersOf(
  node: string,
  eligible: readonly string[],
  preferences: Preferences,
): Tiers {
  const own = preferences.get(node) ?? 0;
  return {
    above: eligible.filter((other) => (preferences.get(other) ?? 0) > own),
    equal: eligible.filter((other) => (preferences.get(other) ?? 0) === own),
  };
}

/** Where a node stands where some are preferred: the more preferred come before, then hash decides. */
export class PreferredStanding implements Standing {
  readonly #node: string;
  readonly #tiers: Tiers;
  readonly #preferences: Preferences;
  /** Among the nodes that are preferred as much. */
  readonly #among: RankStanding;

  constructor(
    node: string,
    { tiers, preferences, among }: {
      readonly tiers: Tiers;
      readonly preferences: Preferences;
      readonly among: RankStanding;
    },
  ) {
    this.#node = node;
    this.#tiers = tiers;
    this.#preferences = preferences;
    this.#among = among;
  }

  place(isSkipped: IsSkipped, most: number): number {
    let place = 0;
    for (const other of this.#tiers.above) {
      if (place === most) return place;
      if (!isSkipped(other)) place++;
    }
    return place + this.#among.place(isSkipped, most - place);
  }

  isBehind(other: string): boolean {
    return this.#among.isBehind(other);
  }

  preferenceFor(other: string): Preference {
    const own = this.#preferences.get(this.#node) ?? 0;
    const its = this.#preferences.get(other) ?? 0;
    if (its === own) return "same";
    return its > own ? "more" : "less";
  }
}
