import type { Lease } from "./types.ts";

/** Times of an election, in milliseconds. */
export interface ElectionTimes {
  /** How long others wait after the last sign of life before they take the Lease. */
  readonly leaseDurationMs: number;
  /** How long a leader may be without a successful renewal; shorter than the Lease lasts. */
  readonly renewDeadlineMs: number;
  /** From one attempt to the next. */
  readonly retryMs: number;
}

/** What one candidate knows. All instants are its own monotonic clock's: no two clocks are compared. */
export interface ElectionState {
  /** The Lease as last seen, and when it was first seen like this; `undefined` before the first look. */
  readonly seen: { readonly lease: Lease; readonly at: number } | undefined;
  /** When the last successful write that made or kept us the holder was sent; `undefined`: not the holder. */
  readonly renewedAt: number | undefined;
}

export type ElectionEvent =
  /** It is time to try. */
  | { readonly kind: "due" }
  /** The Lease was read; `undefined`: there is none. */
  | { readonly kind: "read"; readonly lease: Lease | undefined }
  /** Our write was accepted; `sentAt` is when it was sent. */
  | { readonly kind: "written"; readonly lease: Lease; readonly sentAt: number }
  /** Somebody else wrote or made the Lease first. */
  | { readonly kind: "conflict" }
  /** A call was refused or not answered. */
  | { readonly kind: "failed" };

export type ElectionAction =
  | { readonly kind: "read" }
  | { readonly kind: "create" }
  /** Write ourselves in as the new holder, if the Lease is still of this resource version. */
  | { readonly kind: "take"; readonly from: Lease }
  /** Write a new renew time, if the Lease is still of this resource version. */
  | { readonly kind: "renew"; readonly from: Lease }
  | { readonly kind: "wait"; readonly ms: number }
  /** Leadership has ended: stop the work, and begin anew. */
  | { readonly kind: "lose" };

/** The start: nothing seen, nothing held. */
export const NOTHING_SEEN: ElectionState = { seen: undefined, renewedAt: undefined };

export interface Candidate extends ElectionTimes {
  readonly identity: string;
}

/**
 * One candidate's part in an election over a `coordination.k8s.io/v1` Lease, with the meaning of
 * Kubernetes' own components: a Lease is free when nobody holds it, or when it has not changed for its
 * duration as measured by the candidate's own clock since it saw the last change.
 *
 * @param now ms, monotonic
 * @param random from 0 up to, not including, 1
 */
export function step(
  candidate: Candidate,
  state: ElectionState,
  event: ElectionEvent,
  now: number,
  random: number,
): [ElectionState, ElectionAction] {
  switch (event.kind) {
    case "due":
      if (isOver(candidate, state, now)) return lose(state);
      if (state.renewedAt !== undefined && state.seen !== undefined) {
        return [state, { kind: "renew", from: state.seen.lease }];
      }
      return [state, { kind: "read" }];
    case "read":
      return afterRead(candidate, state, event.lease, now, random);
    case "written":
      return [
        { seen: { lease: event.lease, at: now }, renewedAt: event.sentAt },
        { kind: "wait", ms: candidate.retryMs },
      ];
    case "conflict":
      // A leader looks at once whether it is still the one; others have time.
      if (isOver(candidate, state, now)) return lose(state);
      return [state, state.renewedAt === undefined ? idle(candidate, random) : { kind: "read" }];
    case "failed":
      if (isOver(candidate, state, now)) return lose(state);
      return [state, untilRetry(candidate, state, now, random)];
    default:
      return event satisfies never;
  }
}

/** Whether the candidate may act as the leader at this instant. */
export function isLeader(times: ElectionTimes, state: ElectionState, now: number): boolean {
  return state.renewedAt !== undefined && now - state.renewedAt < times.renewDeadlineMs;
}

function isOver(times: ElectionTimes, state: ElectionState, now: number): boolean {
  return state.renewedAt !== undefined && !isLeader(times, state, now);
}

function lose(state: ElectionState): [ElectionState, ElectionAction] {
  return [{ ...state, renewedAt: undefined }, { kind: "lose" }];
}

function afterRead(
  candidate: Candidate,
  state: ElectionState,
  lease: Lease | undefined,
  now: number,
  random: number,
): [ElectionState, ElectionAction] {
  if (isOver(candidate, state, now)) return lose(state);
  if (lease === undefined) return [{ ...state, seen: undefined }, { kind: "create" }];
  const seen = isUnchanged(state, lease)
    ? { lease, at: state.seen?.at ?? now }
    : { lease, at: now };
  const next = { ...state, seen };
  const holder = lease.holderIdentity ?? "";
  // Ours already: kept by this process, or by the one before it that had the same identity.
  if (holder === candidate.identity) return [next, { kind: "renew", from: lease }];
  if (state.renewedAt !== undefined) return lose(next);
  if (holder === "" || now - seen.at >= durationMs(candidate, lease)) {
    return [next, { kind: "take", from: lease }];
  }
  return [next, idle(candidate, random)];
}

/** Renew times are only compared for being the same, never with a clock. */
function isUnchanged(state: ElectionState, lease: Lease): boolean {
  const last = state.seen?.lease;
  return last !== undefined && last.renewTime === lease.renewTime &&
    last.holderIdentity === lease.holderIdentity &&
    last.leaseTransitions === lease.leaseTransitions;
}

/** What the holder promised counts, not what we would have. */
function durationMs(candidate: Candidate, lease: Lease): number {
  const seconds = lease.leaseDurationSeconds;
  return seconds === undefined ? candidate.leaseDurationMs : seconds * 1000;
}

/** Candidates are spread out, so that they do not all ask at the same instant. */
function idle(candidate: Candidate, random: number): ElectionAction {
  return { kind: "wait", ms: candidate.retryMs * (1 + 1.2 * random) };
}

/** A leader does not sleep past its deadline: it has to know in time that it is over. */
function untilRetry(
  candidate: Candidate,
  state: ElectionState,
  now: number,
  random: number,
): ElectionAction {
  if (state.renewedAt === undefined) return idle(candidate, random);
  const left = state.renewedAt + candidate.renewDeadlineMs - now;
  return { kind: "wait", ms: Math.max(0, Math.min(candidate.retryMs, left)) };
}
