import type { TableEntry } from "./table_entry.ts";

/**
 * Whether this node has done its part: each of these addresses, which it may hold, is held here, or was found to be
 * held by another station.
 */
export function isSettled(
  keys: Iterable<string>,
  entryOf: (key: string) => Pick<TableEntry, "state"> | undefined,
): boolean {
  return Iterator.from(keys).every((key) => {
    const kind = entryOf(key)?.state?.kind;
    return kind === "held" || kind === "occupied";
  });
}
