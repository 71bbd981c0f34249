/**
 * Notices that this process was stalled: that its timer was served long after the instant it was set for.
 * What others said meanwhile may wait unread, and what is read now may have been said long ago. Mutable,
 * free of I/O.
 */
export interface StallGuardOptions {
  /** A wake-up this much too late is a stall. */
  readonly stallMs: number;
  /** After a stall: how long frames are read before silence is judged. */
  readonly listenMs: number;
}

export class StallGuard {
  readonly #options: StallGuardOptions;
  /** When the next wake-up was due, as last told. */
  #promisedAt: number | undefined;
  #listenUntil = -Infinity;

  constructor(options: StallGuardOptions) {
    this.#options = options;
  }

  /** The next wake-up is wanted at this instant. Returns when it is to be: later while frames are read. */
  promise(at: number | undefined): number | undefined {
    this.#promisedAt = at === undefined ? undefined : Math.max(at, this.#listenUntil);
    return this.#promisedAt;
  }

  /** Whether the timer should have been served before: what is heard now may be old. */
  isBehind(now: number): boolean {
    return this.#isLate(now) || now < this.#listenUntil;
  }

  /** The timer is served. Returns whether silence may be judged now. */
  wake(now: number): boolean {
    if (this.#listenUntil === -Infinity && this.#isLate(now)) {
      this.#listenUntil = now + this.#options.listenMs;
    }
    this.#promisedAt = undefined;
    if (now < this.#listenUntil) return false;
    this.#listenUntil = -Infinity;
    return true;
  }

  #isLate(now: number): boolean {
    return this.#promisedAt !== undefined && now - this.#promisedAt > this.#options.stallMs;
  }
}
