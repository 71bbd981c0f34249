/** How long the first failure of a write keeps it waiting, in milliseconds; each further one doubles it. */
const FIRST_MS = 500;

/** The longest wait, in milliseconds. */
const LONGEST_MS = 60_000;

interface Failure {
  readonly count: number;
  /** ms, monotonic. */
  readonly until: number;
}

/** Which writes failed, and when to try them again. Keys are those of objects. */
export class Retries {
  readonly #failures = new Map<string, Failure>();

  /** Whether a write may be tried now. */
  isDue(key: string, now: number): boolean {
    return (this.#failures.get(key)?.until ?? now) <= now;
  }

  succeeded(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * @param random from 0 up to, not including, 1: spreads the retries over half the wait
   * @param atLeastMs what the server asked for
   */
  failed(key: string, now: number, random: number, atLeastMs = 0): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const waitMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1)) * (0.75 + random / 2);
    this.#failures.set(key, { count, until: now + Math.max(waitMs, atLeastMs) });
  }

  /** How long until the first of these writes is due, in milliseconds; `undefined` where none waits. */
  dueInMs(keys: Iterable<string>, now: number): number | undefined {
    let first: number | undefined;
    for (const key of keys) {
      const until = this.#failures.get(key)?.until;
      if (until !== undefined && (first === undefined || until < first)) first = until;
    }
    return first === undefined ? undefined : Math.max(0, first - now);
  }

  /** Forgets everything that is not among these. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#failures.keys()) if (!keys.has(key)) this.#failures.delete(key);
  }
}
