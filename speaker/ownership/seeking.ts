import { TimerQueue } from "./timer_queue.ts";
import type { Timings } from "./timings.ts";

interface Pursuit {
  /** Id of the holder that is asked. */
  readonly holder: string;
  /** From the next question to the one after it. */
  readonly everyMs: number;
}

/** From whom an address is to be had. */
export interface Sought {
  /** Id of the holder. */
  readonly holder: string;
  /** This node's place in rank, the holder left out of account: the first says so first. */
  readonly place: number;
}

/** A question that is due. */
export interface Seek {
  readonly key: string;
  readonly holder: string;
}

/**
 * The addresses that this node is to have rather than their holders, and when it says so next: soon, then less
 * and less often. Mutable, free of I/O.
 */
export class Seeking {
  readonly #timings: Timings;
  readonly #pursuits = new Map<string, Pursuit>();
  readonly #timers = new TimerQueue<string>();
  #restUntil = -Infinity;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  /** What is to be had from whom; absent: from nobody. */
  set(key: string, sought: Sought | undefined, now: number): void {
    if (this.#pursuits.get(key)?.holder === sought?.holder) return;
    if (sought === undefined) {
      this.#pursuits.delete(key);
      this.#timers.set(key, undefined);
      return;
    }
    const { seekEveryMs, seekAfterMs, seekStepMs } = this.#timings;
    this.#pursuits.set(key, { holder: sought.holder, everyMs: seekEveryMs });
    this.#timers.set(key, now + seekAfterMs + sought.place * seekStepMs);
  }

  /** Whom to ask now; never more than the pace allows. */
  take(now: number): readonly Seek[] {
    const { pacedPerWindow, windowMs, seekAtMostMs } = this.#timings;
    const due: Seek[] = [];
    while (now >= this.#restUntil) {
      const key = this.#timers.pop(now);
      const pursuit = key === undefined ? undefined : this.#pursuits.get(key);
      if (key === undefined || pursuit === undefined) break;
      const { holder, everyMs } = pursuit;
      due.push({ key, holder });
      this.#timers.set(key, now + everyMs);
      this.#pursuits.set(key, { holder, everyMs: Math.min(2 * everyMs, seekAtMostMs) });
      if (due.length >= pacedPerWindow) this.#restUntil = now + windowMs;
    }
    return due;
  }

  /** When `take` is to be called next; absent when nothing is sought. */
  nextWake(): number | undefined {
    const at = this.#timers.peek();
    return at === undefined ? undefined : Math.max(at, this.#restUntil);
  }
}
