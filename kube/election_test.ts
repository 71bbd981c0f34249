import { deepEqual, equal } from "node:assert/strict";
import {
  type Candidate,
  type ElectionAction,
  type ElectionEvent,
  type ElectionState,
  isLeader,
  NOTHING_SEEN,
  step,
} from "./election.ts";
import { LEASES } from "./resources.ts";
import type { JsonObject, Lease } from "./types.ts";

const US: Candidate = {
  identity: "us",
  leaseDurationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2_000,
};

function lease(holderIdentity: string, renewTime: string, spec: JsonObject = {}): Lease {
  const parsed = LEASES.parse({
    metadata: { namespace: "n", name: "l", resourceVersion: renewTime },
    spec: { holderIdentity, renewTime, leaseDurationSeconds: 15, leaseTransitions: 3, ...spec },
  });
  if (parsed === undefined) throw new TypeError("Cannot make Lease");
  return parsed;
}

const THEIRS = lease("them", "t1");
const RENEWED = lease("them", "t2");
const OURS = lease("us", "t3");
const FREE = lease("", "t4", { leaseDurationSeconds: 1 });

interface Row {
  readonly name: string;
  readonly state: ElectionState;
  readonly event: ElectionEvent;
  /** ms, monotonic */
  readonly now: number;
  readonly want: [ElectionState, ElectionAction];
}

const standby: ElectionState = { seen: { lease: THEIRS, at: 1_000 }, renewedAt: undefined };
const leader: ElectionState = { seen: { lease: OURS, at: 1_010 }, renewedAt: 1_000 };
// random = 0.5: 2000 × (1 + 1.2 × 0.5)
const idle: ElectionAction = { kind: "wait", ms: 3_200 };

const ROWS: readonly Row[] = [
  {
    name: "looks before it writes",
    state: NOTHING_SEEN,
    event: { kind: "due" },
    now: 0,
    want: [NOTHING_SEEN, { kind: "read" }],
  },
  {
    name: "makes a Lease that does not exist",
    state: NOTHING_SEEN,
    event: { kind: "read", lease: undefined },
    now: 0,
    want: [NOTHING_SEEN, { kind: "create" }],
  },
  {
    name: "waits when the Lease is new to it, however old the renew time looks",
    state: NOTHING_SEEN,
    event: { kind: "read", lease: THEIRS },
    now: 1_000,
    want: [standby, idle],
  },
  {
    name: "goes on waiting one millisecond before the duration is over",
    state: standby,
    event: { kind: "read", lease: THEIRS },
    now: 15_999,
    want: [standby, idle],
  },
  {
    name: "takes a Lease that has not changed for its duration",
    state: standby,
    event: { kind: "read", lease: THEIRS },
    now: 16_000,
    want: [standby, { kind: "take", from: THEIRS }],
  },
  {
    name: "begins to wait anew when the holder has renewed",
    state: standby,
    event: { kind: "read", lease: RENEWED },
    now: 16_000,
    want: [{ seen: { lease: RENEWED, at: 16_000 }, renewedAt: undefined }, idle],
  },
  {
    name: "does not take a change of labels for a sign of life",
    state: standby,
    event: { kind: "read", lease: { ...THEIRS, meta: { ...THEIRS.meta, labels: { a: "b" } } } },
    now: 16_000,
    want: [
      {
        ...standby,
        seen: { lease: { ...THEIRS, meta: { ...THEIRS.meta, labels: { a: "b" } } }, at: 1_000 },
      },
      { kind: "take", from: { ...THEIRS, meta: { ...THEIRS.meta, labels: { a: "b" } } } },
    ],
  },
  {
    name: "takes a released Lease at once",
    state: standby,
    event: { kind: "read", lease: FREE },
    now: 2_000,
    want: [{ seen: { lease: FREE, at: 2_000 }, renewedAt: undefined }, {
      kind: "take",
      from: FREE,
    }],
  },
  {
    name: "goes on with a Lease of its own identity",
    state: NOTHING_SEEN,
    event: { kind: "read", lease: OURS },
    now: 5_000,
    want: [{ seen: { lease: OURS, at: 5_000 }, renewedAt: undefined }, {
      kind: "renew",
      from: OURS,
    }],
  },
  {
    name: "leads from the instant its write was sent",
    state: standby,
    event: { kind: "written", lease: OURS, sentAt: 1_000 },
    now: 1_010,
    want: [leader, { kind: "wait", ms: 2_000 }],
  },
  {
    name: "waits for its next turn when another was quicker",
    state: standby,
    event: { kind: "conflict" },
    now: 16_000,
    want: [standby, idle],
  },
  {
    name: "renews without looking",
    state: leader,
    event: { kind: "due" },
    now: 3_000,
    want: [leader, { kind: "renew", from: OURS }],
  },
  {
    name: "looks when its renewal met a conflict",
    state: leader,
    event: { kind: "conflict" },
    now: 3_000,
    want: [leader, { kind: "read" }],
  },
  {
    name: "renews on top of a change that leaves it the holder",
    state: leader,
    event: { kind: "read", lease: { ...OURS, leaseDurationSeconds: 20 } },
    now: 3_000,
    want: [
      { seen: { lease: { ...OURS, leaseDurationSeconds: 20 }, at: 1_010 }, renewedAt: 1_000 },
      { kind: "renew", from: { ...OURS, leaseDurationSeconds: 20 } },
    ],
  },
  {
    name: "loses when another holds the Lease",
    state: leader,
    event: { kind: "read", lease: RENEWED },
    now: 3_000,
    want: [{ seen: { lease: RENEWED, at: 3_000 }, renewedAt: undefined }, { kind: "lose" }],
  },
  {
    name: "tries again when a renewal failed",
    state: leader,
    event: { kind: "failed" },
    now: 3_000,
    want: [leader, { kind: "wait", ms: 2_000 }],
  },
  {
    name: "does not sleep past its deadline",
    state: leader,
    event: { kind: "failed" },
    now: 10_500,
    want: [leader, { kind: "wait", ms: 500 }],
  },
  {
    name: "loses when the deadline has passed without a renewal",
    state: leader,
    event: { kind: "failed" },
    now: 11_000,
    want: [{ ...leader, renewedAt: undefined }, { kind: "lose" }],
  },
  {
    name: "loses when it wakes up after its deadline, before it writes anything",
    state: leader,
    event: { kind: "due" },
    now: 60_000,
    want: [{ ...leader, renewedAt: undefined }, { kind: "lose" }],
  },
];

for (const { name, state, event, now, want } of ROWS) {
  Deno.test(`step(): a candidate ${name}`, () => {
    deepEqual(step(US, state, event, now, 0.5), want);
  });
}

Deno.test("isLeader() is false from the deadline on", () => {
  equal(isLeader(US, leader, 10_999), true);
  equal(isLeader(US, leader, 11_000), false);
  equal(isLeader(US, standby, 1_000), false);
});
