import { findSameSessions, settleLocalPrefs } from "./bgp_conflicts.ts";
import { findTooNarrow } from "./bgp_aggregation.ts";
import { sortedCommunities } from "./community.ts";
import type { Bgp, BgpAdvertisement, Community, Problem } from "./config.ts";
import type { BgpAdvertisementDraft, BgpDrafts, PoolDraft } from "./draft.ts";
import { wherePlace } from "./overlap.ts";
import { selectPools } from "./pool_selection.ts";
import { compareText } from "./problem.ts";
import { type Place, problemAt } from "./reader.ts";
import { quote } from "./tree.ts";

/** What all sources say about BGP together; every problem is a warning that says what has no effect. */
export interface AssembledBgp {
  /** Absent: nothing at all. */
  readonly bgp?: Bgp;
  readonly problems: readonly Problem[];
}

/**
 * Holds what the sources say about BGP against each other and against the pools. An object that names what is not
 * there is left out as a whole, rather than advertise without what it asks for; of two that clash, the later one.
 */
export function assembleBgp(
  parts: readonly BgpDrafts[],
  pools: readonly PoolDraft[],
): AssembledBgp {
  const problems: Problem[] = [];
  const own = ownAdvertisements(pools);
  const peers = usablePeers(parts, problems);
  const known: Known = {
    pools,
    peers: new Set(peers.map(({ peer }) => peer.name)),
    communities: definedCommunities(parts, problems),
  };
  const resolved = parts.flatMap((part) => part.advertisements).flatMap((draft) => {
    const advertisement = resolve(draft, known, problems);
    return advertisement === undefined ? [] : { advertisement, place: draft.place };
  });
  const settled = settleLocalPrefs(resolved, pools);
  problems.push(...settled.problems, ...tellNotHonoured(parts));
  const bfdProfiles = parts.flatMap((part) => part.bfdProfiles).map(({ profile }) => profile);
  const advertisements = [...own, ...settled.advertisements];
  if (peers.length + bfdProfiles.length + advertisements.length === 0) return { problems };
  const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
    compareText(a.name, b.name);
  const bgp = {
    peers: peers.map(({ peer }) => peer).toSorted(byName),
    advertisements: advertisements.toSorted(byName),
    bfdProfiles: bfdProfiles.toSorted(byName),
  };
  return { bgp, problems };
}

/** What advertisements may name. */
interface Known {
  readonly pools: readonly PoolDraft[];
  readonly peers: ReadonlySet<string>;
  readonly communities: ReadonlyMap<string, Community>;
}

/** A bgp pool of a ConfigMap is advertised by every node to every peer. */
function ownAdvertisements(pools: readonly PoolDraft[]): readonly BgpAdvertisement[] {
  return pools
    .flatMap(({ pool, bgpAdvertisements = [] }) =>
      bgpAdvertisements.map((route) => ({ route, pool }))
    )
    .map(({ route, pool }, i) => ({
      name: `bgpadvertisement${i + 1}`,
      source: pool.source,
      pools: [pool.name],
      nodeSelectors: [],
      serviceSelectors: [],
      peers: undefined,
      ...route,
    }));
}

function usablePeers(parts: readonly BgpDrafts[], problems: Problem[]): BgpDrafts["peers"] {
  const profiles = new Set(
    parts.flatMap((part) => part.bfdProfiles).map(({ profile }) => profile.name),
  );
  const usable = parts.flatMap((part) => part.peers).filter(({ peer, place }) => {
    if (peer.bfdProfile === undefined || profiles.has(peer.bfdProfile)) return true;
    const message = `BGPPeer ${quote(peer.name)} has no effect: no BFDProfile that can be used ` +
      `has the name ${quote(peer.bfdProfile)}`;
    problems.push(problemAt("warning", place, message));
    return false;
  });
  const same = findSameSessions(usable);
  problems.push(...same.problems);
  return same.peers;
}

function definedCommunities(
  parts: readonly BgpDrafts[],
  problems: Problem[],
): ReadonlyMap<string, Community> {
  const first = new Map<string, { readonly community: Community; readonly place: Place }>();
  for (const { name, community, place } of parts.flatMap((part) => part.communities)) {
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, { community, place });
      continue;
    }
    const where = wherePlace(earlier.place, place);
    const message = `A duplicate definition of community ${quote(name)} has no effect: it is ` +
      `defined${where} already`;
    problems.push(problemAt("warning", place, message));
  }
  return new Map([...first].map(([name, { community }]) => [name, community]));
}

/** `undefined` where the advertisement as a whole can do nothing. */
function resolve(
  draft: BgpAdvertisementDraft,
  known: Known,
  problems: Problem[],
): BgpAdvertisement | undefined {
  const { name, place, route, nodeSelectors, serviceSelectors } = draft;
  const what = `BGPAdvertisement ${quote(name)}`;
  const unknown = draft.aliases.filter((alias) => !known.communities.has(alias.name));
  for (const alias of unknown) {
    const message = `${what} has no effect: no Community that can be used defines ` +
      quote(alias.name);
    problems.push(problemAt("warning", alias.place, message));
  }
  const selected = selectPools("BGPAdvertisement", draft, known.pools);
  problems.push(...selected.problems);
  const peers = draft.peerNames.filter((peer) => known.peers.has(peer.name));
  for (const peer of draft.peerNames.filter((each) => !known.peers.has(each.name))) {
    const message = `${what} has no effect on peer ${quote(peer.name)}: no BGPPeer that can be ` +
      "used has that name";
    problems.push(problemAt("warning", peer.place, message));
  }
  const pools = selected.names.filter((pool) => !isTooNarrow(draft, pool, known.pools, problems));
  if (unknown.length > 0) return undefined;
  const named = draft.aliases.flatMap((alias) => known.communities.get(alias.name) ?? []);
  return {
    name,
    source: place.source,
    pools,
    nodeSelectors,
    serviceSelectors,
    peers: draft.peerNames.length === 0 ? undefined : peers.map((peer) => peer.name).toSorted(),
    ...route,
    communities: sortedCommunities([...route.communities, ...named]),
  };
}

function isTooNarrow(
  { name, place, route, lengthPlaces }: BgpAdvertisementDraft,
  poolName: string,
  pools: readonly PoolDraft[],
  problems: Problem[],
): boolean {
  const entries = pools.filter(({ pool }) => pool.name === poolName)
    .flatMap((draft) => draft.entries);
  const found = ([
    ["IPv4", route.aggregationLength],
    ["IPv6", route.aggregationLengthV6],
  ] as const).flatMap(([family, length]) =>
    findTooNarrow(entries, family, length).map((fault) => ({ ...fault, family, length }))
  );
  for (const { entry, need, family, length } of found) {
    const message = `BGPAdvertisement ${quote(name)} has no effect on pool ${quote(poolName)}: ` +
      `need an aggregation length of at least ${need} for addresses ${quote(entry.text)}, ` +
      `have ${length}`;
    problems.push(problemAt("warning", lengthPlaces[family] ?? place, message));
  }
  return found.length > 0;
}

/** Of a ConfigMap each section is told of where it is read; of objects, one warning is enough. */
function tellNotHonoured(parts: readonly BgpDrafts[]): readonly Problem[] {
  const objects = parts.filter(({ origin }) => origin === "object").flatMap((
    { peers, advertisements, bfdProfiles },
  ) => [
    ...peers.map(({ place }) => place),
    ...advertisements.map(({ place }) => place),
    ...bfdProfiles.map(({ place }) => place),
  ]);
  const [first, ...rest] = objects;
  if (first === undefined) return [];
  const others = rest.length === 0
    ? "this"
    : `this and ${rest.length} more ${rest.length === 1 ? "object" : "objects"} for it`;
  const message = `Not honoured yet: BGP is not spoken, so ${others} ` +
    `${rest.length === 0 ? "has" : "have"} no effect`;
  return [problemAt("warning", first, message)];
}
