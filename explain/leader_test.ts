import { deepEqual } from "node:assert/strict";
import { leaseOf, READ_AT_MS } from "../tests/clusters.ts";
import { leaderOf, type LeaderState } from "./leader.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

type Facts = Pick<ClusterSnapshot, "leaderLease" | "unread" | "readAtMs">;

interface Row {
  readonly name: string;
  readonly facts: Facts;
  readonly want: readonly [LeaderState["state"], holder: string | undefined];
}

function secondsBefore(seconds: number): string {
  return new Date(READ_AT_MS - seconds * 1000).toISOString();
}

/** Held by `a`, for 15 s, renewed so many seconds ago. */
function renewed(seconds: number): Facts {
  const leaderLease = leaseOf("a", secondsBefore(seconds));
  return { leaderLease, unread: [], readAtMs: READ_AT_MS };
}

const NOTHING = { leaderLease: undefined, unread: [], readAtMs: READ_AT_MS };

const ROWS: readonly Row[] = [
  { name: "renewed just now", facts: renewed(1), want: ["leads", "a"] },
  { name: "late by less than clocks differ", facts: renewed(40), want: ["leads", "a"] },
  { name: "by a clock that is ahead", facts: renewed(-20), want: ["leads", "a"] },
  { name: "late", facts: renewed(50), want: ["silent", "a"] },
  {
    name: "never renewed",
    facts: { ...renewed(0), leaderLease: leaseOf("a", undefined) },
    want: ["silent", "a"],
  },
  {
    name: "in files, which do not tell when they were written",
    facts: { leaderLease: leaseOf("a", secondsBefore(9_999)), unread: [] },
    want: ["leads", "a"],
  },
  {
    name: "released",
    facts: { ...NOTHING, leaderLease: leaseOf("", secondsBefore(1)) },
    want: ["nobody", undefined],
  },
  { name: "no Lease", facts: NOTHING, want: ["nobody", undefined] },
  {
    name: "not readable",
    facts: { ...NOTHING, unread: [{ kind: "Lease", why: "forbidden" }] },
    want: ["unknown", undefined],
  },
];

Deno.test("leaderOf() says whether anybody leads", async (t) => {
  for (const { name, facts, want } of ROWS) {
    await t.step(name, () => {
      const { state, holder } = leaderOf(facts);
      deepEqual([state, holder], want);
    });
  }
});
