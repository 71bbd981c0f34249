import type { Community } from "./config.ts";

const UINT16_MAX = 0xffff;
const UINT32_MAX = 0xffff_ffff;

/**
 * Reads `64512:100` (RFC 1997) or `large:64512:1:100` (RFC 8092); `undefined` for anything else.
 *
 * @example
 * ```ts
 * import { parseCommunity } from "./community.ts";
 * if (parseCommunity("65535:65281")?.kind !== "standard") throw new Error("NO_EXPORT");
 * if (parseCommunity("65536:1") !== undefined) throw new Error("more than 16 bits");
 * ```
 */
export function parseCommunity(text: string): Community | undefined {
  const [, large, digits = ""] = /^(large:)?(\d{1,10}(?::\d{1,10})+)$/.exec(text) ?? [];
  const numbers = digits.split(":").map(Number);
  const [a, b, c] = numbers;
  const max = large === undefined ? UINT16_MAX : UINT32_MAX;
  if (a === undefined || b === undefined || numbers.some((number) => number > max)) {
    return undefined;
  }
  if (large === undefined) {
    return numbers.length === 2 ? { kind: "standard", numbers: [a, b] } : undefined;
  }
  return numbers.length === 3 && c !== undefined
    ? { kind: "large", numbers: [a, b, c] }
    : undefined;
}

/** The text of a community: what `parseCommunity` reads. */
export function formatCommunity({ kind, numbers }: Community): string {
  return kind === "large" ? `large:${numbers.join(":")}` : numbers.join(":");
}

/** Orders by the numbers; one of RFC 1997 stands where its 32 bits with two zeros would, as in MetalLB. */
export function compareCommunity(a: Community, b: Community): number {
  const left = sortKey(a);
  const right = sortKey(b);
  for (const [i, number] of left.entries()) {
    const difference = number - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.kind === b.kind ? 0 : a.kind === "standard" ? -1 : 1;
}

/** In order, each once. */
export function sortedCommunities(communities: readonly Community[]): readonly Community[] {
  const distinct = new Map(communities.map((each) => [formatCommunity(each), each]));
  return [...distinct.values()].toSorted(compareCommunity);
}

function sortKey({ kind, numbers }: Community): readonly number[] {
  return kind === "large" ? numbers : [numbers[0] * 0x1_0000 + numbers[1], 0, 0];
}
