/**
 * Who holds one address, as one node sees it: the wire is the lock. A node claims an address only after
 * silence, and gives way to whoever answers for it. Pure: `step(state, event, now) -> [state, actions]`.
 *
 *   listening -> probing -> claiming -> held -> leaving
 *        ^          |           |        |
 *        +------ occupied <-----+--------+       (somebody answers, announces, or ranks before us)
 */
import {
  hasLapsed,
  type Held,
  type Ownership,
  type OwnershipAction,
  type OwnershipEvent,
  type Party,
} from "./ownership_state.ts";
import { claimMs, DEFAULT_TIMINGS, type Timings } from "./timings.ts";

/** A state, absent when nothing is left to remember; and what to do, in order. */
export type OwnershipStep = readonly [Ownership | undefined, readonly OwnershipAction[]];

const NOTHING: readonly OwnershipAction[] = [];

/** Decides what one event means for one address. The same arguments always give the same answer. */
export function step(
  state: Ownership | undefined,
  event: OwnershipEvent,
  now: number,
  timings: Timings = DEFAULT_TIMINGS,
): OwnershipStep {
  if (state === undefined) {
    return event.kind === "wanted"
      ? [quiet(event.waitMs, now, timings), NOTHING]
      : [state, NOTHING];
  }
  const isLapsed = state.kind === "held" &&
    (event.kind === "lapsed" || hasLapsed(state, now, timings));
  if (isLapsed && event.kind !== "unwanted") {
    // Another node may own it by now: give up what is left of it, then see what the event means.
    const [next, actions] = step(quiet(0, now, timings), event, now, timings);
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
      return stepOccupied(state, event, now, timings);
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
      return [{ ...state, until, probes: Math.max(state.probes, 1) }, NOTHING];
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
      const probes = event.by.node === undefined ? timings.probeCount : 1;
      return [{ kind: "listening", until, probes }, NOTHING];
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
      return [
        { kind: "held", since: now, renewedAt: event.at, defendedAt: undefined },
        [{ kind: "burst" }, { kind: "claimed" }],
      ];
    case "bind-failed":
      return [
        { kind: "listening", until: now + timings.bindRetryMs, probes: timings.probeCount },
        NOTHING,
      ];
    case "bind-stale":
      return [{ kind: "listening", until: now, probes: 1 }, NOTHING];
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
      return contest(state, event.by, now, timings);
    case "renewed":
      return [{ ...state, renewedAt: Math.max(state.renewedAt, event.at) }, NOTHING];
    case "gone":
      return [state, [{ kind: "bind" }]];
    case "bound":
      return [{ ...state, renewedAt: event.at }, [{ kind: "announce" }]];
    case "bind-failed":
      return [
        { kind: "listening", until: now + timings.bindRetryMs, probes: timings.probeCount },
        [{ kind: "unbind" }, { kind: "released", reason: "bind-failed" }],
      ];
    case "unwanted": {
      const handOver = event.then === "hand-over";
      const reason = handOver ? "hand-over" : "unassigned";
      return [{ kind: "leaving", handOver }, [{ kind: "unbind" }, { kind: "released", reason }]];
    }
    default:
      return [state, NOTHING];
  }
}

function stepOccupied(
  state: Extract<Ownership, { kind: "occupied" }>,
  event: OwnershipEvent,
  now: number,
  timings: Timings,
): OwnershipStep {
  switch (event.kind) {
    case "answered":
      return event.by.mac === state.by ? [state, NOTHING] : occupy(event.by);
    case "probed":
      // Nobody probes what it holds: its known holder has let go of it.
      if (event.by.mac !== state.by) return [state, NOTHING];
      if (event.by.node !== undefined) return vacate(event.waitMs, 0, now);
      return [{
        kind: "listening",
        until: now + timings.strangerProbesMs,
        probes: timings.probeCount,
      }, NOTHING];
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
  return { kind: "listening", until, probes: timings.probeCount };
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
  const isStranger = by.node === undefined;
  return [
    { kind: "occupied", by: by.mac },
    isStranger ? [{ kind: "conflict", mac: by.mac, held: false }] : NOTHING,
  ];
}

function vacate(waitMs: number, probes: number, now: number): OwnershipStep {
  if (waitMs === 0 && probes === 0) return claim(now);
  return [{ kind: "listening", until: now + waitMs, probes: Math.max(probes, 1) }, NOTHING];
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

/** Somebody else announces what we hold, or answers for it. */
function contest(state: Held, by: Party, now: number, timings: Timings): OwnershipStep {
  if (by.node !== undefined && by.precedes) {
    return [
      { kind: "occupied", by: by.mac },
      [{ kind: "unbind" }, { kind: "released", reason: "conflict" }],
    ];
  }
  const isStranger = by.node === undefined;
  const pauseMs = isStranger ? timings.defendIntervalMs : timings.reassertIntervalMs;
  if (state.defendedAt !== undefined && now - state.defendedAt < pauseMs) return [state, NOTHING];
  return [
    { ...state, defendedAt: now },
    isStranger
      ? [{ kind: "announce" }, { kind: "conflict", mac: by.mac, held: true }]
      : [{ kind: "announce" }],
  ];
}
