import type { Timings } from "../../speaker/ownership/timings.ts";
import { Monitor } from "./monitor.ts";
import { PROTOCOL, type Protocol } from "./protocol.ts";
import type { Report } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { World } from "./world.ts";

export interface SimulateOptions {
  /** @default PROTOCOL */
  readonly protocol?: Protocol;
  /** What is allowed to last follows from these. @default DEFAULT_TIMINGS */
  readonly judgedBy?: Timings;
  /** Told of everything that happens, one line each. */
  readonly trace?: (line: string) => void;
}

/** Runs a scenario to its end, or to the first violation. The same arguments always give the same run. */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): Report {
  const { protocol = PROTOCOL, judgedBy, trace } = options;
  let monitor: Monitor | undefined;
  const world = new World(scenario, protocol, {
    onBound: (machine, key) => monitor?.onBound(machine, key),
    onGone: (machine, key, why) => monitor?.onGone(machine, key, why),
    onAction: (machine, action) => monitor?.onAction(machine, action),
    onLateRenewal: (machine, key) => monitor?.onLateRenewal(machine, key),
    onFrozen: (machine) => monitor?.onFrozen(machine),
    onLooked: (machine) => monitor?.onLooked(machine),
  });
  const { report } = monitor = new Monitor(world, trace, judgedBy);
  for (const { atMs, fault } of scenario.schedule) {
    world.queue.at(atMs, () => monitor?.apply(fault));
  }
  world.queue.runUntil(scenario.durationMs, () => report.violations.length === 0);
  report.events = world.queue.count;
  report.nodeMs = scenario.nodes.length * world.queue.now;
  report.frames = world.machines.values().reduce((sum, { sent }) => sum + sent, 0);
  return report;
}
