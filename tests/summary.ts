/** How many tests did what; the steps of a test are not counted. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const EMPTY_TALLY: Tally = { passed: 0, failed: 0, skipped: 0 };

/** Matches what `deno test` says at its end, colours removed: `ok | 2 passed (3 steps) | 0 failed | 1 ignored`. */
export const SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/;

// deno-lint-ignore no-control-regex
const COLOUR = /\x1b\[[0-9;]*m/g;

/**
 * Counts from the output of one `deno test`. The exit code has the last word: a run that failed without
 * saying so (it did not type-check, a file threw while it was loaded) counts as one failed test.
 */
export function parseTally(output: readonly string[], code: number): Tally {
  const matches = output.map((line) => SUMMARY.exec(withoutColour(line)));
  const last = matches.findLast((match) => match !== null);
  const [, passed = "0", failed = "0", skipped = "0"] = last ?? [];
  const tally = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  const isSilentFailure = tally.failed === 0 && (code !== 0 || last === undefined);
  return isSilentFailure ? { ...tally, failed: 1 } : tally;
}

/** The reasons for skipped tests that `testWith` printed, each once. */
export function parseSkips(output: readonly string[]): readonly string[] {
  const lines = output.map((line) => withoutColour(line).trim());
  return [
    ...new Set(lines.filter((line) => line.startsWith("skip: ")).map((line) => line.slice(6))),
  ];
}

/** A line as it reads: without the escape sequences that colour it. */
export function withoutColour(line: string): string {
  return line.replace(COLOUR, "");
}

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** `12 passed, 0 failed`, and how many were skipped where some were. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
