import { BGP_KINDS, L2_ADVERTISEMENTS, POOLS } from "../config/mod.ts";
import { LEADER_LEASE } from "../controller/mod.ts";
import {
  ANNOUNCERS,
  ASSIGNMENT_EVENTS,
  ASSIGNMENT_REASON,
  type ClusterObjects,
  type ClusterSnapshot,
  LEADER_REPORTS,
  type Reading,
  snapshotOf,
  type UnreadKind,
} from "../explain/mod.ts";
import {
  CONFIG_MAPS,
  type CustomResource,
  ENDPOINT_SLICES,
  LEASES,
  NAMESPACES,
  NODES,
  type Resource,
  type Selection,
  SERVICES,
} from "../kube/mod.ts";

/** Where objects are read from: an API server, or files. */
export interface ObjectSource {
  /** The objects of a kind: of the namespace, and those selected there at least; or why they cannot be read. */
  read<T>(
    resource: Resource<T>,
    selection: Selection,
  ): Promise<readonly T[] | UnreadKind["why"]>;
  /** When it was read, ms since 1970; absent where that is not known. */
  readonly readAtMs?: number;
}

/** Where in the cluster the configuration is. */
export interface ConfigurationPlace {
  readonly namespace: string;
  readonly configMapName: string;
}

/** Reads a cluster: from wherever, with the same selections. What cannot be read is said in `unread`. */
export async function readCluster(
  source: ObjectSource,
  { namespace, configMapName }: ConfigurationPlace,
): Promise<ClusterSnapshot> {
  const unread: UnreadKind[] = [];
  const read = async <T>(
    resource: Resource<T>,
    selection: Selection = {},
  ): Promise<readonly T[]> => {
    const found = await source.read(resource, selection);
    if (typeof found !== "string") return found;
    unread.push({ kind: resource.kind, why: found });
    return [];
  };
  const named = { namespace, fieldSelector: `metadata.name=${configMapName}` };
  const [services, namespaces, nodes, leases, configMaps, pools, l2Advertisements, announcers] =
    await Promise.all([
      read(SERVICES),
      read(NAMESPACES),
      read(NODES),
      read(LEASES, { namespace }),
      read(CONFIG_MAPS, named),
      read(POOLS, { namespace }),
      read(L2_ADVERTISEMENTS, { namespace }),
      read(ANNOUNCERS, { namespace }),
    ]);
  const isLocal = services.some(({ type, externalTrafficPolicy }) =>
    type === "LoadBalancer" && externalTrafficPolicy === "Local"
  );
  const endpointSlices = isLocal ? await read(ENDPOINT_SLICES) : [];
  const events = { fieldSelector: `reason=${ASSIGNMENT_REASON}` };
  const assignmentEvents = await read(ASSIGNMENT_EVENTS, events);
  const reading: Reading = {
    unread: unread.toSorted((a, b) => a.kind < b.kind ? -1 : 1),
    ...source.readAtMs === undefined ? {} : { readAtMs: source.readAtMs },
  };
  const bgp = await readBgp(source, namespace, unread);
  // One more witness: nothing is missing where nobody heard it.
  const reports = await source.read(LEADER_REPORTS, { namespace });
  const objects = {
    bgp,
    ...{ services, namespaces, nodes, leases, configMaps, pools, l2Advertisements },
    ...{ announcers, endpointSlices, assignmentEvents },
    leaderReports: typeof reports === "string" ? [] : reports,
  };
  const at = { configMapName, leaderLease: LEADER_LEASE };
  return snapshotOf(objects, at, reading);
}

/** BGP is not needed to say who has an address, so only kinds that are kept from the reader are told of. */
async function readBgp(
  source: ObjectSource,
  namespace: string,
  unread: UnreadKind[],
): Promise<ClusterObjects["bgp"]> {
  const read = async (
    resource: Resource<CustomResource>,
  ): Promise<readonly CustomResource[] | undefined> => {
    const found = await source.read(resource, { namespace });
    if (found === "forbidden") unread.push({ kind: resource.kind, why: found });
    if (typeof found !== "string") return found;
    return found === "forbidden" ? undefined : [];
  };
  const [bgpPeers, bgpAdvertisements, bfdProfiles, communities] = await Promise.all([
    read(BGP_KINDS.bgpPeers),
    read(BGP_KINDS.bgpAdvertisements),
    read(BGP_KINDS.bfdProfiles),
    read(BGP_KINDS.communities),
  ]);
  if (!bgpPeers || !bgpAdvertisements || !bfdProfiles || !communities) return {};
  return { bgpPeers, bgpAdvertisements, bfdProfiles, communities };
}
