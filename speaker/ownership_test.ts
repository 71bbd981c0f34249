import assert from "node:assert/strict";
import fc from "fast-check";
import { step } from "./ownership.ts";
import {
  type Held,
  type Ownership,
  type OwnershipAction,
  type OwnershipEvent,
  type Party,
  wakeAt,
} from "./ownership_state.ts";
import { virtualMac } from "../tests/sim/virtual_mac.ts";

const NOW = 100_000;
const BETTER: Party = { mac: virtualMac(1), node: "n1", precedes: true };
const WORSE: Party = { mac: virtualMac(3), node: "n3", precedes: false };
const STRANGER: Party = { mac: virtualMac(0xee), node: undefined, precedes: false };

const HELD: Held = { kind: "held", since: 90_000, renewedAt: 95_000, defendedAt: undefined };
const LAPSED: Held = { ...HELD, since: 10_000, renewedAt: 70_000 };
const LISTENING: Ownership = { kind: "listening", until: NOW, probes: 3 };
const PROBING: Ownership = { kind: "probing", left: 2, nextAt: NOW };
const CLAIMING: Ownership = { kind: "claiming", since: NOW };
const LEAVING: Ownership = { kind: "leaving", handOver: true };

interface Row {
  readonly name: string;
  readonly state: Ownership | undefined;
  readonly event: OwnershipEvent;
  readonly want: readonly [Ownership | undefined, readonly OwnershipAction[]];
}

const BEGINNING: readonly Row[] = [
  {
    name: "the first in rank looks at once",
    state: undefined,
    event: { kind: "wanted", waitMs: 0 },
    want: [{ kind: "listening", until: NOW, probes: 3 }, []],
  },
  {
    name: "the second looks when the first should be done, and 150 ms later",
    state: undefined,
    event: { kind: "wanted", waitMs: 150 },
    want: [{ kind: "listening", until: NOW + 300, probes: 3 }, []],
  },
  {
    name: "nothing else matters while nothing is wanted",
    state: undefined,
    event: { kind: "answered", by: STRANGER },
    want: [undefined, []],
  },
];

const LISTENING_ROWS: readonly Row[] = [
  {
    name: "the wait is over: the first probe",
    state: LISTENING,
    event: { kind: "timer" },
    want: [{ kind: "probing", left: 2, nextAt: NOW + 50 }, [{ kind: "probe" }]],
  },
  {
    name: "a timer that is early changes nothing",
    state: { ...LISTENING, until: NOW + 1 },
    event: { kind: "timer" },
    want: [{ ...LISTENING, until: NOW + 1 }, []],
  },
  {
    name: "a node of ours answers: it holds it",
    state: LISTENING,
    event: { kind: "answered", by: WORSE },
    want: [{ kind: "occupied", by: WORSE.mac }, []],
  },
  {
    name: "a better rank probes: its claim is waited for, and our rank after it",
    state: LISTENING,
    event: { kind: "probed", by: BETTER, waitMs: 150 },
    want: [{ kind: "listening", until: NOW + 300, probes: 3 }, []],
  },
  {
    name: "a worse rank probes: our turn comes as before",
    state: LISTENING,
    event: { kind: "probed", by: WORSE, waitMs: 0 },
    want: [LISTENING, []],
  },
  {
    name: "a stranger probes: it is left the time that RFC 5227 gives it",
    state: LISTENING,
    event: { kind: "probed", by: STRANGER, waitMs: 0 },
    want: [{ kind: "listening", until: NOW + 3_000, probes: 3 }, []],
  },
  {
    name: "not wanted any more: forgotten",
    state: LISTENING,
    event: { kind: "unwanted", then: "hand-over" },
    want: [undefined, []],
  },
];

const PROBING_ROWS: readonly Row[] = [
  {
    name: "the next probe",
    state: PROBING,
    event: { kind: "timer" },
    want: [{ kind: "probing", left: 1, nextAt: NOW + 50 }, [{ kind: "probe" }]],
  },
  {
    name: "silence after the last probe: the claim",
    state: { kind: "probing", left: 0, nextAt: NOW },
    event: { kind: "timer" },
    want: [CLAIMING, [{ kind: "bind" }]],
  },
  {
    name: "a stranger answers: no claim, and a conflict",
    state: PROBING,
    event: { kind: "answered", by: STRANGER },
    want: [
      { kind: "occupied", by: STRANGER.mac },
      [{ kind: "conflict", mac: STRANGER.mac, held: false }],
    ],
  },
  {
    name: "a better rank probes at the same time: back to waiting, one probe before the claim",
    state: PROBING,
    event: { kind: "probed", by: BETTER, waitMs: 300 },
    want: [{ kind: "listening", until: NOW + 450, probes: 1 }, []],
  },
  {
    name: "a worse rank probes at the same time: it will give way",
    state: PROBING,
    event: { kind: "probed", by: WORSE, waitMs: 0 },
    want: [PROBING, []],
  },
  {
    name: "a stranger probes at the same time: we give way, and look three times again",
    state: PROBING,
    event: { kind: "probed", by: STRANGER, waitMs: 0 },
    want: [{ kind: "listening", until: NOW + 3_000, probes: 3 }, []],
  },
];

const CLAIMING_ROWS: readonly Row[] = [
  {
    name: "bound: held, announced, told",
    state: CLAIMING,
    event: { kind: "bound", at: NOW - 1 },
    want: [
      { kind: "held", since: NOW, renewedAt: NOW - 1, defendedAt: undefined },
      [{ kind: "burst" }, { kind: "claimed" }],
    ],
  },
  {
    name: "the kernel refuses: again in a second, from the beginning",
    state: CLAIMING,
    event: { kind: "bind-failed" },
    want: [{ kind: "listening", until: NOW + 1_000, probes: 3 }, []],
  },
  {
    name: "a better rank announces meanwhile: undone",
    state: CLAIMING,
    event: { kind: "answered", by: BETTER },
    want: [{ kind: "occupied", by: BETTER.mac }, [{ kind: "unbind" }]],
  },
  {
    name: "a worse rank announces meanwhile: it has it, and keeps it",
    state: CLAIMING,
    event: { kind: "answered", by: WORSE },
    want: [{ kind: "occupied", by: WORSE.mac }, [{ kind: "unbind" }]],
  },
  {
    name: "the silence is too long ago when the kernel gets to it: one more question",
    state: CLAIMING,
    event: { kind: "bind-stale" },
    want: [{ kind: "listening", until: NOW, probes: 1 }, []],
  },
  {
    name: "not wanted any more: undone",
    state: CLAIMING,
    event: { kind: "unwanted", then: "forget" },
    want: [{ kind: "leaving", handOver: false }, [{ kind: "unbind" }]],
  },
];

const HELD_ROWS: readonly Row[] = [
  {
    name: "a better rank announces: released at first sight",
    state: HELD,
    event: { kind: "answered", by: BETTER },
    want: [
      { kind: "occupied", by: BETTER.mac },
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
    name: "a stranger announces: defended once, and told",
    state: HELD,
    event: { kind: "answered", by: STRANGER },
    want: [
      { ...HELD, defendedAt: NOW },
      [{ kind: "announce" }, { kind: "conflict", mac: STRANGER.mac, held: true }],
    ],
  },
  {
    name: "a stranger announces within DEFEND_INTERVAL: nothing",
    state: { ...HELD, defendedAt: NOW - 9_999 },
    event: { kind: "answered", by: STRANGER },
    want: [{ ...HELD, defendedAt: NOW - 9_999 }, []],
  },
  {
    name: "a probe is the kernel's to answer",
    state: HELD,
    event: { kind: "probed", by: BETTER, waitMs: 0 },
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
    name: "frozen, and another announces it: nothing is defended that is not ours any more",
    state: LAPSED,
    event: { kind: "answered", by: WORSE },
    want: [
      { kind: "occupied", by: WORSE.mac },
      [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }],
    ],
  },
];

const OTHER_ROWS: readonly Row[] = [
  {
    name: "the holder itself probes: it has let go, the first claims at once",
    state: { kind: "occupied", by: BETTER.mac },
    event: { kind: "probed", by: BETTER, waitMs: 0 },
    want: [CLAIMING, [{ kind: "bind" }]],
  },
  {
    name: "the holder itself probes: the others wait their rank",
    state: { kind: "occupied", by: BETTER.mac },
    event: { kind: "probed", by: BETTER, waitMs: 150 },
    want: [{ kind: "listening", until: NOW + 150, probes: 1 }, []],
  },
  {
    name: "a stranger that held it probes: it is about to use it again",
    state: { kind: "occupied", by: STRANGER.mac },
    event: { kind: "probed", by: STRANGER, waitMs: 0 },
    want: [{ kind: "listening", until: NOW + 3_000, probes: 3 }, []],
  },
  {
    name: "the holder is silent, everybody was asked: the first claims",
    state: { kind: "occupied", by: BETTER.mac },
    event: { kind: "vacated", waitMs: 0, probes: 0 },
    want: [CLAIMING, [{ kind: "bind" }]],
  },
  {
    name: "the holder is silent, nobody asked for this address yet: one probe first",
    state: { kind: "occupied", by: BETTER.mac },
    event: { kind: "vacated", waitMs: 0, probes: 1 },
    want: [{ kind: "listening", until: NOW, probes: 1 }, []],
  },
  {
    name: "another answers: it holds it now",
    state: { kind: "occupied", by: BETTER.mac },
    event: { kind: "answered", by: WORSE },
    want: [{ kind: "occupied", by: WORSE.mac }, []],
  },
  {
    name: "unbound for another: the signal",
    state: LEAVING,
    event: { kind: "unbound" },
    want: [undefined, [{ kind: "probe" }]],
  },
  {
    name: "unbound for good: no word",
    state: { ...LEAVING, handOver: false },
    event: { kind: "unbound" },
    want: [undefined, []],
  },
  {
    name: "wanted again while it leaves: looked at anew",
    state: LEAVING,
    event: { kind: "wanted", waitMs: 0 },
    want: [LISTENING, []],
  },
];

Deno.test("step() decides every transition", async (t) => {
  const tables = [BEGINNING, LISTENING_ROWS, PROBING_ROWS, CLAIMING_ROWS, HELD_ROWS, OTHER_ROWS];
  for (const { name, state, event, want } of tables.flat()) {
    await t.step(`${state?.kind ?? "unknown"}: ${name}`, () => {
      assert.deepEqual(step(state, event, NOW), want);
    });
  }
});

Deno.test("step() binds before it holds, and unbinds or is told so before it holds no more", () => {
  const party = fc.constantFrom(BETTER, WORSE, STRANGER);
  const waitMs = fc.constantFrom(0, 150, 300);
  const event: fc.Arbitrary<OwnershipEvent> = fc.oneof(
    fc.record({ kind: fc.constant("wanted" as const), waitMs }),
    fc.record({
      kind: fc.constant("unwanted" as const),
      then: fc.constantFrom("hand-over" as const, "forget" as const),
    }),
    fc.record({ kind: fc.constant("answered" as const), by: party }),
    fc.record({ kind: fc.constant("probed" as const), by: party, waitMs }),
    fc.record({ kind: fc.constant("vacated" as const), waitMs, probes: fc.nat(1) }),
    fc.constantFrom<OwnershipEvent>(
      { kind: "timer" },
      { kind: "timer" },
      { kind: "bind-failed" },
      { kind: "unbound" },
      { kind: "gone" },
    ),
  );
  const happening = fc.tuple(event, fc.nat(4_000));
  fc.assert(fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
    let state: Ownership | undefined;
    let now = 0;
    for (const [what, later] of happenings) {
      now = Math.max(now + later, what.kind === "timer" ? wakeAt(state) ?? 0 : 0);
      // The kernel answers a bind before anything else happens, in half of the cases.
      const events: readonly OwnershipEvent[] = state?.kind === "claiming" && later % 2 === 0
        ? [{ kind: "bound", at: now }, what]
        : [what];
      for (const each of events) {
        const [next, actions] = step(state, each, now);
        checkStep(state, next, actions.map(({ kind }) => kind));
        state = next;
      }
    }
  }));
});

function checkStep(
  before: Ownership | undefined,
  after: Ownership | undefined,
  actions: readonly OwnershipAction["kind"][],
): void {
  const wasBound = before?.kind === "held" || before?.kind === "claiming";
  const isBound = after?.kind === "held" || after?.kind === "claiming";
  if (!wasBound && after?.kind === "claiming") assert.ok(actions.includes("bind"));
  if (after?.kind === "held") assert.ok(wasBound, `held without a claim, from ${before?.kind}`);
  const isExcused = before?.kind === "claiming" && after?.kind === "listening";
  if (wasBound && !isBound && !isExcused) assert.ok(actions.includes("unbind"), `${after?.kind}`);
}
