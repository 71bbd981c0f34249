import type { Judgement } from "../speaker/desired/desired.ts";
import { rankNodes } from "../speaker/ownership/rank.ts";
import { describeExclusion } from "./exclusions.ts";

/** Whether one node may hold an address, and why not. */
export interface NodeVerdict {
  readonly node: string;
  /** Place among those that may, from 1: the first claims the address when nobody has it. */
  readonly rank?: number;
  /** Why it may not, as the speakers log it. */
  readonly reason?: string;
  /** The same for people. */
  readonly found?: string;
  readonly cure?: string;
}

/** All nodes: those that may hold the address by rank, then the others by name. */
export function nodeVerdicts(
  { assignment, eligible, excluded, preferences }: Judgement,
): readonly NodeVerdict[] {
  const ranked = rankNodes(eligible, assignment.key, preferences);
  return [
    ...ranked.map((node, i): NodeVerdict => ({ node, rank: i + 1 })),
    ...Array.from(excluded, ([node, exclusion]): NodeVerdict => ({
      node,
      reason: exclusion.kind,
      ...describeExclusion(exclusion),
    })).toSorted((a, b) => a.node < b.node ? -1 : 1),
  ];
}
