/** One timer that can be set anew; calls `ring` when it is due. Dispose of it to stop. */
export class Alarm implements Disposable {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = Infinity;
  #isDisposed = false;

  /** @param now ms, of the clock that `set` speaks of */
  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** Rings once at this instant, whatever was set before, unless that is due already; `undefined` is never. */
  set(at = Infinity): void {
    const now = this.#now();
    if (at === this.#at || this.#at <= now || this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#at = at;
    if (at === Infinity) return;
    this.#timer = setTimeout(() => {
      this.#at = Infinity;
      this.#ring();
    }, Math.max(0, Math.ceil(at - now)));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#isDisposed = true;
  }
}
