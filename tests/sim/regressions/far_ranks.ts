import type { Regression } from "./regression.ts";

/**
 * The holder of four addresses crashes in a cluster of 40. Whoever is first for two of them ranks far back for
 * the ones that the watchers ask everybody for. It was not told, and claimed only after others had their turn.
 */
export const FAR_RANKS: Regression = {
  name:
    "whoever ranks far back for one address of a dead holder follows it in another all the same",
  scenario: {
    seed: 1,
    nodes: Array.from({ length: 40 }, (_, i) => ({ name: `n${i + 1}`, domains: [0] })),
    addresses: Array.from({ length: 40 }, (_, i) => ({ key: `10.0.1.${i}`, domain: 0 })),
    durationMs: 12_000,
    schedule: [{ atMs: 8_000, fault: { kind: "crash", node: "n21" } }],
  },
};
