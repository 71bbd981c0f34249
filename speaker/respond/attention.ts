/**
 * Whether a process that answers by itself may still speak for its addresses. Its answers are its lease: while it
 * was stopped, stalled or overloaded, it was silent, and another node may have taken what it held. So it keeps
 * in mind when nothing last waited unread. Whatever it has not seen yet came after that. Pure.
 *
 *   attentive --(unread for longer than a gap)--> looking --(all read, and a while)--> attentive
 */
import { leastSilenceMs, type Timings } from "../ownership/timings.ts";

/** How far one link has been read. Instants are in ms, monotonic. */
export type Attention =
  /** Nothing waited at `caughtUpAt`. */
  | { readonly kind: "attentive"; readonly caughtUpAt: number }
  /** Reads before it says anything, until `until` at least; whether everything was given up already. */
  | {
    readonly kind: "looking";
    readonly caughtUpAt: number;
    readonly until: number;
    readonly gaveUp: boolean;
  };

/** What happens on one link. */
export type AttentionEvent =
  /** A frame is read, and was there before `now`. */
  | { readonly kind: "read" }
  /** Nothing waited unread at `at`, an instant before the look that found nothing. */
  | { readonly kind: "caught-up"; readonly at: number };

/** What is to be done on the link. */
export type AttentionAction =
  /** The silence was so long that others must have taken everything that was held: let go of it. */
  | { readonly kind: "give-up" }
  /** What is still held is still ours: answer again. */
  | { readonly kind: "resume" };

/** Before the first look nothing can have been missed. */
export function startAttention(now: number): Attention {
  return { kind: "attentive", caughtUpAt: now };
}

/**
 * The longest time without reading after which it may answer at once. Shorter than any silence after which another
 * node claims, so that nobody can have.
 */
export function gapMs(timings: Timings): number {
  return Math.min(timings.readEveryMs + timings.stallMs, leastSilenceMs(timings));
}

/** Whether something may be said on the link. Ask directly before it is sent. */
export function maySpeak(attention: Attention, now: number, timings: Timings): boolean {
  return attention.kind === "attentive" && now - attention.caughtUpAt <= gapMs(timings);
}

/** A state, and what to do, in order. */
export type AttentionStep = readonly [Attention, readonly AttentionAction[]];

/** Decides what one event means for one link. */
export function stepAttention(
  before: Attention,
  event: AttentionEvent,
  now: number,
  timings: Timings,
): AttentionStep {
  const [attention, actions] = notice(before, now, timings);
  switch (event.kind) {
    case "read":
      return [attention, actions];
    case "caught-up":
      return catchUp(attention, actions, event.at);
    default:
      return event satisfies never;
  }
}

function notice(attention: Attention, now: number, timings: Timings): AttentionStep {
  const unreadMs = now - attention.caughtUpAt;
  if (unreadMs <= gapMs(timings)) return [attention, []];
  const hasGivenUp = attention.kind === "looking" && attention.gaveUp;
  const gaveUp = hasGivenUp || unreadMs > timings.absentMs;
  const until = now + timings.listenAfterStallMs;
  const { caughtUpAt } = attention;
  return [
    { kind: "looking", caughtUpAt, until, gaveUp },
    gaveUp && !hasGivenUp ? [{ kind: "give-up" }] : [],
  ];
}

function catchUp(
  attention: Attention,
  actions: readonly AttentionAction[],
  at: number,
): AttentionStep {
  if (attention.kind === "attentive") return [{ kind: "attentive", caughtUpAt: at }, actions];
  if (at < attention.until) {
    return [{ ...attention, caughtUpAt: at, gaveUp: false }, actions];
  }
  return [{ kind: "attentive", caughtUpAt: at }, [...actions, { kind: "resume" }]];
}
