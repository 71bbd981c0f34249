// deno-lint-ignore-file no-console
/**
 * `deno task sim`: runs the simulator for long. `--seed N` begins there (without `--hours`: that one alone,
 * with its trace), `--hours H` ends after so many simulated node-hours, `--nodes N` makes every cluster so
 * large. Prints what was seen, and every failure made small; fails when there is one.
 */
import { parseArgs } from "node:util";
import { generate } from "./generate.ts";
import { searchOnAllCores } from "./parallel.ts";
import type { Durations, Findings } from "./report.ts";
import { explain, formatFailure, HOUR_MS } from "./search.ts";
import { simulate } from "./simulate.ts";

const FAILURES_EXPLAINED = 5;

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      hours: { type: "string" },
      nodes: { type: "string" },
    },
  });
  const nodes = values.nodes === undefined ? undefined : Number(values.nodes);
  if (values.seed !== undefined && values.hours === undefined) {
    return runOne(Number(values.seed), nodes);
  }
  const startedAt = performance.now();
  const { report, failed } = await searchOnAllCores({
    firstSeed: Number(values.seed ?? 1),
    nodeHours: Number(values.hours ?? 1_000),
    ...nodes === undefined ? {} : { nodes },
    onRun: (seed, { violations }) => {
      for (const { rule, what } of violations) console.log(`seed ${seed}: ${rule}: ${what}`);
    },
  });
  console.log(formatReport(report, (performance.now() - startedAt) / 1_000));
  for (const seed of failed.slice(0, FAILURES_EXPLAINED)) {
    const failure = explain(seed, undefined, nodes);
    if (failure !== undefined) console.log(`\n${formatFailure(failure)}`);
  }
  return failed.length > 0 ? 1 : 0;
}

function runOne(seed: number, nodes: number | undefined): number {
  const options = nodes === undefined ? {} : { nodes };
  const report = simulate(generate({ seed, ...options }), { trace: (line) => console.log(line) });
  if (report.violations.length === 0) return 0;
  const failure = explain(seed, undefined, nodes);
  if (failure !== undefined) console.log(`\n${formatFailure(failure)}`);
  return 1;
}

/** What was seen, as a table for people. */
function formatReport(report: Findings, seconds: number): string {
  const hours = report.nodeMs / HOUR_MS;
  const faults = [...report.faults].map(([kind, count]) => `${kind} ${count}`).sort();
  const calm = report.calmFrames * 1_000 / report.calmNodeMs;
  return [
    `${hours.toFixed(1)} node-hours in ${seconds.toFixed(0)} s, ${report.events} events`,
    `faults: ${faults.join(", ")}`,
    `${report.moves} moves; ${calm.toFixed(2)} frames per node and second in calm`,
    "unanswered, ms           times      min   median      p95      max",
    ...formatDurations(report.gaps),
    "two owners, ms           times      min   median      p95      max",
    ...formatDurations(report.overlaps),
    `${report.violations.length} violations`,
  ].join("\n");
}

function formatDurations(durations: Durations): readonly string[] {
  return [...durations].sort(([a], [b]) => a < b ? -1 : 1).map(([name, values]) => {
    const sorted = values.toSorted((a, b) => a - b);
    const at = (share: number): string => {
      const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return value.toFixed(1).padStart(9);
    };
    const count = String(sorted.length).padStart(7);
    return `  ${name.padEnd(20)} ${count}${at(0)}${at(0.5)}${at(0.95)}${at(1)}`;
  });
}

if (import.meta.main) Deno.exit(await main(Deno.args));
