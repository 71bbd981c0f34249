import type { Clock } from "../ops/clock.ts";

/** Least pause between two looks. */
const PAUSE_MS = 5;

/** A look that took long is followed by a pause this many times as long, so that packets get their turn. */
const PAUSE_FACTOR = 4;

/** "Something changed" from many sides, made into one look at a time: changes during a look make one more. */
export class Settle {
  readonly #clock: Clock;
  #requested = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Asks for a look; soon, and never twice at once. */
  request(): void {
    this.#requested.resolve();
  }

  /** Looks when asked to, until the signal aborts. @throws whatever `look` throws */
  async run(look: () => void, signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#requested.resolve();
    signal.addEventListener("abort", stop);
    try {
      for (;;) {
        await this.#requested.promise;
        if (signal.aborted) return;
        this.#requested = Promise.withResolvers();
        const startedAt = this.#clock.now();
        look();
        const tookMs = this.#clock.now() - startedAt;
        await this.#clock.sleep(Math.max(PAUSE_MS, PAUSE_FACTOR * tookMs), signal);
        if (signal.aborted) return;
      }
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}
