/**
 * What becomes of one address that a stranger uses, from when it is told until it may be assigned again. As long as
 * this node may hold the address its ownership says how things are; afterwards, when the leader has set it aside,
 * this node goes on asking for it. Pure: `stepConflict(state, event, at) -> [state, actions]`.
 */
import type { Mac } from "../../ip/mac.ts";

/** Times of the watch. */
export interface ConflictTimings {
  /** From one round of questions to the next; doubled with each round that is answered. @default 10000 */
  readonly askEveryMs: number;
  /** At most this long. @default 60000 */
  readonly askEveryMostMs: number;
  /** Questions in a round. @default 3 */
  readonly probeCount: number;
  /** From one question to the next. @default 50 */
  readonly probeIntervalMs: number;
  /** How long an answer to the last one is waited for. @default 1000 */
  readonly answerWithinMs: number;
  /**
   * How long an address without a stranger stays set aside. A machine that reboots, sleeps or waits for its
   * DHCP server is back within minutes, and would take the address from the next Service.
   * @default 600000
   */
  readonly quarantineMs: number;
}

export const DEFAULT_CONFLICT_TIMINGS: ConflictTimings = {
  askEveryMs: 10_000,
  askEveryMostMs: 60_000,
  probeCount: 3,
  probeIntervalMs: 50,
  answerWithinMs: 1_000,
  quarantineMs: 600_000,
};

/** An instant by both clocks, in ms. */
export interface Instant {
  /** Monotonic: what timers go by. */
  readonly now: number;
  /** Since 1970: what is told. */
  readonly nowWall: number;
}

interface Seen {
  /** The station that was heard last. */
  readonly mac: Mac;
  /** By the wall clock. */
  readonly since: number;
}

/** What is known of one address. Instants are in ms, monotonic unless they say otherwise. */
export type ConflictWatch =
  /** This node may hold the address: its ownership looks. */
  | Seen & { readonly kind: "standing" }
  /** Asked for again at `nextAt`. */
  | Seen & { readonly kind: "resting"; readonly intervalMs: number; readonly nextAt: number }
  /** So many questions of this round are left, the next (with none left, the verdict) at `nextAt`. */
  | Seen & {
    readonly kind: "asking";
    readonly intervalMs: number;
    readonly left: number;
    readonly nextAt: number;
  }
  /** Over since `over` by the wall clock; forgotten at `freeAt`. */
  | Seen & { readonly kind: "over"; readonly over: number; readonly freeAt: number };

export type ConflictEvent =
  /** The ownership of the address says that a stranger has it. */
  | { readonly kind: "conflict"; readonly mac: Mac }
  /** The ownership of the address, which this node may still hold, says that no stranger has it. */
  | { readonly kind: "free" }
  /** This node may not hold the address any more: nobody looks. */
  | { readonly kind: "unwanted" }
  /** It is too early to ask: this node may hold the address, and does not know yet who has it. */
  | { readonly kind: "postponed" }
  /** A packet uses the address. */
  | { readonly kind: "answered"; readonly mac: Mac; readonly by: "stranger" | "node" }
  /** `silence` is what silence on the link means. */
  | { readonly kind: "timer"; readonly silence: "nobody" | "nothing" };

/** Send one question for the address to everybody. */
export type ConflictAction = { readonly kind: "probe" };

/** A state, absent when nothing is left to remember; and what to do. */
export type ConflictStep = readonly [ConflictWatch | undefined, readonly ConflictAction[]];

const NOTHING: readonly ConflictAction[] = [];

/** Decides what one event means. The same arguments always give the same answer. */
export function stepConflict(
  state: ConflictWatch | undefined,
  event: ConflictEvent,
  at: Instant,
  timings: ConflictTimings = DEFAULT_CONFLICT_TIMINGS,
): ConflictStep {
  switch (event.kind) {
    case "conflict":
      return [standing({ mac: event.mac, since: state?.since ?? at.nowWall }), NOTHING];
    case "free":
      return [ended(state, at, timings), NOTHING];
    case "unwanted":
      return [state?.kind === "standing" ? rest(state, at.now, timings) : state, NOTHING];
    case "postponed":
      return [state === undefined ? state : rest(state, at.now, timings), NOTHING];
    case "answered":
      return [answered(state, event, at, timings), NOTHING];
    case "timer":
      return onTimer(state, event.silence, at, timings);
    default:
      return event satisfies never;
  }
}

/** When the state wants its `timer` event; absent where only others' events move it. */
export function conflictWakeAt(state: ConflictWatch | undefined): number | undefined {
  switch (state?.kind) {
    case "resting":
    case "asking":
      return state.nextAt;
    case "over":
      return state.freeAt;
    default:
      return undefined;
  }
}

/** What a process goes on with that told of the conflict before: `over` and `since` by the wall clock. */
export function resumeWatch(
  told: Seen & { readonly over: number | undefined },
  { now, nowWall }: Instant,
  timings: ConflictTimings = DEFAULT_CONFLICT_TIMINGS,
): ConflictWatch {
  const { mac, since, over } = told;
  if (over === undefined) {
    return { kind: "resting", mac, since, intervalMs: timings.askEveryMs, nextAt: now };
  }
  // A wall clock that was set meanwhile shall neither end it at once nor keep it for days.
  const goneMs = Math.max(0, nowWall - over);
  return {
    kind: "over",
    mac,
    since,
    over,
    freeAt: now + Math.max(0, timings.quarantineMs - goneMs),
  };
}

function ended(
  state: ConflictWatch | undefined,
  { now, nowWall }: Instant,
  { quarantineMs }: ConflictTimings,
): ConflictWatch | undefined {
  if (state === undefined || state.kind === "over") return state;
  const { mac, since } = state;
  return { kind: "over", mac, since, over: nowWall, freeAt: now + quarantineMs };
}

function answered(
  state: ConflictWatch | undefined,
  { mac, by }: Extract<ConflictEvent, { kind: "answered" }>,
  at: Instant,
  timings: ConflictTimings,
): ConflictWatch | undefined {
  switch (state?.kind) {
    case "asking": {
      if (by === "node") return ended(state, at, timings);
      const intervalMs = Math.min(state.intervalMs * 2, timings.askEveryMostMs);
      const { since } = state;
      return { kind: "resting", mac, since, intervalMs, nextAt: at.now + intervalMs };
    }
    case "resting":
      return by === "node" ? ended(state, at, timings) : { ...state, mac };
    case "over":
      return by === "node" ? state : rest({ mac, since: state.since }, at.now, timings);
    default:
      return state;
  }
}

function onTimer(
  state: ConflictWatch | undefined,
  silence: "nobody" | "nothing",
  at: Instant,
  timings: ConflictTimings,
): ConflictStep {
  const due = conflictWakeAt(state);
  if (state === undefined || due === undefined || at.now < due) return [state, NOTHING];
  switch (state.kind) {
    case "resting":
      return ask(state, timings.probeCount, at.now, timings);
    case "asking":
      if (state.left > 0) return ask(state, state.left, at.now, timings);
      if (silence === "nothing") return [rest(state, at.now, timings), NOTHING];
      return [ended(state, at, timings), NOTHING];
    case "over":
      return [undefined, NOTHING];
    case "standing":
      return [state, NOTHING];
    default:
      return state satisfies never;
  }
}

function standing({ mac, since }: Seen): ConflictWatch {
  return { kind: "standing", mac, since };
}

function rest({ mac, since }: Seen, now: number, { askEveryMs }: ConflictTimings): ConflictWatch {
  return { kind: "resting", mac, since, intervalMs: askEveryMs, nextAt: now + askEveryMs };
}

function ask(
  { mac, since, intervalMs }: Seen & { readonly intervalMs: number },
  left: number,
  now: number,
  timings: ConflictTimings,
): ConflictStep {
  const waitMs = left > 1 ? timings.probeIntervalMs : timings.answerWithinMs;
  const nextAt = now + waitMs;
  return [{ kind: "asking", mac, since, intervalMs, left: left - 1, nextAt }, [{ kind: "probe" }]];
}
