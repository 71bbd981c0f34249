/** One machine's monotonic clock: a zero of its own, a rate that differs from true time, and it can be stopped. */
export class NodeClock {
  readonly #zeroMs: number;
  readonly #rate: number;
  #stoppedMs = 0;
  #stoppedAt: number | undefined;

  /** @param driftPpm how much faster than true time it goes, in millionths */
  constructor(zeroMs: number, driftPpm: number) {
    this.#zeroMs = zeroMs;
    this.#rate = 1 + driftPpm / 1e6;
  }

  /** For how long it has been stopped so far, not counting a stop that lasts. */
  get stoppedMs(): number {
    return this.#stoppedMs;
  }

  stop(at: number): void {
    this.#stoppedAt ??= at;
  }

  go(at: number): void {
    this.#stoppedMs += at - (this.#stoppedAt ?? at);
    this.#stoppedAt = undefined;
  }

  /** What it shows at a true instant. */
  local(at: number): number {
    return this.#zeroMs + ((this.#stoppedAt ?? at) - this.#stoppedMs) * this.#rate;
  }

  /** The true instant at which it shows this, unless it is stopped before. */
  global(local: number): number {
    return (local - this.#zeroMs) / this.#rate + this.#stoppedMs;
  }
}
