import { compareIp, type Family, formatIp, type IpAddress, parseIp } from "./address.ts";

/** An inclusive run of addresses of one family: `first <= last`. */
export interface IpRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** Why a text is not a range. */
export type RangeFault = "not-a-range" | "bad-start" | "bad-end" | "mixed-families" | "reversed";

/**
 * Reads `start-end`, both ends included; blanks around the dash are allowed (MetalLB since 0.9.2).
 * Equal ends are a range of one address.
 */
export function parseRange(text: string): IpRange | RangeFault {
  const dash = text.indexOf("-");
  if (dash < 0) return "not-a-range";
  const start = parseIp(text.slice(0, dash).trim());
  if (start === undefined) return "bad-start";
  const end = parseIp(text.slice(dash + 1).trim());
  if (end === undefined) return "bad-end";
  if (start.family !== end.family) return "mixed-families";
  if (start.value > end.value) return "reversed";
  return { family: start.family, first: start.value, last: end.value };
}

/** Writes `first-last`, or the one address where both are the same. */
export function formatRange(range: IpRange): string {
  const first = formatIp({ family: range.family, value: range.first });
  if (range.first === range.last) return first;
  return `${first}-${formatIp({ family: range.family, value: range.last })}`;
}

/** How many addresses the range has. */
export function rangeSize(range: IpRange): bigint {
  return range.last - range.first + 1n;
}

/** Whether the address lies within the range; never across families. */
export function rangeContains(range: IpRange, address: IpAddress): boolean {
  return range.family === address.family && range.first <= address.value &&
    address.value <= range.last;
}

/** Whether the two have an address in common. */
export function rangesOverlap(a: IpRange, b: IpRange): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

/** Orders by family, then first address, then last. */
export function compareRange(a: IpRange, b: IpRange): number {
  const byFirst = compareIp({ family: a.family, value: a.first }, {
    family: b.family,
    value: b.first,
  });
  if (byFirst !== 0) return byFirst;
  return a.last < b.last ? -1 : a.last > b.last ? 1 : 0;
}
