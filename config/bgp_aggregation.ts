import { bitsOf, type Family } from "../ip/address.ts";
import { type IpRange, rangeSize } from "../ip/range.ts";
import type { AddressDraft } from "./draft.ts";

/** An entry of a pool that an aggregation length is too short for. */
export interface TooNarrow {
  readonly entry: AddressDraft;
  /** The shortest length that would do. */
  readonly need: number;
}

/**
 * The entries of a pool that have no CIDR block as wide as a prefix of this length, so that other addresses would be
 * advertised with theirs. For a range its widest block counts, as in MetalLB.
 */
export function findTooNarrow(
  entries: readonly AddressDraft[],
  family: Family,
  length: number,
): readonly TooNarrow[] {
  return entries
    .filter(({ range }) => range.family === family)
    .map((entry) => ({ entry, need: widestPrefixLength(entry.range) }))
    .filter(({ need }) => length < need);
}

/** The length of the widest CIDR block that lies within the range. */
function widestPrefixLength(range: IpRange): number {
  const bits = bitsOf(range.family);
  let size = 1n;
  while (size * 2n <= rangeSize(range)) size *= 2n;
  // A block starts at a multiple of its size, so the widest is this size or half of it.
  const start = (range.first + size - 1n) / size * size;
  if (start + size - 1n > range.last) size /= 2n;
  return bits - (size.toString(2).length - 1);
}
