/** From what the API says to the addresses that this node may hold. */
import type { Config, L2Advertisement } from "../config/config.ts";
import { poolOf } from "../config/select.ts";
import type { IpAddress } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";
import { formatPrefix, type Prefix, prefixOf } from "../ip/prefix.ts";
import { keyOf } from "../kube/resource.ts";
import type { Node, Service } from "../kube/types.ts";
import { type Assignment, assignmentsOf } from "./assignments.ts";
import type { Claimable, Desired } from "./claimable.ts";
import { DesiredMemo } from "./desired_memo.ts";
import type { Interface, LocalInterface } from "./interfaces.ts";
import { type Exclusion, interfaceFor, judgeNodes, type Membership, selecting } from "./members.ts";

/** Everything that decides what this node may hold. */
export interface Snapshot {
  /** This node's name. */
  readonly node: string;
  readonly config: Config;
  /** Those of type LoadBalancer and of our class. */
  readonly services: Iterable<Service>;
  readonly nodes: Iterable<Node>;
  /** Interfaces of every node with a speaker; this node's own are `local`. */
  readonly presences: ReadonlyMap<string, readonly Interface[]>;
  readonly local: readonly LocalInterface[];
  /** Names of nodes with a serving endpoint, by `namespace/name` of the Service; needed for policy Local only. */
  readonly servingNodes: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Why an assigned address may not be held by this node. */
export type NotHere = Exclusion | "no-pool" | "no-carrier";

/** An assigned address that this node may not hold. */
export interface NotEligible {
  readonly reason: NotHere;
  /** The Services that use it, as `namespace/name`. */
  readonly services: readonly string[];
}

/** What is desired, and what is not, with the reason. */
export interface DesiredAndNot extends Desired {
  /** Assigned addresses that this node may not hold, by canonical text. */
  readonly notHere: ReadonlyMap<string, NotEligible>;
}

/** Decides what this node may hold, and says why not for every other assigned address. */
export function desire(snapshot: Snapshot, memo: DesiredMemo = new DesiredMemo()): DesiredAndNot {
  const presences = new Map(snapshot.presences).set(snapshot.node, snapshot.local);
  const nodes = [...snapshot.nodes].toSorted((a, b) => a.meta.name < b.meta.name ? -1 : 1);
  const judge = judgeOnce(snapshot, { nodes, presences, memo });
  const self = nodes.find(({ meta }) => meta.name === snapshot.node);
  const claimable = new Map<string, Claimable>();
  const notHere = new Map<string, NotEligible>();
  const assignments = assignmentsOf(snapshot.services, memo.readings);
  const { services: _services, servingNodes: _servingNodes, ...others } = snapshot;
  const scene = memo.scenes.same({ ...others, nodes, presences });
  for (const assignment of assignments.values()) {
    const known = memo.recall(assignment, scene);
    if (known !== undefined) {
      claimable.set(assignment.key, known);
      continue;
    }
    const verdict = decide(assignment, { snapshot, judge, self, memo });
    if (typeof verdict === "string") {
      const services = assignment.services.map(({ meta }) => keyOf(meta));
      notHere.set(assignment.key, { reason: verdict, services });
    } else {
      claimable.set(assignment.key, verdict);
      if (!isLocal(assignment)) memo.remember(assignment, scene, verdict);
    }
  }
  const assigned = new Set(assignments.keys());
  memo.retain(assigned);
  return { claimable, notHere, assigned, nodeOfMac: nodesByMac(presences, snapshot) };
}

interface Court {
  readonly snapshot: Snapshot;
  readonly judge: (assignment: Assignment, pool: string) => Membership;
  readonly self: Node | undefined;
  readonly memo: DesiredMemo;
}

function decide(assignment: Assignment, court: Court): Claimable | NotHere {
  const { snapshot, judge, self, memo } = court;
  const { key, address } = assignment;
  const pool = poolOf(snapshot.config, address);
  if (pool === undefined) return "no-pool";
  const { eligible, excluded } = judge(assignment, pool.name);
  const exclusion = excluded.get(snapshot.node);
  if (exclusion !== undefined) return exclusion;
  if (self === undefined) return "no-speaker";
  const advertisements = selecting(covering(snapshot.config, pool.name), self.meta.labels);
  const face = interfaceFor(snapshot.local, advertisements, address);
  if (face === undefined) return "no-interface";
  if (!face.hasCarrier) return "no-carrier";
  return {
    key,
    address,
    linkIndex: face.index,
    eligible,
    standing: memo.standings.of({ node: snapshot.node, key }, eligible),
    services: assignment.references,
  };
}

/** Whether its endpoints count, which are not part of a scene. */
function isLocal({ services }: Assignment): boolean {
  return services.some(({ externalTrafficPolicy }) => externalTrafficPolicy === "Local");
}

function covering(config: Config, pool: string): readonly L2Advertisement[] {
  return config.l2Advertisements.filter(({ pools }) => pools.includes(pool));
}

/**
 * Judges the nodes once for all addresses that have the pool, the subnet and the local endpoints in common:
 * with thousands of addresses that is a handful of times.
 */
function judgeOnce(
  snapshot: Snapshot,
  { nodes, presences, memo }: {
    readonly nodes: readonly Node[];
    readonly presences: ReadonlyMap<string, readonly Interface[]>;
    readonly memo: DesiredMemo;
  },
): Court["judge"] {
  const verdicts = new Map<string, Membership>();
  const subnets = new SubnetIndex([...presences.values()].flat().flatMap((face) => face.subnets));
  return ({ address, services }, pool) => {
    const localNodes = localNodesOf(services, snapshot.servingNodes);
    const local = localNodes === undefined ? "*" : [...localNodes].toSorted().join(" ");
    const question = [pool, address.family, subnets.around(address), local].join("\n");
    const known = verdicts.get(question);
    if (known !== undefined) return known;
    const advertisements = covering(snapshot.config, pool);
    const { eligible, excluded } = judgeNodes({
      nodes,
      presences,
      advertisements,
      address,
      ...localNodes === undefined ? {} : { localNodes },
    });
    const verdict = { eligible: memo.intern(eligible), excluded };
    verdicts.set(question, verdict);
    return verdict;
  };
}

/** Which of many subnets contain an address, by a lookup for each prefix length. */
class SubnetIndex {
  readonly #byLength = new Map<number, Set<string>>();

  constructor(subnets: readonly Prefix[]) {
    for (const subnet of subnets) {
      const same = this.#byLength.get(subnet.length) ?? new Set();
      this.#byLength.set(subnet.length, same.add(formatPrefix(subnet)));
    }
  }

  around(address: IpAddress): string {
    const found: string[] = [];
    for (const [length, subnets] of this.#byLength) {
      const subnet = formatPrefix(prefixOf(address, length));
      if (subnets.has(subnet)) found.push(subnet);
    }
    return found.join(" ");
  }
}

/** Nodes that serve every Service with policy Local on the address; absent where none has it. */
function localNodesOf(
  services: readonly Service[],
  servingNodes: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> | undefined {
  let common: ReadonlySet<string> | undefined;
  for (const service of services) {
    if (service.externalTrafficPolicy !== "Local") continue;
    const serving = servingNodes.get(keyOf(service.meta)) ?? new Set<string>();
    common = common === undefined ? serving : common.intersection(serving);
  }
  return common;
}

function nodesByMac(
  presences: ReadonlyMap<string, readonly Interface[]>,
  own: Pick<Snapshot, "node" | "local">,
): ReadonlyMap<Mac, string> {
  const nodes = new Map<Mac, string>();
  for (const [node, faces] of presences) for (const { mac } of faces) nodes.set(mac, node);
  // What the kernel says now comes before what the Lease of an earlier name still says.
  for (const { mac } of own.local) nodes.set(mac, own.node);
  return nodes;
}
