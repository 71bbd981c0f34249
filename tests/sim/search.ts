import { generate } from "./generate.ts";
import type { Protocol } from "./protocol.ts";
import { type Findings, Report, type Violation } from "./report.ts";
import { formatFault, type Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

/** A scenario in which the protocol breaks a rule, made small. */
export interface Failure {
  /** The seed that it was generated from. */
  readonly seed: number;
  readonly scenario: Scenario;
  readonly violation: Violation;
}

/** The first violation of a scenario, where there is one. */
export function findViolation(scenario: Scenario, protocol?: Protocol): Violation | undefined {
  return simulate(scenario, protocol === undefined ? {} : { protocol }).violations[0];
}

/** The same failure in as few nodes, addresses and faults as can be found. */
export function explain(seed: number, protocol?: Protocol, nodes?: number): Failure | undefined {
  const scenario = generate({ seed, ...nodes === undefined ? {} : { nodes } });
  const violation = findViolation(scenario, protocol);
  if (violation === undefined) return undefined;
  const cut = { ...scenario, durationMs: Math.min(scenario.durationMs, violation.atMs + 1_000) };
  const small = shrink(cut, (smaller) => findViolation(smaller, protocol)?.rule === violation.rule);
  return { seed, scenario: small, violation: findViolation(small, protocol) ?? violation };
}

/** A failure for people: what happened, and the scenario as data to keep in `regressions/`. */
export function formatFailure({ seed, scenario, violation }: Failure, protocol?: Protocol): string {
  const lines: string[] = [];
  const trace = (line: string): void => {
    lines.push(line);
  };
  simulate(scenario, protocol === undefined ? { trace } : { protocol, trace });
  return [
    `seed ${seed}: ${violation.rule}: ${violation.what}`,
    `${scenario.nodes.length} nodes, ${scenario.addresses.length} addresses, faults:`,
    ...scenario.schedule.map(({ atMs, fault }) => `  ${atMs} ${formatFault(fault)}`),
    "trace, ms:",
    ...lines.slice(-TRACE_LINES),
    "scenario:",
    JSON.stringify(scenario),
  ].join("\n");
}

const TRACE_LINES = 60;

/** Which scenarios a search runs. */
export interface SearchOptions {
  readonly firstSeed: number;
  readonly nodeHours: number;
  /** In every cluster; absent: as the seed says. */
  readonly nodes?: number;
}

/** The seeds from the first on whose scenarios last so many node-hours together. */
export function seedsFor({ firstSeed, nodeHours, nodes }: SearchOptions): readonly number[] {
  const seeds: number[] = [];
  for (let [seed, leftMs] = [firstSeed, nodeHours * HOUR_MS]; leftMs > 0; seed++) {
    const scenario = generate({ seed, ...nodes === undefined ? {} : { nodes } });
    leftMs -= scenario.nodes.length * scenario.durationMs;
    seeds.push(seed);
  }
  return seeds;
}

/** What a search came to. */
export interface SearchResult {
  readonly report: Findings;
  /** Seeds that broke a rule. */
  readonly failed: readonly number[];
}

/** Puts the findings of runs together, in order of seed. */
export function summarize(runs: ReadonlyMap<number, Findings>): SearchResult {
  const report = new Report();
  const sorted = [...runs].toSorted(([a], [b]) => a - b);
  for (const [, findings] of sorted) report.add(findings);
  const failed = sorted.filter(([, { violations }]) => violations.length > 0);
  return { report, failed: failed.map(([seed]) => seed) };
}

/** Runs generated scenarios, one after the other. */
export function search(options: SearchOptions): SearchResult {
  const { nodes } = options;
  return summarize(
    new Map(
      seedsFor(options).map((seed) => [
        seed,
        simulate(generate({ seed, ...nodes === undefined ? {} : { nodes } })),
      ]),
    ),
  );
}

/** One hour. */
export const HOUR_MS = 3_600_000;
