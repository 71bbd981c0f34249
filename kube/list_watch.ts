/** Where the following of one kind of object stands: the next thing to ask the server for. */
export type ListWatchState = ListState | WatchState;

export interface ListState {
  readonly kind: "list";
  /** Of the page to ask for; `undefined` is the first. */
  readonly continueToken: string | undefined;
  /** False after a list expired between two pages: then all is asked for at once. */
  readonly isPaged: boolean;
  /** Whether `Selection.narrowing` is asked for: until the server has refused it. */
  readonly isNarrow: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Answers in a row that the server has no such kind. */
  readonly absences: number;
}

export interface WatchState {
  readonly kind: "watch";
  /** The last one seen: changes after it are asked for. */
  readonly resourceVersion: string;
  /** Whether `Selection.narrowing` is asked for. */
  readonly isNarrow: boolean;
  /** Failures in a row. */
  readonly failures: number;
}

/** What came of asking. */
export type ListWatchOutcome =
  /** One page of the list. */
  | {
    readonly kind: "page";
    readonly resourceVersion: string;
    /** `undefined` on the last page. */
    readonly continueToken: string | undefined;
  }
  /** The server ended the stream as it should. */
  | { readonly kind: "ended"; readonly resourceVersion: string; readonly lastedMs: number }
  /** A refusal, an ERROR event, a dropped or stalled stream, or no answer. */
  | {
    readonly kind: "failed";
    /** HTTP status, or the code of the ERROR event; 0 when no complete answer came. */
    readonly status: number;
    readonly retryAfterSeconds: number | undefined;
    /** The last one seen by a stream before it failed. */
    readonly resourceVersion: string | undefined;
    /** From the question to the failure. */
    readonly lastedMs: number;
  };

/** What to do next. */
export interface ListWatchStep {
  readonly state: ListWatchState;
  /** How long to wait before. */
  readonly delayMs: number;
  /** The server has no such kind: to be taken as "there are none". */
  readonly isAbsent: boolean;
}

/** The start: the first page of a list. */
export const FIRST_LIST: ListState = {
  kind: "list",
  continueToken: undefined,
  isPaged: true,
  isNarrow: false,
  failures: 0,
  absences: 0,
};

/**
 * What to do after which outcome. Waits grow with the failures in a row up to 30 s, with full jitter,
 * never shorter than the server asked for; any progress of the resource version starts them anew.
 *
 * @param random from 0 up to, not including, 1
 */
export function step(
  state: ListWatchState,
  outcome: ListWatchOutcome,
  random: number,
): ListWatchStep {
  switch (outcome.kind) {
    case "page":
      return proceed(afterPage(state, outcome.resourceVersion, outcome.continueToken), 0);
    case "ended": {
      const isFine = hasProgress(state, outcome);
      const failures = isFine ? 0 : state.failures + 1;
      const { resourceVersion } = outcome;
      const { isNarrow } = state;
      const next = { kind: "watch", resourceVersion, isNarrow, failures } as const;
      return proceed(next, isFine ? 0 : backoffMs(failures, random));
    }
    case "failed":
      return afterFailure(state, outcome, random);
    default:
      return outcome satisfies never;
  }
}

/** Whether the nth failure in a row is worth a line in the log: the 1st, 2nd, 4th, 8th … */
export function isWorthReporting(failures: number): boolean {
  return failures > 0 && Number.isInteger(Math.log2(failures));
}

/** A wait with full jitter: up to 0.5 s doubled with each failure before, at most 30 s. */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(30_000, 500 * 2 ** Math.min(failures, 16));
}

/** A stream that ends sooner than this without having said anything is one failure more in a row. */
const SHORT_MS = 10_000;

/** So many failures in a row, all of them answers, and the resource version itself is suspected. */
const SUSPICIOUS_FAILURES = 5;

type Ended = Extract<ListWatchOutcome, { kind: "ended" }>;
type Failed = Extract<ListWatchOutcome, { kind: "failed" }>;

function proceed(state: ListWatchState, delayMs: number): ListWatchStep {
  return { state, delayMs, isAbsent: false };
}

function afterPage(
  state: ListWatchState,
  resourceVersion: string,
  continueToken: string | undefined,
): ListWatchState {
  // Kept until a stream has proved good: a list that works beside a watch that does not is no progress.
  const { failures, isNarrow } = state;
  if (continueToken === undefined) return { kind: "watch", resourceVersion, isNarrow, failures };
  const isPaged = state.kind === "list" ? state.isPaged : true;
  return { kind: "list", continueToken, isPaged, isNarrow, failures, absences: 0 };
}

/** Whether the stream was worth opening: it said something, or at least stood for a while. */
function hasProgress(state: ListWatchState, outcome: Ended | Failed): boolean {
  if (state.kind === "list") return false;
  const { resourceVersion = state.resourceVersion, lastedMs } = outcome;
  return resourceVersion !== state.resourceVersion || lastedMs >= SHORT_MS;
}

function afterFailure(state: ListWatchState, outcome: Failed, random: number): ListWatchStep {
  const { isNarrow } = state;
  // A server that does not know the field says so to a list; a watch leads to one.
  if (outcome.status === 400 && state.kind === "list" && isNarrow) {
    return proceed({ ...FIRST_LIST, failures: state.failures }, 0);
  }
  if (outcome.status === 404) {
    const absences = (state.kind === "list" ? state.absences : 0) + 1;
    return {
      state: { ...FIRST_LIST, isNarrow, absences },
      delayMs: Math.max(absentMs(absences, random), askedMs(outcome)),
      isAbsent: true,
    };
  }
  const failures = hasProgress(state, outcome) ? 1 : state.failures + 1;
  const delayMs = Math.max(backoffMs(failures, random), askedMs(outcome));
  if (outcome.status === 410) return afterGone(state, failures, delayMs);
  if (state.kind === "list") return proceed({ ...state, failures }, delayMs);
  if (mustListAgain(outcome.status, failures)) {
    return proceed({ ...FIRST_LIST, isNarrow, failures }, delayMs);
  }
  const resourceVersion = outcome.resourceVersion ?? state.resourceVersion;
  return proceed({ kind: "watch", resourceVersion, isNarrow, failures }, delayMs);
}

function afterGone(state: ListWatchState, failures: number, delayMs: number): ListWatchStep {
  const isPaged = state.kind === "watch";
  const { isNarrow } = state;
  // The first time it is the normal answer to a watcher that was away for long.
  return proceed({ ...FIRST_LIST, isPaged, isNarrow, failures }, failures > 1 ? delayMs : 0);
}

/** The server answers, but not to this resource version: refused outright, or never (after a restore). */
function mustListAgain(status: number, failures: number): boolean {
  return status === 400 || status === 422 || (status > 0 && failures >= SUSPICIOUS_FAILURES);
}

/** 10 s, 20 s, 40 s, then 60 s, up to a fifth shorter, so that a thousand nodes do not ask as one. */
function absentMs(absences: number, random: number): number {
  return Math.min(60_000, 10_000 * 2 ** Math.min(absences - 1, 8)) * (1 - random / 5);
}

function askedMs(outcome: Failed): number {
  return (outcome.retryAfterSeconds ?? 0) * 1000;
}
