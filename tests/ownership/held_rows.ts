/** An address that is held. */
import {
  BETTER,
  HELD,
  LAPSED,
  LEAVING,
  LISTENING,
  LOOKING_AGAIN,
  NOW,
  type Row,
  stationOf,
  WORSE,
} from "./row.ts";

export const HELD_ROWS: readonly Row[] = [
  {
    name: "a better rank announces: released at first sight",
    state: HELD,
    event: { kind: "answered", by: BETTER },
    want: [
      { kind: "occupied", by: stationOf(BETTER) },
      [{ kind: "unbind" }, { kind: "released", reason: "conflict" }],
    ],
  },
  {
    name: "a worse rank announces: announced again",
    state: HELD,
    event: { kind: "answered", by: WORSE },
    want: [{ ...HELD, defendedAt: NOW }, [{ kind: "announce" }]],
  },
  {
    name: "a worse rank announces within a second: nothing, so that two never shout at each other",
    state: { ...HELD, defendedAt: NOW - 999 },
    event: { kind: "answered", by: WORSE },
    want: [{ ...HELD, defendedAt: NOW - 999 }, []],
  },
  {
    name: "a probe is the kernel's to answer",
    state: HELD,
    event: { kind: "probed", by: BETTER, waitMs: 0, probes: 0 },
    want: [HELD, []],
  },
  {
    name: "somebody took it out of the kernel: bound again",
    state: HELD,
    event: { kind: "gone" },
    want: [HELD, [{ kind: "bind" }]],
  },
  {
    name: "bound again: announced, but no new claim",
    state: HELD,
    event: { kind: "bound", at: NOW },
    want: [{ ...HELD, renewedAt: NOW }, [{ kind: "announce" }]],
  },
  {
    name: "renewed",
    state: HELD,
    event: { kind: "renewed", at: NOW },
    want: [{ ...HELD, renewedAt: NOW }, []],
  },
  {
    name: "another node shall have it: unbound, then one probe as the signal",
    state: HELD,
    event: { kind: "unwanted", then: "hand-over" },
    want: [LEAVING, [{ kind: "unbind" }, { kind: "released", reason: "hand-over" }]],
  },
  {
    name: "a preferred node shall have it: unbound, then one probe as the signal",
    state: HELD,
    event: { kind: "sought" },
    want: [LEAVING, [{ kind: "unbind" }, { kind: "released", reason: "preferred" }]],
  },
  {
    name: "nobody shall have it: unbound",
    state: HELD,
    event: { kind: "unwanted", then: "forget" },
    want: [
      { kind: "leaving", handOver: false },
      [{ kind: "unbind" }, { kind: "released", reason: "unassigned" }],
    ],
  },
  {
    name: "frozen for longer than the lifetime: given up and looked at anew, not renewed",
    state: LAPSED,
    event: { kind: "renewed", at: NOW },
    want: [LISTENING, [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }]],
  },
  {
    name: "not answered for too long, where the process answers: given up and looked at anew",
    state: HELD,
    event: { kind: "lapsed" },
    want: [LISTENING, [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }]],
  },
  {
    name: "frozen, and another announces it: nothing is defended that is not ours any more",
    state: LAPSED,
    event: { kind: "answered", by: WORSE },
    want: [
      { kind: "occupied", by: stationOf(WORSE) },
      [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }],
    ],
  },
  {
    name: "bound again, but long after it was gone: another may have it",
    state: HELD,
    event: { kind: "bound", at: NOW - 1_001 },
    want: [LOOKING_AGAIN, [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }]],
  },
  {
    name: "the kernel refuses to bind it again: given up",
    state: HELD,
    event: { kind: "bind-failed" },
    want: [
      { kind: "listening", until: NOW + 1_000, probes: 3, waitMs: 0 },
      [{ kind: "unbind" }, { kind: "released", reason: "bind-failed" }],
    ],
  },
];
