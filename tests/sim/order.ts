import type { Claimable } from "../../speaker/desired/claimable.ts";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import type { Standing } from "../../speaker/ownership/standing.ts";

// Derived from a value that never changes, and forgotten with it.
const orders = new WeakMap<Standing, readonly string[]>();

/** All that may claim the address, first claimant first; nobody where nothing may. */
export function orderOf(claimable: Claimable | undefined): readonly string[] {
  if (claimable === undefined) return [];
  const known = orders.get(claimable.standing);
  if (known !== undefined) return known;
  const order = rankNodes(claimable.eligible, claimable.key, claimable.preferences);
  orders.set(claimable.standing, order);
  return order;
}
