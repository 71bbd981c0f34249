import type { Problem, ServiceAllocation } from "../config/config.ts";
import { countByPool, type PoolUsage, usageOf } from "../controller/usage.ts";
import { heldBy, ownershipOf } from "../controller/request.ts";
import { type Family, formatIp } from "../ip/address.ts";
import { formatRange } from "../ip/range.ts";
import { keyOf } from "../kube/resource.ts";
import type { Node, Service } from "../kube/types.ts";
import type { LeaderState } from "./leader.ts";
import type { Matter } from "./matter.ts";
import type { UnreadKind } from "./snapshot.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What there is, who has it, and who answers for it. */
export interface Overview {
  readonly leader: LeaderState;
  /** In order of name. */
  readonly pools: readonly PoolOverview[];
  /** Those of ours, by `namespace/name`. */
  readonly services: readonly ServiceOverview[];
  /** In order of name. */
  readonly nodes: readonly NodeOverview[];
  /** What is wrong with the objects that configure, errors and warnings. */
  readonly problems: readonly Problem[];
  readonly unread: readonly UnreadKind[];
}

/** A pool and its use, as the status of the Services has it. */
export interface PoolOverview {
  readonly pool: string;
  /** As configured: prefixes appear as ranges. */
  readonly addresses: readonly string[];
  readonly autoAssign: boolean;
  /** Which Services it is for; absent: all. */
  readonly serviceAllocation?: ServiceAllocation;
  /** Names of the L2Advertisements, or the ConfigMap's own. */
  readonly advertisedBy: readonly string[];
  readonly use: Readonly<Record<Family, FamilyUse>>;
  /** How many of its addresses strangers use or used lately. */
  readonly quarantined: number;
}

/** How full the addresses of one family are. */
export interface FamilyUse {
  readonly assigned: number;
  readonly total: bigint;
}

/** A Service, with its addresses. */
export interface ServiceOverview {
  readonly service: string;
  readonly addresses: readonly AddressOverview[];
  readonly verdict: Verdict;
}

/** An address in the status of a Service. */
export interface AddressOverview {
  readonly address: string;
  /** Absent where no pool has it, or there is no valid configuration. */
  readonly pool?: string;
  /** The node that says that it announces it. */
  readonly node?: string;
  /** RFC 3339. */
  readonly since?: string;
}

/** A node, and what it announces. */
export interface NodeOverview {
  readonly node: string;
  /** Whether a speaker told of its interfaces. */
  readonly hasSpeaker: boolean;
  /** Status of its condition `Ready`; absent where it has none. */
  readonly ready?: string;
  /** Names of the interfaces that addresses may be announced on. */
  readonly interfaces: readonly string[];
  /** How many addresses it announces, as far as anybody tells. */
  readonly announced: number;
}

/** Puts all of it together. */
export function overviewOf(matter: Matter): Overview {
  const { cluster, outlook, leader, rules } = matter;
  const ours = cluster.services.filter((service) => ownershipOf(service, rules.lbClass) === "ours")
    .toSorted((a, b) => keyOf(a.meta) < keyOf(b.meta) ? -1 : 1);
  const services = ours.map((service) => serviceOverview(matter, service));
  return {
    leader,
    pools: poolOverviews(matter, ours),
    services,
    nodes: nodeOverviews(matter, services),
    problems: outlook.problems,
    unread: cluster.unread,
  };
}

function poolOverviews(
  { outlook: { config, quarantine } }: Matter,
  services: readonly Service[],
): readonly PoolOverview[] {
  if (config === undefined) return [];
  const usage = new Map(usageOf(config, services.map(heldBy)).map((each) => [each.pool, each]));
  const quarantined = countByPool(config, quarantine.values());
  return config.pools.map((pool) => ({
    pool: pool.name,
    addresses: pool.ranges.map(formatRange),
    autoAssign: pool.autoAssign,
    ...pool.serviceAllocation === undefined ? {} : { serviceAllocation: pool.serviceAllocation },
    advertisedBy: config.l2Advertisements.filter(({ pools }) => pools.includes(pool.name))
      .map(({ name }) => name),
    use: useOf(usage.get(pool.name)),
    quarantined: quarantined.get(pool.name) ?? 0,
  }));
}

function useOf(usage: PoolUsage | undefined): PoolOverview["use"] {
  const of = (family: Family): FamilyUse => ({
    assigned: usage?.used[family] ?? 0,
    total: usage?.total[family] ?? 0n,
  });
  return { IPv4: of("IPv4"), IPv6: of("IPv6") };
}

function serviceOverview(matter: Matter, service: Service): ServiceOverview {
  const verdict = verdictOf(matter, service);
  const addresses = heldBy(service).map((held): AddressOverview => {
    const address = formatIp(held);
    const told = verdict.addresses.find((each) => each.address === address);
    return {
      address,
      ...told?.pool === undefined ? {} : { pool: told.pool },
      ...told?.owner === undefined ? {} : { node: told.owner },
      ...told?.ownerSince ? { since: told.ownerSince } : {},
    };
  });
  return { service: verdict.service, addresses, verdict };
}

/** All Nodes, and whoever else has a speaker or announces something. */
function nodeOverviews(
  { cluster: { nodes, presences } }: Matter,
  services: readonly ServiceOverview[],
): readonly NodeOverview[] {
  const announced = new Map<string, Set<string>>();
  for (const { address, node } of services.flatMap(({ addresses }) => addresses)) {
    if (node === undefined) continue;
    announced.set(node, (announced.get(node) ?? new Set()).add(address));
  }
  const byName = new Map(nodes.map((node) => [node.meta.name, node]));
  const names = new Set([...byName.keys(), ...presences.keys(), ...announced.keys()]);
  return [...names].toSorted().map((name) => ({
    node: name,
    hasSpeaker: presences.has(name),
    ...readyOf(byName.get(name)),
    interfaces: (presences.get(name) ?? []).filter(({ isExcluded }) => isExcluded !== true)
      .map((face) => face.name),
    announced: announced.get(name)?.size ?? 0,
  }));
}

function readyOf(node: Node | undefined): Pick<NodeOverview, "ready"> {
  const status = node?.conditions.find(({ type }) => type === "Ready")?.status;
  return status === undefined ? {} : { ready: status };
}
