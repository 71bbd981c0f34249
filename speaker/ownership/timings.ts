/** All times and bounds of the protocol. Every node of a cluster should have the same. */
export interface Timings {
  /** Probes before a claim of an address that nobody was known to hold. @default 3 */
  readonly probeCount: number;
  /** From one probe to the next, and from the last probe to the claim. @default 50 */
  readonly probeIntervalMs: number;
  /** How often to ask once more before claiming what its holder lets go of. @default 0 */
  readonly confirmProbes: number;
  /** How much longer each rank waits than the one before it. @default 150 */
  readonly rankStepMs: number;
  /**
   * Ranks from here on wait no longer, and are not told to look by others' probes, unless they are first for
   * another address of the same holder.
   * @default 8
   */
  readonly rankStepsMax: number;
  /**
   * How long to keep away from an address that a stranger probes. A host that follows RFC 5227 announces
   * at most ANNOUNCE_WAIT (2 s) after its last probe, and probes at most PROBE_MAX (2 s) apart.
   * @default 3000
   */
  readonly strangerProbesMs: number;
  /** From a bind that failed, or a frame that the link did not take, to the next attempt. @default 1000 */
  readonly bindRetryMs: number;
  /** Silence that was heard longer ago than this when the kernel gets to the bind is no ground for it. @default 1000 */
  readonly claimStaleMs: number;
  /**
   * After a link came up: how long silence on it means nothing, unless somebody is heard before. A switch
   * port with classic spanning tree forwards nothing for twice its forward delay of 15 s (IEEE 802.1D-2004
   * §17.14), carrier or not.
   * @default 32000
   */
  readonly linkUpDoubtMs: number;
  /** The same for a link that was up when this process began: it may have come up just before. @default 1000 */
  readonly linkFoundDoubtMs: number;
  /** DEFEND_INTERVAL of RFC 5227 §1.1: a stranger heard twice in this time gets the address. @default 10000 */
  readonly defendIntervalMs: number;
  /**
   * What is heard of a stranger this soon after the announcement against it was sent before it could act on
   * that: no second conflict. A gratuitous request and reply come together, and switches double frames.
   * @default 100
   */
  readonly conflictEchoMs: number;
  /** A stranger that was announced against is asked this often whether it still answers. @default 1000 */
  readonly contestAskMs: number;
  /** At most one announcement against another of our nodes in this time. @default 1000 */
  readonly reassertIntervalMs: number;

  /** How many nodes watch one holder. @default 3 */
  readonly watchersPerHolder: number;
  /** From one question to the next, of one watcher to one holder. @default 100 */
  readonly watchIntervalMs: number;
  /** An answer later than this is missing. @default 50 */
  readonly answerWithinMs: number;
  /** Broadcast rounds after a missing answer. @default 3 */
  readonly suspectRounds: number;
  /** From one such round to the next, and from the last to the verdict. @default 30 */
  readonly suspectIntervalMs: number;
  /** How many addresses of the holder one node asks for in a round. @default 16 */
  readonly suspectAddresses: number;
  /** After a holder was found alive, others' probes make nobody look again for this long. @default 1000 */
  readonly toldAgainMs: number;
  /**
   * Nodes that do not watch a holder still ask it now and then, in case all its watchers died with it:
   * every this many ms times the number of eligible nodes, so that about one question comes in this time.
   * @default 1000
   */
  readonly auditPerNodeMs: number;
  /** The least time between such questions. @default 10000 */
  readonly auditLeastMs: number;

  /**
   * How long a node that is to have an address by preference waits before it tells its holder: until both have
   * seen the API.
   * @default 1000
   */
  readonly seekAfterMs: number;
  /** How much longer each rank waits than the one before it. @default 20000 */
  readonly seekStepMs: number;
  /** Only so many, the first in rank, tell it. @default 3 */
  readonly seekers: number;
  /**
   * From the first time that a node tells the holder of an address that it is to have it, by preference, to the
   * second; then twice as long each time.
   * @default 10000
   */
  readonly seekEveryMs: number;
  /** The most of that. @default 60000 */
  readonly seekAtMostMs: number;
  /** A node that is to have an address gets it when it has said so for so long: it is there to stay. @default 9000 */
  readonly soughtForMs: number;
  /** Whoever said so longer ago than this begins anew. @default 120000 */
  readonly soughtStaleMs: number;
  /**
   * An address that was handed over to a preferred node and came back is kept at least so long after that; then
   * twice as long each time.
   * @default 30000
   */
  readonly keepLeastMs: number;
  /** The most of that; after twice as long without a hand-over it begins anew. @default 600000 */
  readonly keepMostMs: number;

  /** Rounds of announcements after a claim, in ms from the claim. @default [0, 1100, 2200, 3300, 4400] */
  readonly burstMs: readonly number[];
  /** From one refreshing announcement to the next after the burst; 0 is none. @default 60000 */
  readonly refreshMs: number;

  /** Lifetime of a bound address in the kernel. Whole seconds. @default 30 */
  readonly validSeconds: number;
  /** From one renewal of it to the next. @default 10000 */
  readonly renewEveryMs: number;
  /** This long before the lifetime ends it counts as over: nothing is renewed any more. @default 2000 */
  readonly lapseMarginMs: number;

  /** A wake-up this much too late means that frames may wait unread. @default 25 */
  readonly stallMs: number;
  /** After a stall: how long frames are read before silence is judged. @default 20 */
  readonly listenAfterStallMs: number;
  /**
   * Where this process answers instead of the kernel: it reads what has come at least this often.
   * @default 10
   */
  readonly readEveryMs: number;
  /** Where this process answers: after this long without reading it gives up what it held. @default 1000 */
  readonly absentMs: number;
  /** At most so many paced timers (a probe or an announcement each) are served in one window. @default 200 */
  readonly pacedPerWindow: number;
  /** Length of such a window. @default 10 */
  readonly windowMs: number;
}

/** The times that the design was measured with. */
export const DEFAULT_TIMINGS: Timings = {
  probeCount: 3,
  probeIntervalMs: 50,
  confirmProbes: 0,
  rankStepMs: 150,
  rankStepsMax: 8,
  strangerProbesMs: 3_000,
  bindRetryMs: 1_000,
  claimStaleMs: 1_000,
  linkUpDoubtMs: 32_000,
  linkFoundDoubtMs: 1_000,
  defendIntervalMs: 10_000,
  conflictEchoMs: 100,
  contestAskMs: 1_000,
  reassertIntervalMs: 1_000,
  watchersPerHolder: 3,
  watchIntervalMs: 100,
  answerWithinMs: 50,
  suspectRounds: 3,
  suspectIntervalMs: 30,
  suspectAddresses: 16,
  toldAgainMs: 1_000,
  auditPerNodeMs: 1_000,
  auditLeastMs: 10_000,
  seekAfterMs: 1_000,
  seekStepMs: 20_000,
  seekers: 3,
  seekEveryMs: 10_000,
  seekAtMostMs: 60_000,
  soughtForMs: 9_000,
  soughtStaleMs: 120_000,
  keepLeastMs: 30_000,
  keepMostMs: 600_000,
  burstMs: [0, 1_100, 2_200, 3_300, 4_400],
  refreshMs: 60_000,
  validSeconds: 30,
  renewEveryMs: 10_000,
  lapseMarginMs: 2_000,
  stallMs: 25,
  listenAfterStallMs: 20,
  readEveryMs: 10,
  absentMs: 1_000,
  pacedPerWindow: 200,
  windowMs: 10,
};

/**
 * While MetalLB's speakers answer on the same nodes. A process answers, and not the kernel, so that answers may be late,
 * most of all while containers start; and the node's own MetalLB does not hear what the node asks, so that a node asks
 * for what its MetalLB has. Nobody waits for a claim then: MetalLB answers.
 */
export const TIMINGS_BESIDE_METALLB: Timings = {
  ...DEFAULT_TIMINGS,
  confirmProbes: DEFAULT_TIMINGS.probeCount,
  probeIntervalMs: 1_000,
  rankStepMs: 1_000,
  answerWithinMs: 1_000,
  suspectIntervalMs: 500,
};

/** How long rank `rank` (0 is first) waits longer than the first; bounded. */
export function rankWaitMs(rank: number, timings: Timings): number {
  return Math.min(rank, timings.rankStepsMax) * timings.rankStepMs;
}

/** The shortest silence that another node may take an address after: that of its last question. */
export function leastSilenceMs(timings: Timings): number {
  const { probeIntervalMs, suspectRounds, suspectIntervalMs } = timings;
  return Math.min(probeIntervalMs, suspectRounds * suspectIntervalMs);
}

/** From the first probe of a claim to the claim. */
export function claimMs(timings: Timings): number {
  return timings.probeCount * timings.probeIntervalMs;
}
