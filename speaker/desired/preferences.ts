/** Which of the nodes that may hold an address shall, by `preferredNodeSelectors`. */
import { matches, matchesAny } from "../../config/select.ts";
import type { Node } from "../../kube/types.ts";
import type { Preferences } from "../ownership/rank.ts";
import type { Coverage } from "./advertising.ts";

/**
 * How much each node is preferred: the sum of the weights that select it, over all advertisements that select
 * both the node and a Service of the address, each counted once. A node that may not hold the address has its sum
 * as well, so that nodes that disagree on who may do not disagree on this. Absent where no node has one, and
 * where all nodes have the same.
 */
export function preferencesOf(
  coverage: Coverage,
  nodes: Iterable<Pick<Node, "meta">>,
): Preferences | undefined {
  const preferring = [...new Set(coverage.flat())]
    .filter(({ preferences = [] }) => preferences.length > 0);
  if (preferring.length === 0) return undefined;
  const sums = Array.from(nodes, ({ meta: { name, labels } }): readonly [string, number] => {
    const own = preferring.filter(({ nodeSelectors }) => matchesAny(nodeSelectors, labels));
    const weights = own.flatMap(({ preferences = [] }) =>
      preferences.map(({ weight, selector }) => matches(selector, labels) ? weight : 0)
    );
    return [name, weights.reduce((sum, weight) => sum + weight, 0)];
  });
  const isAnyPreferred = new Set(sums.map(([, sum]) => sum)).size > 1;
  return isAnyPreferred ? new Map(sums.filter(([, sum]) => sum > 0)) : undefined;
}
