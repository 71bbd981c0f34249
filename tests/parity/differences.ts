import { describeMismatch, judge, type Mismatch } from "./observe.ts";
import type { MetallbRecord } from "./record.ts";
import type { Scenario } from "./scenario.ts";

/** What MetalLB did otherwise than the scenario wants, in all its steps. */
export function partingsOf(scenario: Scenario, record: MetallbRecord): readonly Mismatch[] {
  const sights = record.seen[scenario.name] ?? [];
  return sights.flatMap((_, i) => judge(scenario, sights.slice(0, i + 1)));
}

/**
 * What is wrong about what the scenario says of MetalLB: a difference that is not named, or one that is
 * named and not there.
 */
export function faultsOf(scenario: Scenario, record: MetallbRecord): readonly string[] {
  const played = record.seen[scenario.name]?.length ?? 0;
  if (played !== scenario.steps.length) {
    return [`${played} of ${scenario.steps.length} steps were played: run bench/parity.ts`];
  }
  const partings = partingsOf(scenario, record);
  const isElsewhere = partings.some(({ kind }) => kind === "address");
  const { differs } = scenario;
  if (differs === undefined) return partings.map(describeMismatch);
  switch (differs.kind) {
    case "address":
      return isElsewhere ? [] : ["MetalLB gives the same addresses"];
    case "event":
      if (partings.length === 0) return ["MetalLB tells the same"];
      return partings.filter(({ kind }) => kind === "address").map(describeMismatch);
    case "chance":
      return [];
    default:
      return differs.kind satisfies never;
  }
}
