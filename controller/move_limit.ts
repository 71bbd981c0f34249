/**
 * How many addresses Services may be moved away from in one `WINDOW_MS`, so that a host that claims one
 * address after the other cannot chase all Services through the pools.
 */
export const MOVES_PER_WINDOW = 10;

/** Length of the window, in milliseconds. */
const WINDOW_MS = 60_000;

/** What one decision may do about Services whose address a stranger uses. */
export interface MoveAllowance {
  /** How many more addresses Services may be moved away from. */
  readonly left: number;
  /** Addresses whose Services are on their way already: whoever still has one may follow. */
  readonly begun: ReadonlySet<string>;
}

/** Which addresses Services were moved away from lately. Mutable, free of I/O; times in ms, monotonic. */
export class MoveLimit {
  readonly #movedAt = new Map<string, number>();

  /** A Service was moved away from this address, or may have been. */
  note(address: string, now: number): void {
    if (!this.#movedAt.has(address)) this.#movedAt.set(address, now);
  }

  /** What may be done now. */
  allowance(now: number): MoveAllowance {
    for (const [address, at] of this.#movedAt) {
      if (now - at >= WINDOW_MS) this.#movedAt.delete(address);
    }
    return {
      left: Math.max(0, MOVES_PER_WINDOW - this.#movedAt.size),
      begun: new Set(this.#movedAt.keys()),
    };
  }

  /** How long until one more is allowed, in milliseconds; 0 where one is. */
  dueInMs(now: number): number {
    if (this.#movedAt.size < MOVES_PER_WINDOW) return 0;
    return Math.max(0, Math.min(...this.#movedAt.values()) + WINDOW_MS - now);
  }
}
