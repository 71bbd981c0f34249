/**
 * Who holds one address, as one node sees it: the wire is the lock. A node claims an address only after
 * silence, and gives way to whoever answers for it. Pure: `step(state, event, now) -> [state, actions]`.
 * The diagram in docs/protocol.md has every transition.
 */
import { contestNode, contestOther, lookAtContest } from "./ownership_contest.ts";
import {
  hasLapsed,
  type Held,
  isContested,
  isSameStation,
  type Ownership,
  type OwnershipAction,
  type OwnershipEvent,
  type OwnershipStep,
  type Party,
  type Station,
} from "./ownership_state.ts";
import { claimMs, DEFAULT_TIMINGS, type Timings } from "./timings.ts";

const NOTHING: readonly OwnershipAction[] = [];

/** Decides what one event means for one address. The same arguments always give the same answer. */
export function step(
  state: Ownership | undefined,
  event: OwnershipEvent,
  now: number,
  timings: Timings = DEFAULT_TIMINGS,
): OwnershipStep {
  const [next, actions] = decide(state, event, now, timings);
  if (!isContested(state) || isContested(next)) return [next, actions];
  return [next, [...actions, { kind: "conflict-over" }]];
}

function decide(
  state: Ownership | undefined,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  if (state === undefined) {
    return event.kind === "wanted"
      ? [quiet(event.waitMs, now, timings), NOTHING]
      : [state, NOTHING];
  }
  const isLapsed = state.kind === "held" &&
    (event.kind === "lapsed" || hasLapsed(state, now, timings));
  if (isLapsed && event.kind !== "unwanted") {
    // Another node may own it by now: give up what is left of it, and look anew.
    const [next, actions]: OwnershipStep = event.kind === "answered"
      ? occupy(event.by)
      : [quiet(0, now, timings), NOTHING];
    return [next, [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }, ...actions]];
  }
  switch (state.kind) {
    case "listening":
      return stepListening(state, event, now, timings);
    case "probing":
      return stepProbing(state, event, now, timings);
    case "claiming":
      return stepClaiming(state, event, now, timings);
    case "held":
      return stepHeld(state, event, now, timings);
    case "occupied":
      return stepOccupied(state, event, now);
    case "leaving":
      return stepLeaving(state, event, now, timings);
    default:
      return state satisfies never;
  }
}

function stepListening(
  state: Extract<Ownership, { kind: "listening" }>,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  switch (event.kind) {
    case "timer":
      if (now < state.until) return [state, NOTHING];
      return state.probes === 0 ? claim(now) : probe(state.probes, now, timings);
    case "answered":
      return occupy(event.by);
    case "probed": {
      const until = giveWayUntil(event.by, event.waitMs, now, timings);
      if (until === undefined || until <= state.until) return [state, NOTHING];
      const waitMs = event.by.node === undefined ? 0 : event.waitMs;
      return [{ ...state, until, waitMs, probes: Math.max(state.probes, 1) }, NOTHING];
    }
    case "ranked": {
      const soonerMs = state.waitMs - event.waitMs;
      if (soonerMs <= 0) return [state, NOTHING];
      return [
        { ...state, until: Math.max(now, state.until - soonerMs), waitMs: event.waitMs },
        NOTHING,
      ];
    }
    case "unwanted":
      return [undefined, NOTHING];
    default:
      return [state, NOTHING];
  }
}

function stepProbing(
  state: Extract<Ownership, { kind: "probing" }>,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  switch (event.kind) {
    case "timer":
      if (now < state.nextAt) return [state, NOTHING];
      return state.left === 0 ? claim(now) : probe(state.left, now, timings);
    case "answered":
      return occupy(event.by);
    case "probed": {
      // RFC 5227 §2.1.1: somebody else probes for the same address. Among our own, the better rank goes on.
      const until = giveWayUntil(event.by, event.waitMs, now, timings);
      if (until === undefined) return [state, NOTHING];
      const [probes, waitMs] = event.by.node === undefined
        ? [timings.probeCount, 0]
        : [1, event.waitMs];
      return [{ kind: "listening", until, probes, waitMs }, NOTHING];
    }
    case "unwanted":
      return [undefined, NOTHING];
    default:
      return [state, NOTHING];
  }
}

function stepClaiming(
  state: Extract<Ownership, { kind: "claiming" }>,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  switch (event.kind) {
    case "bound":
      if (now - event.at > timings.claimStaleMs) return [lookAgain(now), [{ kind: "unbind" }]];
      return [
        { kind: "held", since: now, renewedAt: event.at, defendedAt: undefined },
        [{ kind: "burst" }, { kind: "claimed" }],
      ];
    case "bind-failed":
      return [retry(now, timings), NOTHING];
    case "bind-stale":
      return [lookAgain(now), NOTHING];
    case "answered": {
      // Nothing was announced yet: whoever holds it keeps it, better in rank or not.
      const [next, actions] = occupy(event.by);
      return [next, [{ kind: "unbind" }, ...actions]];
    }
    case "unwanted":
      return [{ kind: "leaving", handOver: event.then === "hand-over" }, [{ kind: "unbind" }]];
    default:
      return [state, NOTHING];
  }
}

function stepHeld(
  state: Held,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  switch (event.kind) {
    case "answered":
      return event.by.node === undefined
        ? contestOther(state, event.by, now, timings)
        : contestNode(state, event.by, now, timings);
    case "timer":
      return lookAtContest(state, now, timings);
    case "renewed":
      return [{ ...state, renewedAt: Math.max(state.renewedAt, event.at) }, NOTHING];
    case "gone":
      return [state, [{ kind: "bind" }]];
    case "bound":
      if (now - event.at > timings.claimStaleMs) {
        return [lookAgain(now), [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }]];
      }
      return [{ ...state, renewedAt: event.at }, [{ kind: "announce" }]];
    case "bind-failed":
      return [
        retry(now, timings),
        [{ kind: "unbind" }, { kind: "released", reason: "bind-failed" }],
      ];
    case "unwanted": {
      const reason = event.then === "hand-over" ? "hand-over" : "unassigned";
      // The signal says that the address is free, and a stranger may have it.
      const handOver = event.then === "hand-over" && state.contest === undefined;
      return [{ kind: "leaving", handOver }, [{ kind: "unbind" }, { kind: "released", reason }]];
    }
    case "sought":
      // While a stranger uses it, letting go would leave it to the stranger.
      if (state.contest !== undefined) return [state, NOTHING];
      return [
        { kind: "leaving", handOver: true },
        [{ kind: "unbind" }, { kind: "released", reason: "preferred" }],
      ];
    default:
      return [state, NOTHING];
  }
}

function stepOccupied(
  state: Extract<Ownership, { kind: "occupied" }>,
  event: OwnershipEvent,
  now: number,
): OwnershipStep {
  switch (event.kind) {
    case "answered":
      if (!isSameStation(event.by, state.by)) return occupy(event.by);
      return event.by.mac === state.by.mac ? [state, NOTHING] : [occupied(event.by), NOTHING];
    case "identified":
      return [occupied(event.by), NOTHING];
    case "probed":
      // Nobody probes what it holds: its known holder has let go of it. A stranger is about to use it again.
      if (!isSameStation(event.by, state.by) || event.by.node === undefined) {
        return [state, NOTHING];
      }
      return vacate(event.waitMs, event.probes, now);
    case "vacated":
      return vacate(event.waitMs, event.probes, now);
    case "unwanted":
      return [undefined, NOTHING];
    default:
      return [state, NOTHING];
  }
}

function stepLeaving(
  state: Extract<Ownership, { kind: "leaving" }>,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  switch (event.kind) {
    case "unbound":
      return [undefined, state.handOver ? [{ kind: "probe" }] : NOTHING];
    case "wanted":
      return [quiet(event.waitMs, now, timings), NOTHING];
    default:
      return [state, NOTHING];
  }
}

/** The wait before the first look: the first in rank looks at once, the others when it should be done. */
function quiet(waitMs: number, now: number, timings: Timings): Ownership {
  const until = waitMs === 0 ? now : now + claimMs(timings) + waitMs;
  return { kind: "listening", until, probes: timings.probeCount, waitMs };
}

/** The kernel did not bind it: from the beginning, later. */
function retry(now: number, timings: Timings): Ownership {
  const until = now + timings.bindRetryMs;
  return { kind: "listening", until, probes: timings.probeCount, waitMs: 0 };
}

/** The silence is too long ago: one more question. */
function lookAgain(now: number): Ownership {
  return { kind: "listening", until: now, probes: 1, waitMs: 0 };
}

function probe(left: number, now: number, timings: Timings): OwnershipStep {
  const next: Ownership = {
    kind: "probing",
    left: left - 1,
    nextAt: now + timings.probeIntervalMs,
  };
  return [next, [{ kind: "probe" }]];
}

function claim(now: number): OwnershipStep {
  return [{ kind: "claiming", since: now }, [{ kind: "bind" }]];
}

function occupy(by: Party): OwnershipStep {
  const conflict = { kind: "conflict", mac: by.mac, outcome: "not-claimed" } as const;
  return [occupied(by), by.node === undefined ? [conflict] : NOTHING];
}

function occupied({ mac, node }: Station): Ownership {
  return { kind: "occupied", by: { mac, node } };
}

function vacate(waitMs: number, probes: number, now: number): OwnershipStep {
  if (waitMs === 0 && probes === 0) return claim(now);
  return [{ kind: "listening", until: now + waitMs, probes: Math.max(probes, 1), waitMs }, NOTHING];
}

/** Until when to keep quiet for somebody who probes as we do; absent where we go first. */
function giveWayUntil(
  by: Party,
  waitMs: number,
  now: number,
  timings: Timings,
): number | undefined {
  if (by.node === undefined) return now + timings.strangerProbesMs;
  return by.precedes ? now + claimMs(timings) + waitMs : undefined;
}
