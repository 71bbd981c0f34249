import { type Burst, burstAt, nextRound, resumedBurst } from "./burst.ts";
import { TimerQueue } from "./timer_queue.ts";
import type { Timings } from "./timings.ts";

/** When each held address is announced next. Mutable, free of I/O. */
export class BurstBook {
  readonly #timings: Timings;
  readonly #bursts = new Map<string, Burst>();
  /** The addresses by the instant of their next round. */
  readonly timers = new TimerQueue<string>();

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  /** The first round is due now. */
  begin(key: string, now: number): void {
    this.#set(key, { since: now, round: 0 });
  }

  /** Only refreshing is left, as an earlier run of this process announced it. */
  resume(key: string, now: number): void {
    const { refreshMs } = this.#timings;
    if (refreshMs <= 0) return;
    // Spread, so that thousands of addresses do not fall on one instant.
    const delayMs = refreshMs - (this.#bursts.size + 1) * 7 % refreshMs;
    this.#set(key, resumedBurst(now, delayMs, this.#timings));
  }

  /** A round was sent. */
  advance(key: string): void {
    const burst = this.#bursts.get(key);
    if (burst !== undefined) this.#set(key, nextRound(burst));
  }

  /** It is not announced any more. */
  end(key: string): void {
    this.#bursts.delete(key);
    this.timers.set(key, undefined);
  }

  #set(key: string, burst: Burst): void {
    this.#bursts.set(key, burst);
    this.timers.set(key, burstAt(burst, this.#timings));
  }
}
