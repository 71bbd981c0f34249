import { rankNodes } from "./rank.ts";

/** Whether a node is left out of account, because it is silent or just let go. */
export type IsSkipped = (node: string) => boolean;

/**
 * The place of a node in an order of eligible nodes, counted without those skipped; 0 is first.
 * A node that is not in the order comes after all that are.
 */
export function placeOf(node: string, order: readonly string[], isSkipped: IsSkipped): number {
  let place = 0;
  for (const other of order) {
    if (other === node) return place;
    if (!isSkipped(other)) place++;
  }
  return place;
}

/**
 * Whether `a` ranks before `b` for an address. Nodes that see the API at different times do not agree on who
 * is eligible; but of two that both hold an address each has to say the same. So where one of them is not in
 * the order, their ranks alone decide.
 *
 * @param key the canonical text of the address
 */
export function precedes(a: string, b: string, order: readonly string[], key: string): boolean {
  const places = [order.indexOf(a), order.indexOf(b)] as const;
  if (places[0] >= 0 && places[1] >= 0) return places[0] < places[1];
  return rankNodes([a, b], key)[0] === a;
}
