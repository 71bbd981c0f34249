import type { Fault, Scenario, SimNode } from "./scenario.ts";

/** Whether a scenario still shows what is looked for. */
export type Fails = (scenario: Scenario) => boolean;

/**
 * A smaller scenario that fails as well: the end cut off, faults dropped in ever smaller groups, then nodes
 * and addresses one by one, over and over until nothing more can go. At most `runs` trials.
 */
export function shrink(scenario: Scenario, fails: Fails, runs = 400): Scenario {
  let best = scenario;
  let left = runs;
  const attempt = (smaller: Scenario): boolean => {
    if (left <= 0) return false;
    left--;
    if (!fails(smaller)) return false;
    best = smaller;
    return true;
  };
  for (let size = -1; size !== sizeOf(best) && left > 0;) {
    size = sizeOf(best);
    dropGroups(
      best.schedule.length,
      (from, count) => attempt({ ...best, schedule: best.schedule.toSpliced(from, count) }),
    );
    dropGroups(
      best.addresses.length,
      (from, count) => attempt(withoutAddresses(best, from, count)),
    );
    dropGroups(best.nodes.length, (from, count) => attempt(withoutNodes(best, from, count)));
  }
  return best;
}

function sizeOf({ schedule, nodes, addresses }: Scenario): number {
  return schedule.length + nodes.length + addresses.length;
}

/** Tries to drop groups of half of all, a quarter, and so on; later ones first. */
function dropGroups(length: number, drop: (from: number, count: number) => boolean): void {
  let have = length;
  for (let count = Math.ceil(length / 2); count >= 1; count = Math.floor(count / 2)) {
    for (let from = have - count; from >= 0; from -= count) {
      if (drop(from, count)) have -= count;
    }
  }
}

function withoutAddresses(scenario: Scenario, from: number, count: number): Scenario {
  const gone = new Set(scenario.addresses.slice(from, from + count).map(({ key }) => key));
  return {
    ...scenario,
    addresses: scenario.addresses.toSpliced(from, count),
    schedule: scenario.schedule.filter(({ fault }) =>
      !("address" in fault && gone.has(fault.address))
    ),
  };
}

function withoutNodes(scenario: Scenario, from: number, count: number): Scenario {
  const gone = scenario.nodes.slice(from, from + count);
  return {
    ...scenario,
    nodes: scenario.nodes.toSpliced(from, count),
    schedule: scenario.schedule.filter(({ fault }) => !isAbout(fault, gone)),
  };
}

function isAbout(fault: Fault, gone: readonly SimNode[]): boolean {
  const isGone = (name: string): boolean => gone.some((node) => node.name === name);
  if ("node" in fault) return isGone(fault.node);
  return fault.kind === "one-way" && (isGone(fault.from) || isGone(fault.to));
}
