import { type Report, type Row, spreadOf } from "./sample.ts";

/** One bar: how many values are in [fromMs, toMs). */
export interface Bin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** Bins whose bounds grow by the same factor, so that they are equally wide on a logarithmic axis. */
const BINS_PER_DECADE = 24;

/** Where the axis begins and ends, and what is written on it. */
const [AXIS_FROM_MS, AXIS_TO_MS] = [50, 10_000] as const;
const TICKS: readonly (readonly [ms: number, text: string])[] = [
  [50, "50 ms"],
  [100, "100 ms"],
  [200, "200 ms"],
  [500, "0.5 s"],
  [1_000, "1 s"],
  [2_000, "2 s"],
  [5_000, "5 s"],
  [10_000, "10 s"],
];

const [WIDTH, LEFT, RIGHT, TOP, ROW, BAR] = [760, 24, 24, 64, 76, 44] as const;

/** The bins that have values, in order. */
export function binsOf(values: readonly number[]): readonly Bin[] {
  const counts = new Map<number, number>();
  for (const value of values) {
    const place = Math.floor(Math.log10(value) * BINS_PER_DECADE);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const bound = (place: number): number => 10 ** (place / BINS_PER_DECADE);
  return [...counts].sort(([a], [b]) => a - b)
    .map(([place, count]) => ({ fromMs: bound(place), toMs: bound(place + 1), count }));
}

/**
 * The rows of one scenario as histograms above one another, on one logarithmic axis; for light and dark pages.
 *
 * @throws RangeError when the report has no such row
 */
export function failoverSvg(report: Report, scenario: string): string {
  const rows = report.rows.filter((row) => row.scenario === scenario);
  if (rows.length === 0) throw new RangeError(`Cannot draw "${scenario}": no such row`);
  const bottom = TOP + rows.length * ROW;
  const height = bottom + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" ` +
    `height="${height}" role="img" aria-label="${escape(describe(rows))}">`,
    STYLE,
    `<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>`,
    text(LEFT, 30, "title", "The node that answers crashes: how long until another answers"),
    ...TICKS.flatMap(([ms, label]) => tick(ms, label, bottom)),
    ...rows.flatMap((row, i) => histogram(row, TOP + i * ROW, i === 0 ? "own" : "other")),
    "</svg>",
    "",
  ].join("\n");
}

const STYLE = `<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: 600 } .name { font-weight: 600 } .small { font-size: 12px; fill: #59636e }
.card { fill: #ffffff; stroke: #d1d9e0 } .grid { stroke: #d1d9e0; stroke-dasharray: 2 3 } .base { stroke: #818b98 }
.own { fill: #1a7f37 } .other { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .small { fill: #9198a1 } .card { fill: #0d1117; stroke: #3d444d }
.grid { stroke: #3d444d } .base { stroke: #656c76 } .own { fill: #3fb950 } .other { fill: #f0883e }
}
</style>`;

function histogram(row: Row, top: number, kind: "own" | "other"): readonly string[] {
  const gaps = row.samples.map(({ gapMs }) => gapMs);
  const bins = binsOf(gaps);
  const tallest = Math.max(...bins.map(({ count }) => count));
  const base = top + ROW - 6;
  const bars = bins.map(({ fromMs, toMs, count }) => {
    const [x, barHeight] = [xOf(fromMs), BAR * count / tallest];
    const width = Math.max(1, xOf(toMs) - x - 1);
    return `<rect class="${kind}" x="${x.toFixed(1)}" y="${(base - barHeight).toFixed(1)}" ` +
      `width="${width.toFixed(1)}" height="${barHeight.toFixed(1)}"/>`;
  });
  // Beside the bars, where there is more room.
  const isLeft = xOf(bins[0]?.fromMs ?? 0) < WIDTH / 2;
  const x = isLeft ? xOf(bins.at(-1)?.toMs ?? 0) + 14 : xOf(bins[0]?.fromMs ?? 0) - 14;
  const anchor = isLeft ? "start" : "end";
  return [
    `<line class="base" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${base}" y2="${base}"/>`,
    ...bars,
    text(x, base - 26, "name", row.contestant, anchor),
    text(x, base - 9, "small", figures(gaps), anchor),
  ];
}

function figures(gaps: readonly number[]): string {
  const { p50, p95, max } = spreadOf(gaps);
  return `${gaps.length} crashes: half within ${duration(p50)}, 95 % within ${duration(p95)}, ` +
    `at most ${duration(max)}`;
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function tick(ms: number, label: string, bottom: number): readonly string[] {
  const x = xOf(ms).toFixed(1);
  const isLast = ms === AXIS_TO_MS;
  const anchor = ms === AXIS_FROM_MS ? "start" : isLast ? "end" : "middle";
  return [
    `<line class="grid" x1="${x}" x2="${x}" y1="${TOP - 14}" y2="${bottom}"/>`,
    text(xOf(ms), bottom + 18, "small", label, anchor),
  ];
}

function xOf(ms: number): number {
  const share = Math.log(ms / AXIS_FROM_MS) / Math.log(AXIS_TO_MS / AXIS_FROM_MS);
  return LEFT + share * (WIDTH - LEFT - RIGHT);
}

function text(x: number, y: number, kind: string, content: string, anchor = "start"): string {
  return `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">` +
    `${escape(content)}</text>`;
}

function describe(rows: readonly Row[]): string {
  const parts = rows.map(({ contestant, samples }) =>
    `${contestant} ${figures(samples.map(({ gapMs }) => gapMs))}`
  );
  return `Until another node answers after a crash: ${parts.join("; ")}`;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
