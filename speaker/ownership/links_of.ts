import type { Family } from "../../ip/address.ts";
import type { Place } from "./table_action.ts";

/** The links that places of one family are on; thousands of places are on a few. */
export function linksOf(
  family: Family,
  places: readonly Iterable<Pick<Place, "address" | "linkIndex">>[],
): ReadonlySet<number> {
  const links = new Set<number>();
  for (const some of places) {
    for (const { address, linkIndex } of some) if (address.family === family) links.add(linkIndex);
  }
  return links;
}
