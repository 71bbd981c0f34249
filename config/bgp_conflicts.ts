import { type Family, formatIp } from "../ip/address.ts";
import type { BgpAdvertisement, BgpPeer, LabelSelector, Problem } from "./config.ts";
import type { BgpDrafts, PoolDraft } from "./draft.ts";
import { formatSource } from "./problem.ts";
import { type Place, problemAt } from "./reader.ts";
import { quote } from "./tree.ts";

/**
 * Leaves out each peer that a node has a session with already, by an earlier one: the same address or interface,
 * port and VRF. Only where a node is sure to have both: what selectors select is not known here.
 */
export function findSameSessions(
  drafts: BgpDrafts["peers"],
): { readonly peers: BgpDrafts["peers"]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const bySession = new Map<string, BgpPeer[]>();
  const peers = drafts.filter(({ peer, place }) => {
    const session = sessionOf(peer);
    const rivals = bySession.get(session) ?? [];
    const earlier = rivals.find((rival) => haveNodeInCommon(rival, peer));
    bySession.set(session, [...rivals, peer]);
    if (earlier === undefined) return true;
    const other = earlier.source.kind === "file"
      ? `BGPPeer ${quote(earlier.name)}`
      : formatSource(earlier.source);
    const message = `BGPPeer ${quote(peer.name)} has no effect: a session of the same nodes with ` +
      `${session} already exists, by ${other}`;
    problems.push(problemAt("warning", place, message));
    return false;
  });
  return { peers, problems };
}

/** Address or interface, port, VRF: what tells two sessions of a node apart. */
function sessionOf({ remote, port, vrf }: BgpPeer): string {
  const router = remote.kind === "address"
    ? formatIp(remote.address)
    : `interface ${quote(remote.name)}`;
  const within = vrf === undefined ? "" : ` in VRF ${quote(vrf)}`;
  return `${router} port ${port}${within}`;
}

interface NodeSelection {
  readonly nodeSelectors: readonly LabelSelector[];
}

/** Whether both are for every node, or share a selector, or one is for every node and so has all of the other's. */
function haveNodeInCommon(a: NodeSelection, b: NodeSelection): boolean {
  if (a.nodeSelectors.length === 0 || b.nodeSelectors.length === 0) return true;
  const texts = new Set(a.nodeSelectors.map((selector) => JSON.stringify(selector)));
  return b.nodeSelectors.some((selector) => texts.has(JSON.stringify(selector)));
}

/**
 * Takes a pool from each advertisement that would give the same routes another LOCAL_PREF than an earlier one does,
 * from the same node to the same peer. Those with `serviceSelectors` are left alone: whether they meet is known for
 * each Service only.
 */
export function settleLocalPrefs(
  resolved: readonly { readonly advertisement: BgpAdvertisement; readonly place: Place }[],
  pools: readonly PoolDraft[],
): {
  readonly advertisements: readonly BgpAdvertisement[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const families = new Map(pools.map(({ pool }) => [
    pool.name,
    new Set(pool.ranges.map(({ family }) => family)),
  ]));
  const byPool = new Map<string, BgpAdvertisement[]>();
  const settled = resolved.map(({ advertisement, place }) => {
    if (advertisement.serviceSelectors.length > 0) return advertisement;
    const kept = advertisement.pools.filter((pool) => {
      const earlier = byPool.get(pool) ?? [];
      const rival = earlier.find((each) =>
        areInConflict(each, advertisement, families.get(pool) ?? new Set())
      );
      if (rival === undefined) byPool.set(pool, [...earlier, advertisement]);
      else problems.push(problemAt("warning", place, explain(advertisement, rival, pool)));
      return rival === undefined;
    });
    return { ...advertisement, pools: kept };
  });
  return { advertisements: settled, problems };
}

function areInConflict(
  a: BgpAdvertisement,
  b: BgpAdvertisement,
  families: ReadonlySet<Family>,
): boolean {
  if (a.localPref === b.localPref) return false;
  const isApart = [...families].every((family) =>
    family === "IPv4"
      ? a.aggregationLength !== b.aggregationLength
      : a.aggregationLengthV6 !== b.aggregationLengthV6
  );
  const isPeerCommon = a.peers === undefined || b.peers === undefined ||
    a.peers.some((peer) => b.peers?.includes(peer));
  return !isApart && isPeerCommon && haveNodeInCommon(a, b);
}

function explain(
  { name, localPref }: BgpAdvertisement,
  rival: BgpAdvertisement,
  pool: string,
): string {
  return `BGPAdvertisement ${quote(name)} has no effect on pool ${quote(pool)}: its localPref ` +
    `${localPref} is for the same routes as ${rival.localPref} of BGPAdvertisement ` +
    quote(rival.name);
}
