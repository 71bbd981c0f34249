import assert from "node:assert/strict";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";
import {
  type ConflictEvent,
  type ConflictStep,
  type ConflictWatch,
  DEFAULT_CONFLICT_TIMINGS,
  resumeWatch,
  stepConflict,
} from "./conflict_watch.ts";

/** The monotonic and the wall clock differ by this. */
const WALL = 1_000_000;
const [A, B] = [virtualMac(1), virtualMac(2)];
const SEEN = { mac: A, since: WALL };
const STANDING: ConflictWatch = { kind: "standing", ...SEEN };
const RESTING: ConflictWatch = { kind: "resting", ...SEEN, intervalMs: 10_000, nextAt: 10_000 };
const OVER: ConflictWatch = { kind: "over", ...SEEN, over: WALL + 5_000, freeAt: 605_000 };
const TIMER = { kind: "timer", silence: "nobody" } as const;

interface Row {
  readonly name: string;
  readonly state: ConflictWatch | undefined;
  readonly event: ConflictEvent;
  readonly now: number;
  readonly want: ConflictStep;
}

const rows: readonly Row[] = [
  {
    name: "the first sign",
    state: undefined,
    event: { kind: "conflict", mac: A },
    now: 0,
    want: [STANDING, []],
  },
  {
    name: "another station: the same conflict",
    state: STANDING,
    event: { kind: "conflict", mac: B },
    now: 9,
    want: [{ ...STANDING, mac: B }, []],
  },
  {
    name: "the stranger is back before the address is free",
    state: OVER,
    event: { kind: "conflict", mac: B },
    now: 9_000,
    want: [{ ...STANDING, mac: B }, []],
  },
  {
    name: "the ownership finds nobody",
    state: STANDING,
    event: { kind: "free" },
    now: 5_000,
    want: [OVER, []],
  },
  { name: "twice", state: OVER, event: { kind: "free" }, now: 9_000, want: [OVER, []] },
  {
    name: "nothing is known of it",
    state: undefined,
    event: { kind: "free" },
    now: 9,
    want: [undefined, []],
  },
  {
    name: "this node may not hold it any more: it goes on looking",
    state: STANDING,
    event: { kind: "unwanted" },
    now: 0,
    want: [RESTING, []],
  },
  {
    name: "over, and unwanted",
    state: OVER,
    event: { kind: "unwanted" },
    now: 9,
    want: [OVER, []],
  },
  {
    name: "the first question",
    state: RESTING,
    event: TIMER,
    now: 10_000,
    want: [asking(2, 10_050), [{ kind: "probe" }]],
  },
  { name: "too early", state: RESTING, event: TIMER, now: 9_999, want: [RESTING, []] },
  {
    name: "the last question",
    state: asking(1, 10_100),
    event: TIMER,
    now: 10_100,
    want: [asking(0, 11_100), [{ kind: "probe" }]],
  },
  {
    name: "an answer: the next round is twice as far",
    state: asking(1, 10_100),
    event: { kind: "answered", mac: B, by: "stranger" },
    now: 10_060,
    want: [{ ...RESTING, mac: B, intervalMs: 20_000, nextAt: 30_060 }, []],
  },
  {
    name: "but no further than a minute",
    state: { ...asking(1, 10_100), intervalMs: 40_000 },
    event: { kind: "answered", mac: A, by: "stranger" },
    now: 10_060,
    want: [{ ...RESTING, intervalMs: 60_000, nextAt: 70_060 }, []],
  },
  {
    name: "a node of ours has it",
    state: asking(1, 5_100),
    event: { kind: "answered", mac: B, by: "node" },
    now: 5_000,
    want: [OVER, []],
  },
  {
    name: "silence on a link that can be believed",
    state: asking(0, 5_000),
    event: TIMER,
    now: 5_000,
    want: [OVER, []],
  },
  {
    name: "silence on one that cannot",
    state: asking(0, 0),
    event: { kind: "timer", silence: "nothing" },
    now: 0,
    want: [RESTING, []],
  },
  {
    name: "it is heard of unasked",
    state: RESTING,
    event: { kind: "answered", mac: B, by: "stranger" },
    now: 9,
    want: [{ ...RESTING, mac: B }, []],
  },
  {
    name: "it is heard of again before the address is free",
    state: OVER,
    event: { kind: "answered", mac: A, by: "stranger" },
    now: 0,
    want: [RESTING, []],
  },
  {
    name: "a node of ours has what is set aside",
    state: OVER,
    event: { kind: "answered", mac: B, by: "node" },
    now: 9,
    want: [OVER, []],
  },
  {
    name: "as long as the ownership looks, packets are its business",
    state: STANDING,
    event: { kind: "answered", mac: B, by: "stranger" },
    now: 9,
    want: [STANDING, []],
  },
  {
    name: "the ownership has not found out yet",
    state: { ...RESTING, nextAt: 0 },
    event: { kind: "postponed" },
    now: 0,
    want: [RESTING, []],
  },
  { name: "free", state: OVER, event: TIMER, now: 605_000, want: [undefined, []] },
  { name: "not free yet", state: OVER, event: TIMER, now: 604_999, want: [OVER, []] },
];

Deno.test("stepConflict() decides every transition", async (t) => {
  for (const { name, state, event, now, want } of rows) {
    await t.step(name, () => {
      assert.deepEqual(stepConflict(state, event, { now, nowWall: now + WALL }), want);
    });
  }
});

Deno.test("resumeWatch() goes on with what was told, whatever became of the wall clock", () => {
  const at = { now: 70, nowWall: WALL };
  const { quarantineMs } = DEFAULT_CONFLICT_TIMINGS;
  const freeAt = (over: number): number | undefined => {
    const watch = resumeWatch({ ...SEEN, over }, at);
    return watch.kind === "over" ? watch.freeAt : undefined;
  };
  assert.deepEqual(resumeWatch({ ...SEEN, over: undefined }, at), { ...RESTING, nextAt: 70 });
  assert.equal(freeAt(WALL - 1_000), 70 + quarantineMs - 1_000);
  assert.equal(freeAt(0), 70);
  assert.equal(freeAt(WALL * 2), 70 + quarantineMs);
});

function asking(left: number, nextAt: number): Extract<ConflictWatch, { kind: "asking" }> {
  return { kind: "asking", ...SEEN, intervalMs: 10_000, left, nextAt };
}
