/** A step of the demo did not come about as it should. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  /** Processes whose logs may tell why. */
  readonly suspects: readonly string[];

  constructor(message: string, suspects: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.suspects = suspects;
  }
}

/** What is waited for, and how long. */
export interface Wanted {
  /** Completes "wanted …". */
  readonly what: string;
  readonly limitMs: number;
  /** @default 50 */
  readonly everyMs?: number;
  /** Processes whose logs may tell why it does not come. */
  readonly suspects?: readonly string[];
  /** Says what there is instead. @default nothing */
  readonly found?: () => string;
}

/** What ends a wait early. */
export interface Surroundings {
  readonly signal: AbortSignal;
  /** What went wrong elsewhere meanwhile, if anything did. */
  readonly fault: string | undefined;
}

/**
 * Looks again and again until the probe gives something.
 *
 * @throws StepFailure when it does not in time, or something else went wrong; the signal's reason when that aborts
 */
export async function until<T>(
  wanted: Wanted,
  probe: () => Promise<T | undefined> | T | undefined,
  around: Surroundings,
): Promise<T> {
  const { what, limitMs, everyMs = 50, suspects = [], found } = wanted;
  const end = performance.now() + limitMs;
  while (true) {
    around.signal.throwIfAborted();
    const value = await probe();
    if (value !== undefined) return value;
    if (around.fault !== undefined) throw new StepFailure(`Wanted ${what}, but ${around.fault}`);
    if (performance.now() > end) {
      const instead = found === undefined ? "" : `, found ${found()}`;
      throw new StepFailure(`Wanted ${what} within ${limitMs / 1000} s${instead}`, suspects);
    }
    await pause(everyMs);
  }
}

/** Lets time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
