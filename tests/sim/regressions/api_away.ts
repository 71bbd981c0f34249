import type { Regression } from "./regression.ts";

/** As `STALE_VIEW`, with one node that sees no change at all for an hour: two owners for an hour. */
export const API_AWAY: Regression = {
  name: "a node without the API claims at a hand-over, and lets go to whoever ranks before it",
  scenario: {
    seed: 7,
    nodes: ["n1", "n2", "n3", "n4", "n5", "n6"].map((name) => ({ name, domains: [0] })),
    addresses: [{ key: "10.0.1.1", domain: 0 }],
    durationMs: 3_700_000,
    schedule: [
      { atMs: 5_000, fault: { kind: "api-away", nodes: ["n3"] } },
      {
        atMs: 100_515,
        fault: { kind: "endpoints", address: "10.0.1.1", nodes: ["n5", "n4"] },
      },
      { atMs: 3_600_000, fault: { kind: "api-back", nodes: ["n3"] } },
    ],
  },
};
