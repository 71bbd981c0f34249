/** One machine's monotonic clock: a zero of its own, and a rate that differs from true time. */
export class NodeClock {
  readonly #zeroMs: number;
  readonly #rate: number;

  /** @param driftPpm how much faster than true time it goes, in millionths */
  constructor(zeroMs: number, driftPpm: number) {
    this.#zeroMs = zeroMs;
    this.#rate = 1 + driftPpm / 1e6;
  }

  /** What it shows at a true instant. */
  local(at: number): number {
    return this.#zeroMs + at * this.#rate;
  }

  /** The true instant at which it shows this. */
  global(local: number): number {
    return (local - this.#zeroMs) / this.#rate;
  }
}
