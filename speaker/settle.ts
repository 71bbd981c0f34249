import type { Bell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";

/** Least pause between two looks. */
const PAUSE_MS = 5;

/** A look that took long is followed by a pause this many times as long, so that packets get their turn. */
const PAUSE_FACTOR = 4;

/** Where nothing rings: a look costs little then. */
const REST_MS = 3_600_000;

/**
 * Looks each time the bell rings, never twice at once, until the signal aborts: what rings during a look, or
 * in the pause after it, makes one more.
 *
 * @throws whatever `look` throws
 */
export async function lookWhenRung(
  look: () => void,
  { bell, clock }: { readonly bell: Bell; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    await bell.wait(REST_MS, signal);
    if (signal.aborted) return;
    const startedAt = clock.now();
    look();
    const tookMs = clock.now() - startedAt;
    await clock.sleep(Math.max(PAUSE_MS, PAUSE_FACTOR * tookMs), signal);
  }
}
