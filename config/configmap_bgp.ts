import { CONFIG_MAP_PROFILE_KEYS, readProfile } from "./bfd_profile.ts";
import { CONFIG_MAP_PEER_KEYS, knownKeys } from "./bgp_keys.ts";
import { readPeer } from "./bgp_peer.ts";
import { parseCommunity } from "./community.ts";
import type { Community } from "./config.ts";
import type { BgpDrafts } from "./draft.ts";
import type { Fields, Reader, Spot } from "./reader.ts";
import { quote, type Tree } from "./tree.ts";

/** What a ConfigMap says about BGP, apart from its pools. */
export interface BgpSections {
  readonly drafts: BgpDrafts;
  /** What pools may name; `undefined` where the value could not be read. */
  readonly communities: ReadonlyMap<string, Community | undefined>;
}

/**
 * Reads `peers`, `bgp-communities` and `bfd-profiles` by MetalLB's rules, and says of each section in use that it
 * has no effect yet.
 */
export function readBgpSections(reader: Reader, top: Fields): BgpSections {
  const bfdProfiles = readProfiles(reader, top.get("bfd-profiles"));
  const names = new Set(bfdProfiles.map(({ profile }) => profile.name));
  const peers = reader.list(top.get("peers"))
    .flatMap((spot, i) => readNumberedPeer(reader, spot, i + 1, names) ?? []);
  const communities = readCommunities(reader, top.get("bgp-communities"));
  for (const key of ["peers", "bgp-communities", "bfd-profiles"]) {
    const spot = top.get(key);
    if (spot === undefined || isEmpty(spot.tree)) continue;
    const place = { ...spot, at: spot.keyAt ?? spot.at };
    reader.warning(place, `Not honoured yet: "${key}" is checked, but BGP is not spoken`);
  }
  const drafts = { origin: "configmap", advertisements: [], communities: [] } as const;
  return { drafts: { ...drafts, peers, bfdProfiles }, communities };
}

function isEmpty(tree: Tree): boolean {
  return tree.kind === "list"
    ? tree.items.length === 0
    : tree.kind === "map" && tree.entries.length === 0;
}

/** Peers of a ConfigMap have no names: MetalLB's converter calls them `peer1`, `peer2` and so on. */
function readNumberedPeer(
  reader: Reader,
  spot: Spot,
  number: number,
  profiles: ReadonlySet<string>,
): BgpDrafts["peers"][number] | undefined {
  const what = `peer #${number}`;
  const keys = CONFIG_MAP_PEER_KEYS;
  const fields = reader.fields(spot, knownKeys(keys), what);
  if (fields === undefined) return undefined;
  const identity = { name: `peer${number}`, source: spot.source };
  const peer = readPeer(reader, fields, identity, { keys, what });
  const profile = fields.get(keys.bfdProfile);
  const name = reader.text(profile);
  if (profile && name && !profiles.has(name)) {
    const message = `Cannot use "bfd-profile" of ${what}: "bfd-profiles" has no ${quote(name)}`;
    reader.error(profile, message);
    return undefined;
  }
  return peer && { peer, place: spot };
}

function readProfiles(reader: Reader, spot: Spot | undefined): BgpDrafts["bfdProfiles"] {
  const names = new Set<string>();
  const known = ["name", ...Object.values(CONFIG_MAP_PROFILE_KEYS)];
  return reader.list(spot).flatMap((item, i) => {
    const what = `BFD profile #${i + 1}`;
    const fields = reader.fields(item, known, what);
    if (fields === undefined) return [];
    const name = reader.text(fields.get("name")) ?? "";
    const place = fields.get("name") ?? item;
    if (name === "") reader.error(item, `Cannot use ${what}: need a "name", have none`);
    if (names.has(name)) reader.error(place, `Cannot use BFD profile name ${quote(name)} twice`);
    const identity = { name, source: item.source };
    const profile = readProfile(reader, fields, identity, CONFIG_MAP_PROFILE_KEYS);
    if (name === "") return [];
    names.add(name);
    return [{ profile, place }];
  });
}

function readCommunities(
  reader: Reader,
  spot: Spot | undefined,
): ReadonlyMap<string, Community | undefined> {
  const communities = new Map<string, Community | undefined>();
  for (const entry of reader.entries(spot, '"bgp-communities"')) {
    const text = reader.text(entry);
    const community = text === undefined ? undefined : parseCommunity(text);
    const isStandard = community?.kind === "standard";
    if (text !== undefined && !isStandard) {
      reader.error(
        entry,
        `Cannot read community ${quote(entry.key)}: need two numbers from 0 to 65535 such as ` +
          `"64512:100", have ${quote(text)}`,
      );
    }
    communities.set(entry.key, isStandard ? community : undefined);
  }
  return communities;
}
