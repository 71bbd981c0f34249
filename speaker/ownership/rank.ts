import { sha256 } from "./sha256.ts";

/** How much each node is preferred, in no unit; one that is not there: 0. */
export type Preferences = ReadonlyMap<string, number>;

/**
 * The nodes in the order in which they may claim an address: those that are preferred most, then by
 * `sha256("<node>#<address>")`, bytewise ascending. That is MetalLB's order since 0.11, so that a migration moves
 * nothing.
 *
 * @param key the canonical text of the address
 */
export function rankNodes(
  nodes: Iterable<string>,
  key: string,
  preferences: Preferences = new Map(),
): readonly string[] {
  const scored = Array.from(nodes, (node) => {
    return { node, preference: preferences.get(node) ?? 0, digest: digestOf(node, key) };
  });
  scored.sort((a, b) => b.preference - a.preference || compareDigests(a.digest, b.digest));
  return scored.map(({ node }) => node);
}

/** Whether `a` comes before `b` in that order. Of a node and itself neither does. */
export function ranksBefore(a: string, b: string, key: string): boolean {
  return compareDigests(digestOf(a, key), digestOf(b, key)) < 0;
}

/** The first 32 bits that the order goes by: they decide, but for one pair in four billion. */
export function scoreOf({ node, key }: { readonly node: string; readonly key: string }): number {
  return digestOf(node, key)[0] ?? 0;
}

function digestOf(node: string, key: string): Uint32Array {
  return sha256(`${node}#${key}`);
}

function compareDigests(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
