import type { LabelSelector, Problem } from "./config.ts";
import type { Named, PoolDraft } from "./draft.ts";
import { compareText } from "./problem.ts";
import { type Place, problemAt } from "./reader.ts";
import { matches } from "./select.ts";
import { quote } from "./tree.ts";

/** The part of an advertisement that says which pools it is for. */
export interface PoolSelection {
  readonly name: string;
  readonly place: Place;
  readonly poolNames: readonly Named[];
  readonly poolSelectors: readonly LabelSelector[];
}

/**
 * The names of the pools that an advertisement is for, sorted, and what of it is for none. Advertisements speak of
 * IPAddressPools; a ConfigMap's pool says itself how it is announced.
 *
 * @param kind for messages: `L2Advertisement`
 */
export function selectPools(
  kind: string,
  { name, place, poolNames, poolSelectors }: PoolSelection,
  pools: readonly PoolDraft[],
): { readonly names: readonly string[]; readonly problems: readonly Problem[] } {
  const selectable = pools.filter(({ protocol }) => protocol === undefined);
  const isAll = poolNames.length === 0 && poolSelectors.length === 0;
  const selected = selectable.filter(({ pool }) =>
    isAll || poolNames.some((each) => each.name === pool.name) ||
    poolSelectors.some((selector) => matches(selector, pool.labels))
  );
  const names = new Set(selected.map(({ pool }) => pool.name));
  const problems = poolNames.filter((each) => !names.has(each.name)).map((each) => {
    const own = pools.find(({ pool }) => pool.name === each.name);
    const why = own === undefined
      ? "no pool has that name"
      : 'it is a pool of the ConfigMap, which is announced as its "protocol" says';
    const what = `${kind} ${quote(name)}`;
    const message = `${what} has no effect on pool ${quote(each.name)}: ${why}`;
    return problemAt("warning", each.place, message);
  });
  if (names.size === 0 && poolNames.length === 0 && selectable.length > 0) {
    const message = `${kind} ${quote(name)} has no effect: its selectors match no pool`;
    problems.push(problemAt("warning", place, message));
  }
  return { names: [...names].toSorted(compareText), problems };
}
