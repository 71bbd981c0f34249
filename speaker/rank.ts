import { sha256 } from "./sha256.ts";

/**
 * The nodes in the order in which they may claim an address: by `sha256("<node>#<address>")`, bytewise
 * ascending. That is MetalLB's order since 0.11, so that a migration moves nothing.
 *
 * @param key the canonical text of the address
 */
export function rankNodes(nodes: Iterable<string>, key: string): readonly string[] {
  const scored = Array.from(nodes, (node) => ({ node, digest: digestOf(node, key) }));
  scored.sort((a, b) => compareDigests(a.digest, b.digest));
  return scored.map(({ node }) => node);
}

/**
 * `rankNodes(nodes, key)`, given the order of other nodes for the same address: those in both are not
 * sorted again, so that one node more costs a few hashes per address and one less costs none.
 */
export function rerankNodes(
  order: readonly string[],
  nodes: readonly string[],
  key: string,
): readonly string[] {
  const wanted = new Set(nodes);
  const before = new Set(order);
  const next = order.filter((node) => wanted.has(node));
  const added = nodes.filter((node) => !before.has(node));
  if (added.length > next.length / 8) return rankNodes(nodes, key);
  for (const node of added) insert(next, node, key);
  return next;
}

function insert(order: string[], node: string, key: string): void {
  const digest = digestOf(node, key);
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = low + high >> 1;
    const isAfter = compareDigests(digestOf(order[middle] ?? "", key), digest) < 0;
    if (isAfter) low = middle + 1;
    else high = middle;
  }
  order.splice(low, 0, node);
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
