import { deepEqual, equal } from "node:assert/strict";
import {
  backoffMs,
  FIRST_LIST,
  isWorthReporting,
  type ListWatchOutcome,
  type ListWatchState,
  type ListWatchStep,
  step,
} from "./list_watch.ts";

interface Row {
  readonly name: string;
  readonly state: ListWatchState;
  readonly outcome: ListWatchOutcome;
  readonly want: Partial<ListWatchStep>;
}

const second: ListWatchState = { ...FIRST_LIST, continueToken: "page-2" };
const atSeven: ListWatchState = {
  kind: "watch",
  resourceVersion: "7",
  isNarrow: false,
  failures: 0,
};

function page(resourceVersion: string, continueToken?: string): ListWatchOutcome {
  return { kind: "page", resourceVersion, continueToken };
}

function ended(resourceVersion: string, lastedMs: number): ListWatchOutcome {
  return { kind: "ended", resourceVersion, lastedMs };
}

type Failed = Extract<ListWatchOutcome, { kind: "failed" }>;

function failed(status: number, rest: Partial<Failed> = {}): Failed {
  const base = { retryAfterSeconds: undefined, resourceVersion: undefined, lastedMs: 0 };
  return { kind: "failed", status, ...base, ...rest };
}

// Every row is run with random = 0.5, half of the longest wait.
const ROWS: readonly Row[] = [
  {
    name: "a page with a continuation asks for the next one",
    state: FIRST_LIST,
    outcome: page("7", "page-2"),
    want: { state: second, delayMs: 0, isAbsent: false },
  },
  {
    name: "the last page starts the watch from its resource version",
    state: second,
    outcome: page("7"),
    want: { state: atSeven, delayMs: 0 },
  },
  {
    name: "a list that expired between pages is asked for whole",
    state: second,
    outcome: failed(410),
    want: { state: { ...FIRST_LIST, isPaged: false, failures: 1 }, delayMs: 0 },
  },
  {
    name: "a list that expires even whole is asked for with growing waits",
    state: { ...FIRST_LIST, isPaged: false, failures: 1 },
    outcome: failed(410),
    want: { state: { ...FIRST_LIST, isPaged: false, failures: 2 }, delayMs: 1_000 },
  },
  {
    name: "a page that fails is asked for again, not the whole list",
    state: second,
    outcome: failed(500),
    want: { state: { ...second, failures: 1 }, delayMs: 500 },
  },
  {
    name: "a stream that ends in its time is opened again at once",
    state: { ...atSeven, failures: 3 },
    outcome: ended("7", 300_000),
    want: { state: atSeven, delayMs: 0 },
  },
  {
    name: "a short stream that said something is opened again at once, from there",
    state: { ...atSeven, failures: 3 },
    outcome: ended("9", 10),
    want: { state: { ...atSeven, resourceVersion: "9" }, delayMs: 0 },
  },
  {
    name: "a stream that ends at once without a word is a failure",
    state: { ...atSeven, failures: 1 },
    outcome: ended("7", 10),
    want: { state: { ...atSeven, failures: 2 }, delayMs: 1_000 },
  },
  {
    name: "a dropped stream is resumed from the last resource version",
    state: atSeven,
    outcome: failed(0, { resourceVersion: "9" }),
    want: { state: { ...atSeven, resourceVersion: "9", failures: 1 }, delayMs: 500 },
  },
  {
    name: "progress before a failure starts the waits anew",
    state: { ...atSeven, failures: 6 },
    outcome: failed(0, { resourceVersion: "9" }),
    want: { state: { ...atSeven, resourceVersion: "9", failures: 1 }, delayMs: 500 },
  },
  {
    name: "a stalled stream is resumed as if it were the first failure",
    state: { ...atSeven, failures: 6 },
    outcome: failed(0, { resourceVersion: "7", lastedMs: 330_000 }),
    want: { state: { ...atSeven, failures: 1 }, delayMs: 500 },
  },
  {
    name: "a server that is away is asked with growing waits, the place in history is kept",
    state: { ...atSeven, failures: 20 },
    outcome: failed(0),
    want: { state: { ...atSeven, failures: 21 }, delayMs: 15_000 },
  },
  {
    name: "a server that is busy is given the time it asks for",
    state: atSeven,
    outcome: failed(429, { retryAfterSeconds: 40 }),
    want: { state: { ...atSeven, failures: 1 }, delayMs: 40_000 },
  },
  {
    name: "a watch that came too late lists again at once",
    state: atSeven,
    outcome: failed(410),
    want: { state: { ...FIRST_LIST, failures: 1 }, delayMs: 0 },
  },
  {
    name: "a list that works beside a watch that is always too late does not spin",
    state: { ...atSeven, failures: 1 },
    outcome: failed(410),
    want: { state: { ...FIRST_LIST, failures: 2 }, delayMs: 1_000 },
  },
  {
    name: "failures are remembered through the list",
    state: { ...FIRST_LIST, failures: 2 },
    outcome: page("8"),
    want: { state: { ...atSeven, resourceVersion: "8", failures: 2 }, delayMs: 0 },
  },
  {
    name: "a resource version that is refused outright lists again",
    state: atSeven,
    outcome: failed(400),
    want: { state: { ...FIRST_LIST, failures: 1 }, delayMs: 500 },
  },
  {
    name: "a resource version that is answered with nothing but errors lists again",
    state: { ...atSeven, failures: 4 },
    outcome: failed(504),
    want: { state: { ...FIRST_LIST, failures: 5 }, delayMs: 8_000 },
  },
  {
    name: "an unknown kind is absent and asked for after ten seconds",
    state: { ...FIRST_LIST, failures: 3 },
    outcome: failed(404),
    want: { state: { ...FIRST_LIST, absences: 1 }, delayMs: 9_000, isAbsent: true },
  },
  {
    name: "a kind that stays unknown is asked for once a minute",
    state: { ...FIRST_LIST, absences: 9 },
    outcome: failed(404),
    want: { state: { ...FIRST_LIST, absences: 10 }, delayMs: 54_000, isAbsent: true },
  },
  {
    name: "a kind that is removed while it is watched is absent",
    state: atSeven,
    outcome: failed(404),
    want: { state: { ...FIRST_LIST, absences: 1 }, delayMs: 9_000, isAbsent: true },
  },
  {
    name: "missing rights are asked for again with growing waits",
    state: { ...FIRST_LIST, failures: 2 },
    outcome: failed(403),
    want: { state: { ...FIRST_LIST, failures: 3 }, delayMs: 2_000, isAbsent: false },
  },
  {
    name: "a narrow list leads to a narrow watch",
    state: { ...FIRST_LIST, isNarrow: true },
    outcome: page("7"),
    want: { state: { ...atSeven, isNarrow: true }, delayMs: 0 },
  },
  {
    name: "a narrow list that is refused is asked for wide at once, which is no failure",
    state: { ...FIRST_LIST, isNarrow: true, failures: 2 },
    outcome: failed(400),
    want: { state: { ...FIRST_LIST, failures: 2 }, delayMs: 0 },
  },
  {
    name: "a wide list that is refused is a failure",
    state: FIRST_LIST,
    outcome: failed(400),
    want: { state: { ...FIRST_LIST, failures: 1 }, delayMs: 500 },
  },
  {
    name: "a narrow watch that is refused leads to a narrow list, which will tell",
    state: { ...atSeven, isNarrow: true },
    outcome: failed(400),
    want: { state: { ...FIRST_LIST, isNarrow: true, failures: 1 }, delayMs: 500 },
  },
  {
    name: "a narrow watch that came too late stays narrow",
    state: { ...atSeven, isNarrow: true },
    outcome: failed(410),
    want: { state: { ...FIRST_LIST, isNarrow: true, failures: 1 }, delayMs: 0 },
  },
  {
    name: "a server that is busy is no reason to widen",
    state: { ...FIRST_LIST, isNarrow: true },
    outcome: failed(429, { retryAfterSeconds: 1 }),
    want: { state: { ...FIRST_LIST, isNarrow: true, failures: 1 }, delayMs: 1_000 },
  },
];

for (const { name, state, outcome, want } of ROWS) {
  Deno.test(`step(): ${name}`, () => {
    const got = step(state, outcome, 0.5);
    deepEqual(got, { isAbsent: false, ...want });
  });
}

Deno.test("backoffMs() has full jitter and a cap of 30 s", () => {
  equal(backoffMs(1, 0), 0);
  equal(backoffMs(1, 1), 1_000);
  equal(backoffMs(1000, 1), 30_000);
});

Deno.test("isWorthReporting() thins out", () => {
  const reported = Array.from({ length: 20 }, (_, i) => i).filter(isWorthReporting);
  deepEqual(reported, [1, 2, 4, 8, 16]);
});
