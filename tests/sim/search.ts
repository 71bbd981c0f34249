import { generate } from "./generate.ts";
import type { Protocol } from "./protocol.ts";
import { Report, type Violation } from "./report.ts";
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

/** Runs generated scenarios until there were so many simulated node-hours, or a violation. */
export function search(
  { firstSeed, nodeHours, nodes, onRun }: {
    readonly firstSeed: number;
    readonly nodeHours: number;
    readonly nodes?: number;
    readonly onRun?: (seed: number, report: Report) => void;
  },
): { readonly report: Report; readonly failed: readonly number[] } {
  const report = new Report();
  const failed: number[] = [];
  for (let seed = firstSeed; report.nodeMs < nodeHours * HOUR_MS; seed++) {
    const run = simulate(generate({ seed, ...nodes === undefined ? {} : { nodes } }));
    report.add(run);
    if (run.violations.length > 0) failed.push(seed);
    onRun?.(seed, run);
  }
  return { report, failed };
}

/** One hour. */
export const HOUR_MS = 3_600_000;
