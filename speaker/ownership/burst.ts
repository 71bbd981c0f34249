import type { Timings } from "./timings.ts";

/** Where the announcements of one held address stand. */
export interface Burst {
  /** The claim, or whatever made the burst begin again. */
  readonly since: number;
  /** Which round comes next, from 0. */
  readonly round: number;
}

/**
 * When the next round of a burst is due: the rounds of `burstMs`, then one each `refreshMs`; never again
 * where that is 0. One round is a gratuitous ARP request and a gratuitous reply.
 */
export function burstAt(burst: Burst, timings: Timings): number | undefined {
  const offset = timings.burstMs[burst.round];
  if (offset !== undefined) return burst.since + offset;
  if (timings.refreshMs <= 0) return undefined;
  const last = timings.burstMs.at(-1) ?? 0;
  return burst.since + last + (burst.round - timings.burstMs.length + 1) * timings.refreshMs;
}

/** The burst after a round was sent. */
export function nextRound(burst: Burst): Burst {
  return { since: burst.since, round: burst.round + 1 };
}

/**
 * The burst of an address that was announced by an earlier run of this process: only refreshing is left.
 *
 * @param delayMs when the first refreshing round is due, from now: at most `refreshMs`, so that thousands
 *   of addresses do not fall on one instant
 */
export function resumedBurst(now: number, delayMs: number, timings: Timings): Burst {
  const last = timings.burstMs.at(-1) ?? 0;
  return { since: now - last - timings.refreshMs + delayMs, round: timings.burstMs.length };
}
