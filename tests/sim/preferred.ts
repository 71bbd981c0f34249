import { Random } from "./random.ts";
import type { Scenario, Scheduled } from "./scenario.ts";

/** From one change of what is preferred to the next, on average. */
const MEAN_MS = 90_000;

/** The same scenario, and now and then other nodes are preferred, or none is; chosen by its seed. */
export function withPreferences(scenario: Scenario): Scenario {
  const { seed, nodes, addresses, durationMs } = scenario;
  const random = new Random(seed * 2 + 1);
  const domains = [...new Set(addresses.map(({ domain }) => domain))];
  const changes: Scheduled[] = [];
  for (let atMs = 0; atMs < durationMs; atMs += -Math.log(1 - random.next()) * MEAN_MS) {
    const names = random.shuffle(nodes).map(({ name }) => name);
    const preferred = names.slice(0, random.whole(0, names.length));
    const fault = { kind: "prefer", domain: random.pick(domains), nodes: preferred } as const;
    changes.push({ atMs: Math.round(atMs), fault });
  }
  const schedule = [...scenario.schedule, ...changes].toSorted((a, b) => a.atMs - b.atMs);
  return { ...scenario, schedule };
}
