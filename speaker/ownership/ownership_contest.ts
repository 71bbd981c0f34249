/** Somebody else announces what this node holds, or answers for it. Pure; part of `step`. */
import type { Contest, Held, OwnershipAction, OwnershipStep, Party } from "./ownership_state.ts";
import type { Timings } from "./timings.ts";

const NOTHING: readonly OwnershipAction[] = [];

/** Another of our nodes: the one that ranks later lets go, the other announces again. */
export function contestNode(held: Held, by: Party, now: number, timings: Timings): OwnershipStep {
  if (by.precedes) return [occupiedBy(by), [{ kind: "unbind" }, CONFLICT_RELEASE]];
  const { defendedAt } = held;
  if (defendedAt !== undefined && now - defendedAt < timings.reassertIntervalMs) {
    return [held, NOTHING];
  }
  return [{ ...held, defendedAt: now }, [{ kind: "announce" }]];
}

/**
 * Anybody else. RFC 5227 §2.4(b) for a stranger: one announcement, and at the second conflict within
 * DEFEND_INTERVAL the address is given up. Where it may be a node of ours, §2.4(c): no more than one
 * announcement in DEFEND_INTERVAL, and the address is kept.
 */
export function contestOther(held: Held, by: Party, now: number, timings: Timings): OwnershipStep {
  const { contest } = held;
  const sinceMs = now - (contest?.defendedAt ?? -Infinity);
  if (contest === undefined || sinceMs >= timings.defendIntervalMs) {
    return [
      { ...held, contest: begin(by, now, timings) },
      [{ kind: "announce" }, { kind: "conflict", mac: by.mac, outcome: "defended" }],
    ];
  }
  if (!by.isStranger) {
    return [{ ...held, contest: { ...contest, overAt: now + timings.defendIntervalMs } }, NOTHING];
  }
  if (sinceMs < timings.conflictEchoMs) return [held, NOTHING];
  return [
    occupiedBy(by),
    [{ kind: "unbind" }, CONFLICT_RELEASE, { kind: "conflict", mac: by.mac, outcome: "released" }],
  ];
}

/** Whoever was announced against is asked whether it gave way: one that answers to others alone is not heard. */
export function lookAtContest(held: Held, now: number, timings: Timings): OwnershipStep {
  const { kind, since, renewedAt, defendedAt, contest } = held;
  if (contest === undefined) return [held, NOTHING];
  if (now >= contest.overAt) return [{ kind, since, renewedAt, defendedAt }, NOTHING];
  if (contest.askAt === undefined || now < contest.askAt) return [held, NOTHING];
  const asked = { ...contest, askAt: now + timings.contestAskMs };
  return [{ ...held, contest: asked }, [{ kind: "ask", mac: contest.mac }]];
}

const CONFLICT_RELEASE: OwnershipAction = { kind: "released", reason: "conflict" };

function begin({ mac, isStranger }: Party, now: number, timings: Timings): Contest {
  return {
    mac,
    defendedAt: now,
    askAt: isStranger ? now + timings.contestAskMs : undefined,
    overAt: now + timings.defendIntervalMs,
  };
}

function occupiedBy({ mac, node }: Party): OwnershipStep[0] {
  return { kind: "occupied", by: { mac, node } };
}
