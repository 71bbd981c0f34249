import type { Clock } from "./clock.ts";

/**
 * Joins any number of "look again" into one: what rings while somebody is at work is heard when that
 * work is done, once.
 */
export interface Bell {
  ring(): void;
  /** Whether it rang since the last wait ended. */
  readonly isRung: boolean;
  /** Resolves when it rings or rang, after `ms`, or when the signal aborts: to whether it rang. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<boolean>;
}

/** A bell for one waiter. */
export function createBell(clock: Clock): Bell {
  let isRung = false;
  let wake = (): void => {};
  return {
    ring: () => {
      isRung = true;
      wake();
    },
    get isRung() {
      return isRung;
    },
    wait: async (ms, signal) => {
      if (!isRung) {
        const rest = new AbortController();
        const stop = (): void => rest.abort();
        wake = stop;
        signal.addEventListener("abort", stop, { once: true });
        if (!signal.aborted) await clock.sleep(ms, rest.signal);
        signal.removeEventListener("abort", stop);
        wake = (): void => {};
      }
      const rang = isRung;
      isRung = false;
      return rang;
    },
  };
}
