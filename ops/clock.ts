/** Time as a dependency, so that tests can pass their own. */
export interface Clock {
  /** Milliseconds that only ever grow; the zero is arbitrary. */
  now(): number;
  /** Milliseconds since 1970 by the wall clock: only for timestamps that the API or a person reads. */
  nowWall(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => performance.now(),
  nowWall: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener("abort", finish);
    }),
};
