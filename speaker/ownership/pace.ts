/**
 * A bound on frames: so many in each window of time. A restart with thousands of addresses then probes
 * them over some hundred milliseconds and does not flood the segment.
 */
export class Pace {
  readonly #perWindow: number;
  readonly #windowMs: number;
  #windowAt = -Infinity;
  #used = 0;

  constructor(options: { readonly perWindow: number; readonly windowMs: number }) {
    this.#perWindow = options.perWindow;
    this.#windowMs = options.windowMs;
  }

  /** Whether there is room now. */
  hasRoom(now: number): boolean {
    return now >= this.#windowAt + this.#windowMs || this.#used < this.#perWindow;
  }

  /** Counts frames, whether there was room for them or not. */
  count(frames: number, now: number): void {
    if (now >= this.#windowAt + this.#windowMs) {
      this.#windowAt = now;
      this.#used = 0;
    }
    this.#used += frames;
  }

  /** The earliest instant from `at` on with room. */
  nextRoom(at: number): number {
    return this.#used < this.#perWindow ? at : Math.max(at, this.#windowAt + this.#windowMs);
  }
}
