import { compareRange, rangesOverlap } from "../ip/range.ts";
import type { Problem } from "./config.ts";
import type { AddressDraft, PoolDraft } from "./draft.ts";
import { formatSource } from "./problem.ts";
import { type Place, problemAt } from "./reader.ts";
import { quote } from "./tree.ts";

interface Claim extends AddressDraft {
  readonly pool: string;
  /** Rank in the order of declaration. */
  readonly order: number;
}

/**
 * An error for every entry of `addresses` that shares an address with an earlier one, in the same pool or another;
 * it stands at the later of the two and names both.
 */
export function findOverlaps(drafts: readonly PoolDraft[]): readonly Problem[] {
  let order = 0;
  const claims: readonly Claim[] = drafts.flatMap(({ pool, entries }) =>
    entries.map((entry) => ({ ...entry, pool: pool.name, order: order++ }))
  ).toSorted((a, b) => compareRange(a.range, b.range) || a.order - b.order);
  const problems: Problem[] = [];
  let widest: Claim | undefined;
  for (const claim of claims) {
    if (widest !== undefined && rangesOverlap(widest.range, claim.range)) {
      problems.push(overlapProblem(widest, claim));
    }
    const reachesFurther = widest === undefined || widest.range.family !== claim.range.family ||
      claim.range.last > widest.range.last;
    if (reachesFurther) widest = claim;
  }
  return problems;
}

function overlapProblem(a: Claim, b: Claim): Problem {
  const [earlier, later] = a.order < b.order ? [a, b] : [b, a];
  return problemAt(
    "error",
    later.place,
    `Cannot use addresses ${quote(later.text)} of pool ${
      quote(later.pool)
    }: overlaps with already ` +
      `defined CIDR ${quote(earlier.text)} of pool ${quote(earlier.pool)}` +
      wherePlace(earlier.place, later.place),
  );
}

/** Where the other of two places is: ` in line 4`, or ` in IPAddressPool metallb-system/a`, or nothing. */
export function wherePlace(other: Place, here: Place): string {
  const source = formatSource(other.source);
  const line = other.at === undefined ? "" : ` in line ${other.at.line}`;
  return source === formatSource(here.source)
    ? line
    : `${line}${line === "" ? " in" : " of"} ${source}`;
}
