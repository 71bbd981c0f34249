import type { CustomResource } from "../kube/types.ts";
import { parseConfigMap } from "./configmap.ts";
import type { Config, L2Advertisement, Problem, Source } from "./config.ts";
import { parseIpAddressPool, parseL2Advertisement } from "./custom.ts";
import type { AdvertisementDraft, Parsed, PoolDraft } from "./draft.ts";
import { findOverlaps, wherePlace } from "./overlap.ts";
import { compareProblem, compareText, hasError } from "./problem.ts";
import { problemAt } from "./reader.ts";
import { matches } from "./select.ts";
import { quote } from "./tree.ts";

/** All objects that configure, as the API has them. */
export interface ConfigInput {
  /** Absent: there is no ConfigMap. */
  readonly configMap?: ConfigMapInput;
  /** IPAddressPools of our namespace. */
  readonly pools: readonly CustomResource[];
  /** L2Advertisements of our namespace. */
  readonly l2Advertisements: readonly CustomResource[];
}

/** What is read of the ConfigMap. */
export interface ConfigMapInput {
  readonly source: Source;
  /** The value of its key `config`; empty where it has none. */
  readonly text: string;
  /** The keys that it has, to tell of one that is misspelt; absent: nothing is told. */
  readonly keys?: readonly string[];
}

/** A configuration, or why there is none. */
export interface Assembled {
  /** `undefined` when any of the problems is an error: a configuration holds as a whole or not at all. */
  readonly config: Config | undefined;
  /** By source, then by place. */
  readonly problems: readonly Problem[];
}

/** Reads all sources and holds them against each other. The order of the objects does not matter. */
export function assemble(input: ConfigInput): Assembled {
  const byName = (a: CustomResource, b: CustomResource): number =>
    compareText(a.meta.name, b.meta.name);
  return assembleParsed([
    ...(input.configMap ? [readConfigMapInput(input.configMap)] : []),
    ...input.pools.toSorted(byName).map(parseIpAddressPool),
    ...input.l2Advertisements.toSorted(byName).map(parseL2Advertisement),
  ]);
}

function readConfigMapInput({ source, text, keys }: ConfigMapInput): Parsed {
  const parsed = parseConfigMap(text, source);
  if (keys === undefined || keys.includes("config")) return parsed;
  const problem = problemAt("warning", { source, path: "" }, missingKey(keys));
  return { ...parsed, problems: [...parsed.problems, problem] };
}

/** What to say of a ConfigMap without the key `config`, by the keys that it has. */
export function missingKey(keys: readonly string[]): string {
  const found = keys.length === 0 ? "none" : keys.map(quote).join(", ");
  return `ConfigMap has no pools: need data key "config", have ${found}`;
}

/** Holds sources that were read against each other; of two that clash, the later is at fault. */
export function assembleParsed(parts: readonly Parsed[]): Assembled {
  const pools = parts.flatMap((part) => part.pools);
  const advertisements = parts.flatMap((part) => part.l2Advertisements);
  const resolved = advertisements.map((draft) => resolve(draft, pools));
  const l2Advertisements = [...pools.flatMap(ownAdvertisement), ...resolved.map(({ to }) => to)];
  const problems = [
    ...parts.flatMap((part) => part.problems),
    ...findDuplicateNames(pools),
    ...findOverlaps(pools),
    ...resolved.flatMap((each) => each.problems),
    ...findUnannounced(pools, l2Advertisements),
  ].toSorted(compareProblem);
  if (hasError(problems)) return { config: undefined, problems };
  const config = {
    pools: pools.map(({ pool }) => pool).toSorted((a, b) => compareText(a.name, b.name)),
    l2Advertisements: l2Advertisements.toSorted((a, b) => compareText(a.name, b.name)),
  };
  return { config, problems };
}

/** A layer2 pool of a ConfigMap is announced by every node on every interface. */
function ownAdvertisement({ pool, protocol }: PoolDraft): readonly L2Advertisement[] {
  if (protocol !== "layer2") return [];
  const { name, source } = pool;
  return [{ name, source, pools: [name], nodeSelectors: [], interfaces: [], serviceSelectors: [] }];
}

/** Advertisements speak of IPAddressPools; a ConfigMap's pool says itself how it is announced. */
function resolve(
  draft: AdvertisementDraft,
  pools: readonly PoolDraft[],
): { readonly to: L2Advertisement; readonly problems: readonly Problem[] } {
  const { name, place, poolNames, poolSelectors, ...rest } = draft;
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
    const message = `L2Advertisement ${quote(name)} has no effect on pool ${
      quote(each.name)
    }: ${why}`;
    return problemAt("warning", each.place, message);
  });
  if (names.size === 0 && poolNames.length === 0 && selectable.length > 0) {
    const message = `L2Advertisement ${quote(name)} has no effect: its selectors match no pool`;
    problems.push(problemAt("warning", place, message));
  }
  const sorted = [...names].toSorted(compareText);
  return {
    to: { name, source: place.source, pools: sorted, ...rest },
    problems,
  };
}

function findDuplicateNames(pools: readonly PoolDraft[]): readonly Problem[] {
  const first = new Map<string, PoolDraft>();
  return pools.flatMap((draft) => {
    const earlier = first.get(draft.pool.name);
    if (earlier === undefined) {
      first.set(draft.pool.name, draft);
      return [];
    }
    const where = wherePlace(earlier.place, draft.place);
    const message = `Cannot use pool name ${quote(draft.pool.name)} twice: it is taken${where}`;
    return [problemAt("error", draft.place, message)];
  });
}

/** The commonest surprise with custom resources: a pool, but nothing that announces it. */
function findUnannounced(
  pools: readonly PoolDraft[],
  advertisements: readonly L2Advertisement[],
): readonly Problem[] {
  const announced = new Set(advertisements.flatMap((each) => each.pools));
  return pools
    .filter(({ pool, protocol }) => protocol === undefined && !announced.has(pool.name))
    .map(({ pool, place }) => {
      const what = `pool ${quote(pool.name)}`;
      return problemAt(
        "warning",
        place,
        `No L2Advertisement selects ${what}: its addresses are assigned but not announced`,
      );
    });
}
