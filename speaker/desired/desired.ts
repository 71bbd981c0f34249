/** From what the API says to the addresses that this node may hold. */
import type { Config, L2Advertisement } from "../../config/config.ts";
import { poolOf } from "../../config/select.ts";
import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { formatPrefix, type Prefix, prefixOf } from "../../ip/prefix.ts";
import { keyOf } from "../../kube/resource.ts";
import type { Node, ObjectReference, Service } from "../../kube/types.ts";
import { type Assignment, assignmentsOf } from "./assignments.ts";
import type { Claimable, Desired } from "./claimable.ts";
import { DesiredMemo } from "./desired_memo.ts";
import { type Interface, isLinkLocal, type LocalInterface } from "./interfaces.ts";
import { type Coverage, coverageKey, coverageOf, coverageOn, interfaceFor } from "./advertising.ts";
import { commonNodes, type EndpointNodes, NO_ENDPOINTS } from "./endpoint_nodes.ts";
import type { Exclusion } from "./exclusion.ts";
import { type AdvertisementFault, judgeNodes, type Membership, type OnCordon } from "./members.ts";
import { preferencesOf } from "./preferences.ts";
import type { Preferences } from "../ownership/rank.ts";

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
  /** Nodes with endpoints, by `namespace/name` of the Service; needed for policy Local only. */
  readonly endpoints: ReadonlyMap<string, EndpointNodes>;
  /** @default "keep" */
  readonly onCordon?: OnCordon;
}

/** Why an assigned address may not be held by this node. */
export type NotHere =
  | Exclusion
  /** No pool has the address. */
  | { readonly kind: "no-pool" }
  /** The interface that would announce it has no carrier. */
  | { readonly kind: "no-carrier"; readonly interfaces: readonly string[] };

/** An assigned address that this node may not hold. */
export interface NotEligible {
  readonly why: NotHere;
  /** The Services that use it. */
  readonly services: readonly ObjectReference[];
  /** Why no node at all may hold it, where it is this node that tells so. */
  readonly fault?: AdvertisementFault["reason"];
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
  const { services: _services, endpoints: _endpoints, ...others } = snapshot;
  const scene = memo.scenes.same({ ...others, nodes, presences });
  for (const assignment of assignments.values()) {
    const known = memo.recall(assignment, scene);
    if (known !== undefined) {
      claimable.set(assignment.key, known);
      continue;
    }
    const verdict = decide(assignment, { snapshot, judge, self, memo });
    if ("why" in verdict) {
      notHere.set(assignment.key, verdict);
      continue;
    }
    claimable.set(assignment.key, verdict);
    if (!isLocal(assignment)) memo.remember(assignment, scene, verdict);
  }
  const assigned = new Set(assignments.keys());
  memo.retain(assigned);
  return { claimable, notHere, assigned, nodeOfMac: nodesByMac(presences, snapshot) };
}

/** Which nodes may hold an assigned address, as every speaker judges it. */
export interface Judgement extends Membership {
  /** Who is preferred; absent where nobody is. */
  readonly preferences?: Preferences | undefined;
  readonly assignment: Assignment;
  /** Absent where no pool has the address, so that nobody is judged. */
  readonly announced?: Announced;
}

/** Everything that decides who may hold which address, without what only one node knows of itself. */
export type Bench = Omit<Snapshot, "node" | "local">;

/** Judges all nodes for every assigned address, by its canonical text. */
export function judgeAll(bench: Bench): ReadonlyMap<string, Judgement> {
  const memo = new DesiredMemo();
  const nodes = [...bench.nodes].toSorted((a, b) => a.meta.name < b.meta.name ? -1 : 1);
  const judge = judgeOnce(bench, { nodes, presences: bench.presences, memo });
  const assignments = assignmentsOf(bench.services, memo.readings);
  return new Map(Array.from(assignments, ([key, assignment]): [string, Judgement] => {
    const pool = poolOf(bench.config, assignment.address)?.name;
    if (pool === undefined) return [key, { assignment, eligible: [], excluded: new Map() }];
    const announced = announcedBy(assignment, bench.config, pool);
    return [key, { ...judge(assignment, announced), assignment, announced }];
  }));
}

interface Court {
  readonly snapshot: Snapshot;
  readonly judge: (assignment: Assignment, announced: Announced) => Verdict;
  readonly self: Node | undefined;
  readonly memo: DesiredMemo;
}

interface Verdict extends Membership {
  readonly preferences: Preferences | undefined;
}

/** How an address is announced. */
export interface Announced {
  readonly pool: string;
  readonly advertisements: readonly L2Advertisement[];
  readonly coverage: Coverage;
}

function decide(assignment: Assignment, court: Court): Claimable | NotEligible {
  const { snapshot, judge, self, memo } = court;
  const { key, address } = assignment;
  const services = assignment.references;
  const pool = poolOf(snapshot.config, address);
  if (pool === undefined) return { why: { kind: "no-pool" }, services };
  const announced = announcedBy(assignment, snapshot.config, pool.name);
  const { eligible, excluded, fault, preferences } = judge(assignment, announced);
  const why = excluded.get(snapshot.node);
  if (why !== undefined) {
    const isTeller = fault?.teller === snapshot.node;
    return isTeller ? { why, services, fault: fault.reason } : { why, services };
  }
  if (self === undefined) return { why: { kind: "no-speaker" }, services };
  const own = coverageOn(announced.coverage, self.meta.labels);
  const face = interfaceFor(snapshot.local, own, address);
  if (face === undefined) return { why: { kind: "no-interface", interfaces: [] }, services };
  if (!face.hasCarrier) return { why: { kind: "no-carrier", interfaces: [face.name] }, services };
  const standing = memo.standingOf({ node: snapshot.node, key }, eligible, preferences);
  const claimable = { key, address, linkIndex: face.index, eligible, standing, services };
  return preferences === undefined ? claimable : { ...claimable, preferences };
}

/** Whether its endpoints count, which are not part of a scene. */
function isLocal({ services }: Assignment): boolean {
  return services.some(({ externalTrafficPolicy }) => externalTrafficPolicy === "Local");
}

function announcedBy({ services }: Assignment, config: Config, pool: string): Announced {
  const advertisements = config.l2Advertisements.filter(({ pools }) => pools.includes(pool));
  return { pool, advertisements, coverage: coverageOf(services, advertisements) };
}

/**
 * Judges the nodes once for all addresses that have the advertisements, the subnet and the local endpoints in
 * common: with thousands of addresses that is a handful of times.
 */
function judgeOnce(
  snapshot: Pick<Snapshot, "endpoints" | "onCordon">,
  { nodes, presences, memo }: {
    readonly nodes: readonly Node[];
    readonly presences: ReadonlyMap<string, readonly Interface[]>;
    readonly memo: DesiredMemo;
  },
): Court["judge"] {
  const verdicts = new Map<string, Verdict>();
  const preferencesFor = preferOnce(nodes, memo);
  let subnets: SubnetIndex | undefined;
  const { onCordon = "keep" } = snapshot;
  return ({ address, services }, announced) => {
    const localNodes = localNodesOf(services, snapshot.endpoints);
    subnets ??= new SubnetIndex([...presences.values()].flat().flatMap((face) => face.subnets));
    const around = isLinkLocal(address) ? "link-local" : subnets.around(address);
    const { pool, coverage } = announced;
    const question = [
      pool,
      coverageKey(coverage),
      address.family,
      around,
      localNodes === undefined ? "*" : sortedText(localNodes.ready),
      localNodes === undefined ? "*" : sortedText(localNodes.serving),
    ].join("\n");
    const known = verdicts.get(question);
    if (known !== undefined) return known;
    const local = localNodes === undefined ? {} : { localNodes };
    const membership = judgeNodes({ nodes, presences, ...announced, address, onCordon, ...local });
    const eligible = memo.intern(membership.eligible);
    const verdict = { ...membership, eligible, preferences: preferencesFor(announced) };
    verdicts.set(question, verdict);
    return verdict;
  };
}

/** Finds the preferences once for all addresses that the same advertisements are for. */
function preferOnce(
  nodes: readonly Node[],
  memo: DesiredMemo,
): (announced: Announced) => Preferences | undefined {
  const known = new Map<string, Preferences | undefined>();
  return ({ pool, coverage }) => {
    const key = `${pool}\n${coverageKey(coverage)}`;
    if (known.has(key)) return known.get(key);
    const found = preferencesOf(coverage, nodes);
    const preferences = found === undefined ? undefined : memo.internPreferences(found);
    known.set(key, preferences);
    return preferences;
  };
}

function sortedText(names: ReadonlySet<string>): string {
  return [...names].toSorted().join(" ");
}

/** Which of many subnets contain an address, by a lookup for each prefix length. */
class SubnetIndex {
  readonly #byLength = new Map<number, Set<string>>();

  constructor(subnets: readonly Prefix[]) {
    for (const subnet of new Set(subnets)) {
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

/** Nodes with endpoints of every Service with policy Local on the address; absent where none has it. */
function localNodesOf(
  services: readonly Service[],
  endpoints: Snapshot["endpoints"],
): EndpointNodes | undefined {
  let common: EndpointNodes | undefined;
  for (const service of services) {
    if (service.externalTrafficPolicy !== "Local") continue;
    const own = endpoints.get(keyOf(service.meta)) ?? NO_ENDPOINTS;
    common = common === undefined ? own : commonNodes(common, own);
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
