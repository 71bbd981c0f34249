import type { Regression } from "./regression.ts";

/**
 * A holder hands over when its policy becomes Local. Two nodes claim at once: one has seen the change and is
 * the first of the new order, the other has not and is the first of the old one. Neither was in the order
 * that the other ranks by, and so neither let go while their views differed.
 */
export const STALE_VIEW: Regression = {
  name: "two nodes with different views of the API both claim, and one lets go at once",
  scenario: {
    seed: 116,
    nodes: ["n1", "n2", "n3", "n4", "n5", "n6"].map((name) => ({ name, domains: [0] })),
    addresses: [{ key: "10.0.1.1", domain: 0 }],
    durationMs: 110_000,
    schedule: [
      {
        atMs: 100_515,
        fault: { kind: "endpoints", address: "10.0.1.1", nodes: ["n5", "n4"] },
      },
    ],
  },
};
