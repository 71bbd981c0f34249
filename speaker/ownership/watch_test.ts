import assert from "node:assert/strict";
import {
  type HolderView,
  stepWatch,
  type Watch,
  type WatchAction,
  type WatchEvent,
} from "./watch.ts";

const NOW = 10_000;
const A = "192.168.0.200";
const B = "192.168.0.201";
const C = "192.168.0.202";
const D = "192.168.0.203";
const RESTING: Watch = { kind: "resting", askAt: NOW, calmUntil: -Infinity };
const ASKING: Watch = {
  kind: "asking",
  address: A,
  until: NOW,
  askAt: NOW + 50,
  calmUntil: -Infinity,
};
const CALM: Watch = { kind: "resting", askAt: NOW + 100, calmUntil: NOW + 1_000 };

interface Row {
  readonly name: string;
  readonly watch: Watch;
  readonly event: WatchEvent;
  /** Addresses that this node would claim first. */
  readonly mine: readonly string[];
  /** Other addresses of the holder. @default [] */
  readonly others?: readonly string[];
  /** @default false */
  readonly isStranger?: boolean;
  readonly want: readonly [Watch, readonly WatchAction[]];
}

const rows: readonly Row[] = [
  {
    name: "asks for the address whose turn it is",
    watch: RESTING,
    event: { kind: "timer" },
    mine: [],
    want: [
      { ...ASKING, until: NOW + 50, askAt: NOW + 100 },
      [{ kind: "ask", address: A }],
    ],
  },
  {
    name: "is content with the answer",
    watch: ASKING,
    event: { kind: "answered", address: A },
    mine: [],
    want: [{ ...RESTING, askAt: NOW + 50 }, []],
  },
  {
    name: "asks everybody after a missing answer, for what it would claim too",
    watch: ASKING,
    event: { kind: "timer" },
    mine: [B],
    want: [
      suspecting({ asked: [A, B], unanswered: [A, B] }),
      [{ kind: "probe", address: A }, { kind: "probe", address: B }],
    ],
  },
  {
    name: "asks again 30 ms later for what is unanswered",
    watch: suspecting({ nextAt: NOW, asked: [A, B], unanswered: [B], isAlive: true }),
    event: { kind: "timer" },
    mine: [],
    want: [
      suspecting({ round: 2, asked: [A, B], unanswered: [B], isAlive: true }),
      [{ kind: "probe", address: B }],
    ],
  },
  {
    name: "finds the holder silent after the third round",
    watch: suspecting({ round: 3, nextAt: NOW, asked: [A], unanswered: [A] }),
    event: { kind: "timer" },
    mine: [],
    want: [CALM, [{ kind: "silent", asked: new Set([A]) }]],
  },
  {
    name: "finds one address missing where the holder answered for another",
    watch: suspecting({ round: 3, nextAt: NOW, asked: [A, B], unanswered: [A], isAlive: true }),
    event: { kind: "timer" },
    mine: [],
    want: [CALM, [{ kind: "missing", address: A }]],
  },
  {
    name: "looks at the others of a holder that lost one, and knows that it is alive",
    watch: suspecting({ round: 3, nextAt: NOW, asked: [A, B], unanswered: [A], isAlive: true }),
    event: { kind: "timer" },
    mine: [],
    others: [C, D],
    want: [
      suspecting({ asked: [A, B, C, D], unanswered: [C, D], isAlive: true }),
      [
        { kind: "missing", address: A },
        { kind: "probe", address: C },
        { kind: "probe", address: D },
      ],
    ],
  },
  {
    name: "ends its suspicion with the last answer",
    watch: suspecting({ nextAt: NOW + 9, asked: [A], unanswered: [A] }),
    event: { kind: "answered", address: A },
    mine: [],
    want: [CALM, []],
  },
  {
    name: "told by another's probe: looks at once where it would claim",
    watch: { ...RESTING, askAt: NOW + 5_000 },
    event: { kind: "told", address: A },
    mine: [A],
    want: [suspecting({ asked: [A], unanswered: [A] }), [{ kind: "probe", address: A }]],
  },
  {
    name: "told by another's probe: a stranger is asked alone first, where it would claim",
    watch: { ...RESTING, askAt: NOW + 5_000 },
    event: { kind: "told", address: A },
    mine: [A],
    isStranger: true,
    want: [
      { ...ASKING, until: NOW + 50, askAt: NOW + 5_000, calmUntil: NOW + 150 },
      [{ kind: "ask", address: A }],
    ],
  },
  {
    name: "told by another's probe: asks when the first in rank should have claimed",
    watch: { ...RESTING, askAt: NOW + 5_000 },
    event: { kind: "told", address: A },
    mine: [],
    want: [{ kind: "resting", askAt: NOW + 150, calmUntil: NOW + 150 }, []],
  },
  {
    name: "told again just after the holder was found alive: nothing",
    watch: CALM,
    event: { kind: "told", address: A },
    mine: [A],
    want: [CALM, []],
  },
];

Deno.test("stepWatch() decides every transition", async (t) => {
  for (const { name, watch, event, mine, others = [], isStranger = false, want } of rows) {
    await t.step(`${watch.kind}: ${name}`, () => {
      const holder: HolderView = {
        intervalMs: 100,
        isStranger,
        holds: () => true,
        next: () => A,
        mine: () => mine,
        others: () => others,
      };
      assert.deepEqual(stepWatch(watch, event, NOW, holder), want);
    });
  }
});

function suspecting(
  watch: {
    readonly round?: number;
    readonly nextAt?: number;
    readonly asked: readonly string[];
    readonly unanswered: readonly string[];
    readonly isAlive?: boolean;
  },
): Watch {
  const { round = 1, nextAt = NOW + 30, asked, unanswered, isAlive = false } = watch;
  return {
    kind: "suspecting",
    round,
    nextAt,
    asked: new Set(asked),
    unanswered: new Set(unanswered),
    isAlive,
  };
}
