import type { Notifier } from "./notify.ts";

/** Whether the process can do its work, as probes and people see it. */
export interface Health {
  /** Says whether the work can be done; not ready until first said. */
  readonly ready: (isReady: boolean) => void;
  /** Says that the work loop came round, and what it does; the process counts as alive for `livenessMs` after it. */
  readonly beat: (doing: string) => void;
  readonly isReady: () => boolean;
  /** True until the first beat, then while beats keep coming. */
  readonly isAlive: () => boolean;
}

/**
 * The health of one process.
 *
 * @param options.livenessMs a loop silent for this long counts as dead
 * @param options.notifier hears of each beat too. @default nobody
 */
export function createHealth(
  options: {
    readonly now: () => number;
    readonly livenessMs: number;
    readonly notifier?: Pick<Notifier, "beat">;
  },
): Health {
  let isReady = false;
  let lastBeat: number | undefined;
  return {
    ready: (value) => {
      isReady = value;
    },
    beat: (doing) => {
      lastBeat = options.now();
      options.notifier?.beat(doing);
    },
    isReady: () => isReady,
    isAlive: () => lastBeat === undefined || options.now() - lastBeat <= options.livenessMs,
  };
}
