import type { ConfigMap, CustomResource } from "../kube/types.ts";
import { parseConfigMap } from "./configmap.ts";
import type { BgpAdvertisement, Config, L2Advertisement, Problem, Source } from "./config.ts";
import { assembleBgp } from "./bgp_assemble.ts";
import {
  parseBfdProfile,
  parseBgpAdvertisement,
  parseBgpPeer,
  parseCommunityObject,
} from "./bgp_custom.ts";
import { parseIpAddressPool, parseL2Advertisement, sourceOf } from "./custom.ts";
import type { AdvertisementDraft, Parsed, PoolDraft } from "./draft.ts";
import { findOverlaps, wherePlace } from "./overlap.ts";
import { selectPools } from "./pool_selection.ts";
import { compareProblem, compareText, hasError } from "./problem.ts";
import { problemAt } from "./reader.ts";
import { quote } from "./tree.ts";

/** All objects that configure, as the API has them. */
export interface ConfigInput {
  /** Absent: there is no ConfigMap. */
  readonly configMap?: ConfigMapInput;
  /** IPAddressPools of our namespace. */
  readonly pools: readonly CustomResource[];
  /** L2Advertisements of our namespace. */
  readonly l2Advertisements: readonly CustomResource[];
  /** BGPPeers of our namespace, as v1beta2. Of these four, absent is none. */
  readonly bgpPeers?: readonly CustomResource[];
  /** BGPAdvertisements of our namespace. */
  readonly bgpAdvertisements?: readonly CustomResource[];
  /** BFDProfiles of our namespace. */
  readonly bfdProfiles?: readonly CustomResource[];
  /** Communities of our namespace. */
  readonly communities?: readonly CustomResource[];
}

/** What is read of the ConfigMap. */
export interface ConfigMapInput {
  readonly source: Source;
  /** The value of its key `config`; empty where it has none. */
  readonly text: string;
  /** The keys that it has, to tell of one that is misspelt; absent: nothing is told. */
  readonly keys?: readonly string[];
}

/** What the API serves of the ConfigMap, ready to be read. */
export function configMapInput({ meta, data }: ConfigMap): ConfigMapInput {
  const source = sourceOf("ConfigMap", meta, "v1");
  return { source, text: data["config"] ?? "", keys: Object.keys(data) };
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
  const read = (
    objects: readonly CustomResource[] = [],
    parse: (object: CustomResource) => Parsed,
  ): readonly Parsed[] =>
    objects.toSorted((a, b) => compareText(a.meta.name, b.meta.name)).map(parse);
  return assembleParsed([
    ...(input.configMap ? [readConfigMapInput(input.configMap)] : []),
    ...read(input.pools, parseIpAddressPool),
    ...read(input.l2Advertisements, parseL2Advertisement),
    ...read(input.bgpPeers, parseBgpPeer),
    ...read(input.bgpAdvertisements, parseBgpAdvertisement),
    ...read(input.bfdProfiles, parseBfdProfile),
    ...read(input.communities, parseCommunityObject),
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
  const bgp = assembleBgp(parts.flatMap((part) => part.bgp ?? []), pools);
  const problems = [
    ...parts.flatMap((part) => part.problems),
    ...findDuplicateNames(pools),
    ...findOverlaps(pools),
    ...resolved.flatMap((each) => each.problems),
    ...bgp.problems,
    ...findUnannounced(pools, l2Advertisements, bgp.bgp?.advertisements ?? []),
  ].toSorted(compareProblem);
  if (hasError(problems)) return { config: undefined, problems };
  const config = {
    pools: pools.map(({ pool }) => pool).toSorted((a, b) => compareText(a.name, b.name)),
    l2Advertisements: l2Advertisements.toSorted((a, b) => compareText(a.name, b.name)),
    ...bgp.bgp && { bgp: bgp.bgp },
  };
  return { config, problems };
}

/** A layer2 pool of a ConfigMap is announced by every node on every interface. */
function ownAdvertisement({ pool, protocol }: PoolDraft): readonly L2Advertisement[] {
  if (protocol !== "layer2") return [];
  const { name, source } = pool;
  return [{ name, source, pools: [name], nodeSelectors: [], interfaces: [], serviceSelectors: [] }];
}

function resolve(
  draft: AdvertisementDraft,
  pools: readonly PoolDraft[],
): { readonly to: L2Advertisement; readonly problems: readonly Problem[] } {
  const { name, place, poolNames: _names, poolSelectors: _selectors, ...rest } = draft;
  const { names, problems } = selectPools("L2Advertisement", draft, pools);
  return { to: { name, source: place.source, pools: names, ...rest }, problems };
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
  l2Advertisements: readonly L2Advertisement[],
  bgpAdvertisements: readonly BgpAdvertisement[],
): readonly Problem[] {
  const announced = new Set(l2Advertisements.flatMap((each) => each.pools));
  const advertised = new Set(bgpAdvertisements.flatMap((each) => each.pools));
  return pools
    .filter(({ pool, protocol }) => protocol === undefined && !announced.has(pool.name))
    .map(({ pool, place }) => {
      const what = `pool ${quote(pool.name)}`;
      const message = advertised.has(pool.name)
        ? `Not honoured yet: addresses of ${what} are assigned but not announced, because BGP is ` +
          "not spoken"
        : `No L2Advertisement selects ${what}: its addresses are assigned but not announced`;
      return problemAt("warning", place, message);
    });
}
