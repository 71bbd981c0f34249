/** A bell that many ring and one waits for: however often it rang, the next look sees everything. */
export interface Bell {
  readonly ring: () => void;
  /** Resolves when it has rung since the last time, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A bell that has rung once already, so that the first look comes at once. */
export function createBell(): Bell {
  let hasRung = true;
  let answer: (() => void) | undefined;
  return {
    ring: () => {
      hasRung = true;
      answer?.();
    },
    wait: async (ms, signal) => {
      if (!hasRung && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const timer = setTimeout(resolve, ms);
        signal.addEventListener("abort", () => resolve(), { once: true });
        answer = resolve;
        await promise;
        clearTimeout(timer);
      }
      answer = undefined;
      hasRung = false;
    },
  };
}
