import { bitsOf, formatIp } from "../ip/address.ts";
import { formatRange, type IpRange, rangeSize, rangesOverlap } from "../ip/range.ts";

/** What is left of a range without others, ascending. */
export function withoutRanges(range: IpRange, others: readonly IpRange[]): readonly IpRange[] {
  return others.reduce<readonly IpRange[]>(
    (left, other) => left.flatMap((each) => withoutRange(each, other)),
    [range],
  );
}

function withoutRange(range: IpRange, other: IpRange): readonly IpRange[] {
  if (!rangesOverlap(range, other)) return [range];
  const { family, first, last } = range;
  return [
    { family, first, last: other.first - 1n },
    { family, first: other.last + 1n, last },
  ].filter((each) => each.first <= each.last);
}

/** An entry of `addresses`: a CIDR where the range is one, else `start-end`. */
export function formatEntry(range: IpRange): string {
  const size = rangeSize(range);
  const isBlock = (size & (size - 1n)) === 0n && range.first % size === 0n;
  if (!isBlock) return formatRange(range);
  const length = bitsOf(range.family) - (size.toString(2).length - 1);
  return `${formatIp({ family: range.family, value: range.first })}/${length}`;
}
