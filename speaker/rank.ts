import { sha256 } from "./sha256.ts";

/**
 * The nodes in the order in which they may claim an address: by `sha256("<node>#<address>")`, bytewise
 * ascending. That is MetalLB's order since 0.11, so that a migration moves nothing.
 *
 * @param key the canonical text of the address
 */
export function rankNodes(nodes: Iterable<string>, key: string): readonly string[] {
  const scored: [node: string, digest: Uint32Array][] = [];
  for (const node of nodes) scored.push([node, sha256(`${node}#${key}`)]);
  scored.sort(([, a], [, b]) => compareDigests(a, b));
  return scored.map(([node]) => node);
}

function compareDigests(a: Uint32Array, b: Uint32Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
