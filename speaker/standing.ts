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

/** Whether `a` ranks before `b`; a node that is not in the order ranks before nobody. */
export function precedes(a: string, b: string, order: readonly string[]): boolean {
  for (const node of order) {
    if (node === b) return false;
    if (node === a) return true;
  }
  return false;
}
