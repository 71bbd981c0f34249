import { assembleParsed } from "../config/assemble.ts";
import type { Place } from "../config/reader.ts";
import { BGP_KINDS } from "../config/resources.ts";
import { quote, type Tree } from "../config/tree.ts";
import type { JsonObject } from "../kube/types.ts";
import {
  communitiesOf,
  convertCommunities,
  convertPeers,
  convertProfiles,
  notePeers,
} from "./configmap_bgp.ts";
import type { Names } from "./names.ts";
import type { Note } from "./note.ts";
import { parseResources } from "./parsed.ts";
import { type Origin, present, resourceOf } from "./resource.ts";
import { booleanIn, itemsIn, numberIn, textIn, textsIn } from "./values.ts";

/** Custom resources that say what a ConfigMap said. */
export interface ConvertedConfigMap {
  readonly objects: readonly JsonObject[];
  readonly notes: readonly Note[];
  /** The new names of pools whose names no object can have. */
  readonly renamedPools: ReadonlyMap<string, string>;
}

interface NamedPool {
  readonly tree: Tree;
  readonly name: string;
}

/**
 * Says a configuration of MetalLB's ConfigMap, which was found to be free of errors, in custom resources. Names are
 * those of the ConfigMap; L2Advertisements have the names of their pools, peers and BGPAdvertisements are numbered as by
 * MetalLB's converter.
 */
export function convertConfigMap(
  tree: Tree,
  place: Place,
  origin: Origin,
  names: Names,
): ConvertedConfigMap {
  const texts = itemsIn(tree, "address-pools").map((pool) => textIn(pool, "name") ?? "");
  const newNames = names.takeAll("IPAddressPool", texts);
  const pools = itemsIn(tree, "address-pools").map((pool) => {
    const text = textIn(pool, "name") ?? "";
    return { tree: pool, name: newNames.get(text) ?? text };
  });
  const profiles = convertProfiles(tree, origin, names);
  const renamedPools = new Map([...newNames].filter(([before, after]) => before !== after));
  const objects = [
    ...pools.map((pool) => convertPool(pool, origin)),
    ...pools.flatMap((pool) => convertLayer2(pool, origin, names)),
    ...convertCommunities(tree, origin, names),
    ...profiles.objects,
    ...convertPeers(tree, origin, names, profiles.newNames),
    ...convertBgp(tree, pools, origin, names),
  ];
  return {
    objects,
    notes: [
      ...pools.flatMap((pool) => noteRenamed(pool, place)),
      ...notePeers(tree, place),
      ...noteNoEffect(objects, place),
    ],
    renamedPools,
  };
}

function convertPool({ tree, name }: NamedPool, origin: Origin): JsonObject {
  return resourceOf("IPAddressPool", name, origin, {
    addresses: textsIn(tree, "addresses"),
    autoAssign: booleanIn(tree, "auto-assign"),
    avoidBuggyIPs: booleanIn(tree, "avoid-buggy-ips"),
  });
}

function convertLayer2(pool: NamedPool, origin: Origin, names: Names): readonly JsonObject[] {
  if (textIn(pool.tree, "protocol") !== "layer2") return [];
  const name = names.take("L2Advertisement", pool.name);
  return [resourceOf("L2Advertisement", name, origin, { ipAddressPools: [pool.name] })];
}

/** In the order of the file, numbered. Without `bgp-advertisements`, and for an item that is null, the defaults hold. */
function convertBgp(
  tree: Tree,
  pools: readonly NamedPool[],
  origin: Origin,
  names: Names,
): readonly JsonObject[] {
  const all = pools.filter(({ tree }) => textIn(tree, "protocol") === "bgp").flatMap((pool) => {
    const items = itemsIn(pool.tree, "bgp-advertisements");
    const present: readonly Tree[] = items.length === 0 ? [{ kind: "null" }] : items;
    return present.map((item) => ({ pool, item }));
  });
  return all.map(({ pool, item }, i) => {
    const name = names.take("BGPAdvertisement", `bgpadvertisement${i + 1}`);
    const spec = { ipAddressPools: [pool.name], ...advertisementOf(tree, item) };
    return resourceOf("BGPAdvertisement", name, origin, spec);
  });
}

function advertisementOf(tree: Tree, item: Tree): JsonObject {
  const communities = communitiesOf(tree, item);
  return present({
    // Zero passes where the pool has no address of the family, and means nothing there.
    aggregationLength: numberIn(item, "aggregation-length") || undefined,
    aggregationLengthV6: numberIn(item, "aggregation-length-v6") || undefined,
    localPref: numberIn(item, "localpref"),
    communities: communities.length === 0 ? undefined : communities,
  });
}

function noteRenamed({ tree, name }: NamedPool, place: Place): readonly Note[] {
  const before = textIn(tree, "name") ?? "";
  if (before === name) return [];
  const message = `Pool ${quote(before)} is named ${quote(name)} now: no object can have its name`;
  return [{ kind: "changed", place: { ...place, ...tree.at && { at: tree.at } }, message }];
}

/** What custom resources are held against each other for, and a ConfigMap is not: two peers that are one session. */
function noteNoEffect(objects: readonly JsonObject[], place: Place): readonly Note[] {
  return assembleParsed(parseResources(objects)).problems
    .filter(({ source, message }) =>
      source.kind === "object" && BGP_KIND_NAMES.includes(source.objectKind) &&
      !message.startsWith("Not honoured yet")
    )
    .map(({ message }) => ({ kind: "lost", place, message }));
}

const BGP_KIND_NAMES = Object.values(BGP_KINDS).map(({ kind }) => kind);
