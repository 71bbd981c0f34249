import type { Result } from "./race.ts";

/** One line: a figure of each contestant, and how to say it. */
interface Line {
  readonly what: string;
  readonly of: (result: Result) => number | undefined;
  readonly say: (value: number) => string;
  /** Whether more is better, for the ratio; absent: no ratio. */
  readonly better?: "more" | "less";
}

const LINES: readonly Line[] = [
  {
    what: "from empty: Services per s",
    of: ({ services, fromEmpty }) => fromEmpty && (services - 1) / fromEmpty.tookMs * 1_000,
    say: (rate) => rate.toFixed(1),
    better: "more",
  },
  {
    what: "  first address after the start",
    of: ({ fromEmpty }) => fromEmpty?.firstMs,
    say: seconds,
  },
  {
    what: "  requests to the API server for each",
    of: ({ services, fromEmpty }) =>
      fromEmpty && fromEmpty.requests.reduce((sum, [, times]) => sum + times, 0) / services,
    say: (count) => count.toFixed(2),
    better: "less",
  },
  {
    what: "  memory then (RSS)",
    of: ({ fromEmpty }) => fromEmpty?.usage.rssBytes,
    say: mega,
    better: "less",
  },
  { what: "  at most", of: ({ fromEmpty }) => fromEmpty?.usage.peakBytes, say: mega },
  {
    what: "  CPU for each Service",
    of: ({ services, fromEmpty }) => fromEmpty && fromEmpty.usage.cpuMs / services,
    say: (ms) => `${ms.toFixed(2)} ms`,
    better: "less",
  },
  {
    what: "restart: next assignment after",
    of: ({ restartMs }) => restartMs,
    say: seconds,
    better: "less",
  },
  { what: "  addresses changed", of: ({ changes }) => changes, say: String },
  {
    what: "  memory then (RSS)",
    of: ({ afterRestart }) => afterRestart.rssBytes,
    say: mega,
    better: "less",
  },
  {
    what: "    of it anonymous",
    of: ({ afterRestart }) => afterRestart.anonymousBytes,
    say: mega,
    better: "less",
  },
  { what: "  at most", of: ({ afterRestart }) => afterRestart.peakBytes, say: mega },
];

/** The results with the same Services as a table; with two contestants, how many times better the first is. */
export function table(results: readonly Result[]): readonly string[] {
  const [first, second] = results;
  const head = [
    `${first?.services} Services`,
    ...results.map(({ contestant }) => contestant),
    ...second === undefined ? [] : ["ratio"],
  ];
  const lines = LINES.map(({ what, of, say, better }) => {
    const values = results.map(of);
    const cells = values.map((value) => value === undefined ? "-" : say(value));
    const [a, b] = values;
    if (second === undefined) return [what, ...cells];
    const isRated = better !== undefined && a !== undefined && b !== undefined;
    const ratio = isRated ? `${(better === "more" ? a / b : b / a).toFixed(1)}x` : "";
    return [what, ...cells, ratio];
  });
  const asked = results.flatMap(({ contestant, fromEmpty }) =>
    fromEmpty === undefined
      ? []
      : [`${contestant} asked: ${
        fromEmpty.requests.map(([what, times]) => `${what} ${times}`).join(", ")
      }`]
  );
  return [...[head, ...lines].map(format), ...asked];
}

function format([what = "", ...cells]: readonly string[]): string {
  return what.padEnd(38) + cells.map((cell) => cell.padStart(18)).join("");
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
