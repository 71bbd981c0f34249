/** What was measured once: one crash, one restart, one stop. All times in ms. */
export interface Sample {
  /**
   * Where another node is to answer: from the last answer of the old one to the first of the new one. Else the
   * longest silence.
   */
  readonly gapMs: number;
  /** Questions that nobody answered, at some 5 ms each. */
  readonly unanswered: number;
  /** Changes of owner that nothing called for. */
  readonly moves: number;
  /** How long two nodes answered the same questions. */
  readonly twoOwnersMs: number;
  /** From the last page to the next that `curl` got, for a client whose neighbour entry was warm. */
  readonly pageGapMs?: number;
}

/** One line of the table: the same thing measured many times. */
export interface Row {
  /** Who was measured, `Lanlord`. */
  readonly contestant: string;
  /** What was done to it. */
  readonly scenario: string;
  readonly samples: readonly Sample[];
}

/** Everything that one run measured. */
export interface Report {
  /** ISO 8601. */
  readonly date: string;
  /** `uname -r`, and how many cores. */
  readonly kernel: string;
  readonly cores: number;
  readonly rows: readonly Row[];
  /** Who was not measured, and why. */
  readonly skipped: readonly string[];
}

/** How values are spread. */
export interface Spread {
  readonly min: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The nearest-rank percentiles: each is a value that was measured. @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) throw new RangeError("Cannot tell the spread of no values");
    return value;
  };
  return { min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

const WIDTHS = [34, 56, 4, 6, 6, 6, 6, 6, 7, 8, 6, 8] as const;
const HEADINGS = [
  "who",
  "what",
  "n",
  "min",
  "p50",
  "p95",
  "p99",
  "max",
  "× p50",
  "missing",
  "moves",
  "two own.",
] as const;

/**
 * The report as a table for people: gaps in ms; how many times the gap of the first row of the same scenario, p50;
 * the most questions unanswered in one sample; all uncalled-for moves; the longest time with two owners in ms.
 */
export function formatReport({ rows, skipped, kernel, cores, date }: Report): string {
  const lines = rows.flatMap((row) => [
    line(row, (sample) => sample.gapMs, rows),
    ...row.samples.some(({ pageGapMs }) => pageGapMs !== undefined)
      ? [line({ ...row, scenario: `${row.scenario}: curl` }, (s) => s.pageGapMs ?? 0, rows)]
      : [],
  ]);
  return [
    `${date.slice(0, 10)}, Linux ${kernel}, ${cores} cores; gaps in ms`,
    cells(HEADINGS),
    ...lines,
    ...skipped,
  ].join("\n");
}

function line(row: Row, valueOf: (sample: Sample) => number, rows: readonly Row[]): string {
  const { samples, contestant, scenario } = row;
  const spread = spreadOf(samples.map(valueOf));
  const first = rows.find((other) => other.scenario === scenario);
  const base = first === undefined ? undefined : spreadOf(first.samples.map((s) => s.gapMs)).p50;
  const ratio = base === undefined || base === 0 || first?.contestant === contestant
    ? ""
    : (spread.p50 / base).toFixed(1);
  return cells([
    contestant,
    scenario,
    `${samples.length}`,
    ...[spread.min, spread.p50, spread.p95, spread.p99, spread.max].map((ms) => ms.toFixed(0)),
    ratio,
    `${Math.max(...samples.map(({ unanswered }) => unanswered))}`,
    `${samples.reduce((sum, { moves }) => sum + moves, 0)}`,
    Math.max(...samples.map(({ twoOwnersMs }) => twoOwnersMs)).toFixed(0),
  ]);
}

function cells(texts: readonly string[]): string {
  return texts.map((text, i) => {
    const width = WIDTHS[i] ?? 0;
    return i < 2 ? text.padEnd(width) : text.padStart(width);
  }).join(" ").trimEnd();
}
