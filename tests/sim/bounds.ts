import { claimMs, rankWaitMs, type Timings } from "../../speaker/ownership/timings.ts";

/** What a bound depends on. */
export interface Circumstances {
  readonly timings: Timings;
  /** How many nodes rank before the first that works, the one that held the address left out. */
  readonly rank: number;
  /** Whether one of the few nodes that watch the holder closely works. */
  readonly isWatched: boolean;
  /** How many nodes may hold the address. */
  readonly eligible: number;
  /** How many addresses the holder has had. */
  readonly held: number;
}

/** How long something may last at most, in ms, and why. */
export interface Bound {
  readonly what: string;
  readonly why: string;
  readonly ms: (circumstances: Circumstances) => number;
}

/** Latencies, timers a millisecond or two late at each step, and one write to the kernel. */
const SLACK_MS = 30;

/** From the last answer to the verdict of a watcher. */
function verdictMs({ watchIntervalMs, answerWithinMs, ...timings }: Timings): number {
  return watchIntervalMs + answerWithinMs + timings.suspectRounds * timings.suspectIntervalMs;
}

/** How long until somebody who works looks at all. */
function lookMs({ timings, isWatched, eligible }: Circumstances): number {
  if (isWatched) return 0;
  return 2 * Math.max(timings.auditLeastMs, timings.auditPerNodeMs * eligible);
}

function crashMs(circumstances: Circumstances): number {
  const { timings, rank } = circumstances;
  const first = lookMs(circumstances) + verdictMs(timings) + SLACK_MS;
  if (rank === 0) return first;
  // Told by the watchers' probes, a later rank asks by itself after a rank step, then waits its turn.
  const ownLookMs = timings.rankStepMs + timings.answerWithinMs;
  const turnMs = rankWaitMs(rank, timings) + timings.probeIntervalMs;
  return first + ownLookMs + turnMs + farMs(circumstances);
}

/**
 * Whoever ranks far back for the addresses that the watchers ask everybody for is not told by that, unless it
 * is the first for another address of the same holder. One that comes after a dead first is told by those who
 * were, when they ask in their turns, of which the last is rankStepsMax.
 */
function farMs({ timings, held, eligible }: Circumstances): number {
  if (held <= 1 || eligible <= timings.rankStepsMax + 1) return 0;
  return rankWaitMs(timings.rankStepsMax, timings) + timings.rankStepMs + timings.probeIntervalMs;
}

function newMs({ timings, rank }: Circumstances): number {
  const waitMs = rank === 0 ? 0 : claimMs(timings) + rankWaitMs(rank, timings);
  return waitMs + claimMs(timings) + SLACK_MS;
}

function confirmMs({ confirmProbes, probeIntervalMs }: Timings): number {
  return confirmProbes === 0 ? 0 : confirmProbes * probeIntervalMs + SLACK_MS;
}

/** Everything that is allowed to last, and how long. */
export const BOUNDS = {
  crash: {
    what: "unanswered after the holder's node crashed, or its link went down, or it was cut off",
    why:
      "a question each watchIntervalMs, answerWithinMs, suspectRounds; then the first rank that " +
      "works; where no watcher works, the audits of all others first",
    ms: crashMs,
  },
  expiry: {
    what: "unanswered after the kernel lease of a dead or frozen process ended",
    why:
      "as a crash at the instant when the kernel lets go; while the holder still answers for other " +
      "addresses, the watchers' questions have to come round to this one first",
    ms: (circumstances: Circumstances) =>
      crashMs(circumstances) +
      circumstances.timings.watchIntervalMs * Math.max(0, circumstances.held - 1),
  },
  handOver: {
    what: "unanswered after a holder let go in order",
    why:
      "unbind, one probe, and the first in rank binds at once, or after confirmProbes; each later rank waits its turn",
    ms: ({ timings, rank }: Circumstances) =>
      20 + confirmMs(timings) +
      (rank === 0 ? 0 : rankWaitMs(rank, timings) + timings.probeIntervalMs + SLACK_MS),
  },
  claim: {
    what: "unanswered after an address became wanted on a node",
    why: "claimMs of probes; a later rank waits claimMs and its turn before",
    ms: newMs,
  },
  reorder: {
    what:
      "unanswered after the order changed, or its holder let go, while the first that works waits " +
      "for its turn",
    why:
      "what is left of its wait ends when ranks before it go; claimMs where another may look before, " +
      "twice; then a claim",
    ms: (circumstances: Circumstances) => {
      const { timings } = circumstances;
      return 2 * claimMs(timings) + newMs(circumstances);
    },
  },
  start: {
    what: "unanswered after a process began, where nobody else could claim",
    why: "the link is in doubt for linkFoundDoubtMs, then a claim",
    ms: (circumstances: Circumstances) =>
      circumstances.timings.linkFoundDoubtMs + newMs(circumstances),
  },
  linkUp: {
    what: "unanswered after a link came up, where nobody else could claim",
    why: "the link is in doubt for linkUpDoubtMs, unless somebody is heard; then a claim",
    ms: (circumstances: Circumstances) =>
      circumstances.timings.linkUpDoubtMs + newMs(circumstances),
  },
  goesOn: {
    what: "unanswered after a process went on, where nobody else could claim",
    why:
      "after listenAfterStallMs, as a crash, or a claim; a probe that waited to be read, of one that let " +
      "go meanwhile, makes it keep away for claimMs before",
    ms: (circumstances: Circumstances) =>
      circumstances.timings.listenAfterStallMs +
      Math.max(crashMs(circumstances), claimMs(circumstances.timings) + newMs(circumstances)),
  },
  refused: {
    what: "unanswered after a link or a kernel refused what was asked of it",
    why:
      "what was refused is tried again bindRetryMs later, with all probes; as after a process went on",
    ms: (circumstances: Circumstances) =>
      2 * circumstances.timings.bindRetryMs + circumstances.timings.listenAfterStallMs +
      crashMs(circumstances) + newMs(circumstances),
  },
  takenAway: {
    what: "unanswered after somebody took the address out of the kernel",
    why: "the kernel tells at once, and it is bound again",
    ms: () => SLACK_MS,
  },
  stranger: {
    what: "unanswered after a stranger left the address",
    why: "an audit, then as a crash",
    ms: (circumstances: Circumstances) =>
      lookMs({ ...circumstances, isWatched: false }) / 2 + crashMs(circumstances),
  },
  race: {
    what: "two owners, both reachable, after both claimed",
    why: "ranks are rankStepMs apart, and a claim is announced as soon as it is bound",
    ms: () => SLACK_MS,
  },
  lateWrite: {
    what: "two owners, both reachable, after a process was stopped between decision and write",
    why: "the answer to a write that was long under way is undone by another",
    ms: () => SLACK_MS,
  },
  overStranger: {
    what: "held by a node, while a stranger that came to use it answers",
    why: "the stranger is asked contestAskMs after the announcement against it",
    ms: ({ timings }: Pick<Circumstances, "timings">) => timings.contestAskMs + SLACK_MS,
  },
  orphan: {
    what: "two owners, both reachable, after a kernel refused to unbind",
    why:
      "nobody renews what nobody knows of: its lifetime of validSeconds ends, up to 0.43 s late; a process " +
      "that begins meanwhile takes it for its own, and announces it within refreshMs",
    ms: ({ timings }: Circumstances) =>
      timings.validSeconds * 1_000 + 500 + timings.refreshMs + timings.reassertIntervalMs +
      SLACK_MS,
  },
  heal: {
    what: "two owners, both reachable, since they reach each other",
    why: "each announces every refreshMs at the least; the later rank lets go at the first",
    ms: ({ timings }: Circumstances) => timings.refreshMs + timings.reassertIntervalMs + SLACK_MS,
  },
  ineligible: {
    what: "held by a node that knows that it may not",
    why: "a look at the API is settled within a few milliseconds, and the unbind is one write",
    ms: () => SLACK_MS,
  },
  unannounced: {
    what: "bound and not announced",
    why: "the first round of the burst follows the kernel's answer",
    ms: () => SLACK_MS,
  },
} as const satisfies Readonly<Record<string, Bound>>;

/** The name of a bound. */
export type BoundName = keyof typeof BOUNDS;

/** What the frames in calm depend on. */
export interface CalmSegment {
  /** Of each holder. */
  readonly watchers: number;
  readonly holders: number;
  /** Addresses that a stranger uses. */
  readonly strangers: number;
  readonly addresses: number;
  /** Addresses that another node than their holder is to have, by preference. */
  readonly sought: number;
  readonly nodes: number;
}

/**
 * Most frames that all speakers together send in a window of calm: all watchers' questions to each
 * holder each watchIntervalMs; an audit of each holder, strangers included, by each node, since audits may fall
 * together; and two frames for each address each refreshMs, which may also fall together. For an address that is kept
 * from a preferred node, each seeker tells its holder each seekEveryMs at the most.
 */
export function calmFrames(
  { watchers, holders, strangers, addresses, sought, nodes }: CalmSegment,
  windowMs: number,
  timings: Timings,
): number {
  const questions = watchers * (windowMs / timings.watchIntervalMs + 1);
  const audits = nodes * (Math.floor(windowMs / timings.auditLeastMs) + 1);
  return holders * questions + (holders + strangers) * audits +
    addresses * 2 * Math.ceil(windowMs / timings.refreshMs) +
    sought * timings.seekers * (Math.ceil(windowMs / timings.seekEveryMs) + 1);
}
