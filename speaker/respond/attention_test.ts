import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Attention,
  type AttentionAction,
  type AttentionEvent,
  gapMs,
  maySpeak,
  startAttention,
  stepAttention,
} from "./attention.ts";
import { DEFAULT_TIMINGS, leastSilenceMs } from "../ownership/timings.ts";

const SEEN = 10_000;
const ATTENTIVE: Attention = { kind: "attentive", caughtUpAt: SEEN };
const LOOKING: Attention = { kind: "looking", caughtUpAt: SEEN, until: SEEN + 20, gaveUp: false };
const READ: AttentionEvent = { kind: "read" };

interface Row {
  readonly name: string;
  readonly state: Attention;
  readonly event: AttentionEvent;
  /** Milliseconds after everything was read last. */
  readonly after: number;
  readonly want: readonly [Attention, readonly AttentionAction[]];
}

const ROWS: readonly Row[] = [
  {
    name: "a frame read within the gap is answered",
    state: ATTENTIVE,
    event: READ,
    after: 35,
    want: [ATTENTIVE, []],
  },
  {
    name: "a frame read later is looked at first",
    state: ATTENTIVE,
    event: READ,
    after: 36,
    want: [{ kind: "looking", caughtUpAt: SEEN, until: SEEN + 56, gaveUp: false }, []],
  },
  {
    name: "nothing to read after a long time: frames of a paused machine may be on their way",
    state: ATTENTIVE,
    event: { kind: "caught-up", at: SEEN + 300 },
    after: 300,
    want: [{ kind: "looking", caughtUpAt: SEEN + 300, until: SEEN + 320, gaveUp: false }, []],
  },
  {
    name: "after a second everything is given up",
    state: ATTENTIVE,
    event: READ,
    after: 1_001,
    want: [{ kind: "looking", caughtUpAt: SEEN, until: SEEN + 1_021, gaveUp: true }, [{
      kind: "give-up",
    }]],
  },
  {
    name: "once, however much there is to read",
    state: { kind: "looking", caughtUpAt: SEEN, until: SEEN + 1_021, gaveUp: true },
    event: READ,
    after: 1_050,
    want: [{ kind: "looking", caughtUpAt: SEEN, until: SEEN + 1_070, gaveUp: true }, []],
  },
  {
    name: "a frame read while looking changes nothing",
    state: LOOKING,
    event: READ,
    after: 10,
    want: [LOOKING, []],
  },
  {
    name: "one that is stopped again while it looks looks longer",
    state: LOOKING,
    event: READ,
    after: 200,
    want: [{ ...LOOKING, until: SEEN + 220 }, []],
  },
  {
    name: "it looks for a while, even with nothing left to read",
    state: LOOKING,
    event: { kind: "caught-up", at: SEEN + 19 },
    after: 19,
    want: [{ ...LOOKING, caughtUpAt: SEEN + 19 }, []],
  },
  {
    name: "with everything read and the while over it answers again",
    state: LOOKING,
    event: { kind: "caught-up", at: SEEN + 20 },
    after: 21,
    want: [{ kind: "attentive", caughtUpAt: SEEN + 20 }, [{ kind: "resume" }]],
  },
  {
    name: "everything read in time stays so",
    state: ATTENTIVE,
    event: { kind: "caught-up", at: SEEN + 10 },
    after: 10,
    want: [{ kind: "attentive", caughtUpAt: SEEN + 10 }, []],
  },
];

Deno.test("stepAttention() decides what a silent process may say", async (t) => {
  for (const { name, state, event, after, want } of ROWS) {
    await t.step(name, () => {
      assert.deepEqual(stepAttention(state, event, SEEN + after, DEFAULT_TIMINGS), want);
    });
  }
});

Deno.test("nobody can claim within the gap", () => {
  assert.ok(gapMs(DEFAULT_TIMINGS) + 10 <= leastSilenceMs(DEFAULT_TIMINGS));
  assert.ok(gapMs({ ...DEFAULT_TIMINGS, stallMs: 500 }) <= leastSilenceMs(DEFAULT_TIMINGS));
});

Deno.test("whatever happens, it speaks only when everything older than the gap was read", () => {
  const event = fc.record({
    kind: fc.constantFrom("read", "caught-up"),
    waitMs: fc.oneof(fc.integer({ max: 60, min: 0 }), fc.integer({ max: 3_000, min: 0 })),
  });
  fc.assert(fc.property(fc.array(event), (events) => {
    let now = SEEN;
    let caughtUpAt = now;
    let attention = startAttention(now);
    for (const { kind, waitMs } of events) {
      now += waitMs;
      if (kind === "caught-up") caughtUpAt = now;
      const what = kind === "read" ? READ : { kind: "caught-up", at: now } as const;
      [attention] = stepAttention(attention, what, now, DEFAULT_TIMINGS);
      if (maySpeak(attention, now, DEFAULT_TIMINGS)) assert.ok(now - caughtUpAt <= 35);
    }
  }));
});
