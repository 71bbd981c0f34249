import type { Clock } from "../ops/clock.ts";

/**
 * A signal that aborts when one of its sources does, or when its owner says so.
 * Dispose it to let go of the sources and of its time limit; the signal itself stays as it is.
 */
export class AbortScope implements Disposable {
  readonly #controller = new AbortController();
  readonly #release = new AbortController();

  constructor(...sources: readonly AbortSignal[]) {
    for (const source of sources) {
      if (source.aborted) this.#controller.abort(source.reason);
      source.addEventListener("abort", () => this.abort(source.reason), {
        once: true,
        signal: this.#release.signal,
      });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** Calls `act` after `ms`, unless disposed before. */
  after(ms: number, clock: Clock, act: () => void): void {
    const released = this.#release.signal;
    clock.sleep(ms, released).then(() => {
      if (!released.aborted) act();
    });
  }

  [Symbol.dispose](): void {
    this.#release.abort();
  }
}

/** The promise's outcome, or a rejection with the signal's reason as soon as that aborts. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  // The loser may reject later with nobody listening; its outcome is of no interest any more.
  promise.catch(() => {});
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
