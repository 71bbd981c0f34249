/** One timer that can be set anew; calls `ring` when it is due. Dispose of it to stop. */
export class Alarm implements Disposable {
  readonly #now: () => number;
  readonly #ring: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #at = Infinity;

  /** @param now ms, of the clock that `set` speaks of */
  constructor(now: () => number, ring: () => void) {
    this.#now = now;
    this.#ring = ring;
  }

  /** Rings at this instant, or earlier where it was already set to ring earlier; `undefined` changes nothing. */
  set(at: number | undefined): void {
    if (at === undefined || at >= this.#at) return;
    clearTimeout(this.#timer);
    this.#at = at;
    this.#timer = setTimeout(() => {
      this.#at = Infinity;
      this.#ring();
    }, Math.max(0, Math.ceil(at - this.#now())));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#at = -Infinity;
  }
}
