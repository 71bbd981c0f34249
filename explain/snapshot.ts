import { type ConfigInput, configMapInput } from "../config/assemble.ts";
import { CONFLICTS_ANNOTATION, parseConflicts } from "../config/presence.ts";
import { compareText } from "../config/problem.ts";
import type { NodeConflicts } from "../controller/quarantine.ts";
import type { EndpointSlice, Lease, Namespace, Node, Service } from "../kube/types.ts";
import type { Interface } from "../speaker/desired/interfaces.ts";
import { readPresence } from "../speaker/desired/presence_lease.ts";
import type { Announcer, ClusterObjects, LeaderReport } from "./objects.ts";

/** A cluster at one moment, as far as addresses and who answers for them go. */
export interface ClusterSnapshot {
  readonly config: ConfigInput;
  /** Of all types and classes. */
  readonly services: readonly Service[];
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  /** Of Services with traffic policy Local at least. */
  readonly endpointSlices: readonly EndpointSlice[];
  /** Interfaces of every node with a speaker, by name of the node. */
  readonly presences: ReadonlyMap<string, readonly Interface[]>;
  /** What the speakers tell of strangers. */
  readonly conflicts: readonly NodeConflicts[];
  /** The node that announces each Service, by `namespace/name`, where anybody told. */
  readonly announcers: ReadonlyMap<string, Announcer>;
  /** What the leader says of the configuration; absent where it says nothing. */
  readonly leaderReport?: LeaderReport;
  /** Absent where there is none, or it could not be read. */
  readonly leaderLease: Lease | undefined;
  /** Kinds that could not be read: of these nothing is known. */
  readonly unread: readonly UnreadKind[];
  /** When it was read, ms since 1970; absent for files, which do not tell. */
  readonly readAtMs?: number;
}

/** A kind of object that could not be read. */
export interface UnreadKind {
  /** `Node`, `IPAddressPool` … */
  readonly kind: string;
  /**
   * - `forbidden`: the credentials lack the right;
   * - `not-installed`: the API server has no such kind, so there are none;
   * - `not-in-files`: the files have no object of it.
   */
  readonly why: "forbidden" | "not-installed" | "not-in-files";
}

/** The names of what is looked for. */
export interface Names {
  /** Name of MetalLB's ConfigMap. */
  readonly configMapName: string;
  /** Name of the leader's Lease. */
  readonly leaderLease: string;
}

/** How it was read. */
export type Reading = Pick<ClusterSnapshot, "unread" | "readAtMs">;

/** Puts the objects that were read together, whatever their order; those that configure are of one namespace. */
export function snapshotOf(
  objects: ClusterObjects,
  names: Names,
  reading: Reading,
): ClusterSnapshot {
  const { leases, leaderReports: [leaderReport] } = objects;
  const configMap = objects.configMaps.find(({ meta }) => meta.name === names.configMapName);
  return {
    ...reading,
    config: {
      ...configMap === undefined ? {} : { configMap: configMapInput(configMap) },
      pools: objects.pools,
      l2Advertisements: objects.l2Advertisements,
      ...objects.bgp,
    },
    services: objects.services,
    namespaces: objects.namespaces,
    nodes: objects.nodes,
    endpointSlices: objects.endpointSlices,
    presences: new Map(leases.flatMap((lease) => {
      const presence = readPresence(lease);
      return presence === undefined ? [] : [[presence.node, presence.interfaces] as const];
    })),
    conflicts: leases.flatMap(conflictsOf),
    announcers: announcersOf(objects),
    ...leaderReport === undefined ? {} : { leaderReport },
    leaderLease: leases.find(({ meta }) => meta.name === names.leaderLease),
  };
}

/** Why a kind is not known; `undefined` where it is, or where there can be none. */
export function unreadReason(
  { unread }: Pick<ClusterSnapshot, "unread">,
  kind: string,
): "forbidden" | "not-in-files" | undefined {
  const why = unread.find((each) => each.kind === kind)?.why;
  return why === "not-installed" ? undefined : why;
}

function conflictsOf({ meta, holderIdentity: node }: Lease): readonly NodeConflicts[] {
  const text = meta.annotations[CONFLICTS_ANNOTATION];
  return text === undefined || node === undefined
    ? []
    : [{ node, conflicts: parseConflicts(text) }];
}

/** The newest of each Service; an object of the speaker's before an Event, which may be of earlier. */
function announcersOf(
  { announcers, assignmentEvents }: ClusterObjects,
): ReadonlyMap<string, Announcer> {
  const found = new Map<string, Announcer>();
  for (const list of [assignmentEvents, announcers]) {
    const byAge = list.toSorted((a, b) => compareText(a.since, b.since));
    for (const each of byAge) found.set(each.service, each);
  }
  return found;
}
