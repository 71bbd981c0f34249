import { rankNodes } from "../../speaker/rank.ts";
import type { Machine } from "./machine.ts";

/** Who ranks where for each address, as a node that runs sees who is eligible. Ranked once for the same nodes. */
export class Orders {
  readonly #known = new Map<readonly string[], Map<string, readonly string[]>>();

  /** The eligible nodes, first claimant first; none where the node may not hold the address. */
  seenBy(machine: Machine | undefined, key: string): readonly string[] {
    const eligible = machine?.agent?.desired.claimable.get(key)?.eligible;
    if (eligible === undefined) return [];
    const orders = this.#known.get(eligible) ?? new Map<string, readonly string[]>();
    this.#known.set(eligible, orders);
    const order = orders.get(key) ?? rankNodes(eligible, key);
    orders.set(key, order);
    return order;
  }
}
