import { TimerQueue } from "./timer_queue.ts";
import type { Timings } from "./timings.ts";

interface Pursuit {
  /** Id of the holder that is asked. */
  readonly holder: string;
  /** From the next question to the one after it. */
  readonly everyMs: number;
}

/** A question that is due. */
export interface Seek {
  readonly key: string;
  readonly holder: string;
}

/**
 * The addresses that this node is to have rather than their holders, and when it says so next: at once, then
 * less and less often. Mutable, free of I/O.
 */
export class Seeking {
  readonly #timings: Timings;
  readonly #pursuits = new Map<string, Pursuit>();
  readonly #timers = new TimerQueue<string>();
  #restUntil = -Infinity;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  /** From whom an address is to be had; absent: from nobody. */
  set(key: string, holder: string | undefined, now: number): void {
    const known = this.#pursuits.get(key);
    if (known?.holder === holder) return;
    this.#timers.set(key, holder === undefined ? undefined : now);
    if (holder === undefined) this.#pursuits.delete(key);
    else this.#pursuits.set(key, { holder, everyMs: this.#timings.seekEveryMs });
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
