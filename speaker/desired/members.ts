/** Which nodes may hold an address, and why the others may not. */
import type { L2Advertisement } from "../../config/config.ts";
import type { IpAddress } from "../../ip/address.ts";
import type { Node } from "../../kube/types.ts";
import {
  allowedBy,
  allows,
  type Coverage,
  coverageOn,
  interfaceFor,
  namesOf,
} from "./advertising.ts";
import type { EndpointNodes } from "./endpoint_nodes.ts";
import type { Exclusion } from "./exclusion.ts";
import { type Interface, isLinkLocal, speaks } from "./interfaces.ts";
import { isLeaving } from "./leaving.ts";

/** What a cordon means for the addresses of the node: nothing, as for MetalLB, or that others take them. */
export type OnCordon = "keep" | "release";

/** What is asked. */
export interface Candidacy {
  /** In order of name. */
  readonly nodes: Iterable<Node>;
  /** Interfaces by name of node, of every node with a speaker. */
  readonly presences: ReadonlyMap<string, readonly Interface[]>;
  /** Name of the address's pool. */
  readonly pool: string;
  /** Those that cover the pool. */
  readonly advertisements: readonly L2Advertisement[];
  /** Which of them are for the Services that use the address. */
  readonly coverage: Coverage;
  readonly address: IpAddress;
  /** Nodes with endpoints, where the policy is Local; absent for policy Cluster. */
  readonly localNodes?: EndpointNodes;
  /** @default "keep" */
  readonly onCordon?: OnCordon;
}

/** The answer: every node is either eligible or excluded. */
export interface Membership {
  readonly eligible: readonly string[];
  readonly excluded: ReadonlyMap<string, Exclusion>;
  /** Present where no node is eligible, and the advertisements are to blame. */
  readonly fault?: AdvertisementFault;
}

/** What of the advertisements keeps an address from every node, as the reason of MetalLB's that it is told by. */
export interface AdvertisementFault {
  readonly reason: "announceFailed" | "sharedIPWithServiceSelector";
  /** The first node that it keeps out: its speaker tells, and no other. */
  readonly teller: string;
}

const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

/**
 * Judges every node. Readiness and taints do not count, as with MetalLB. What is asked of an endpoint and of
 * a cordoned node gives way before the address would be without any node.
 */
export function judgeNodes(candidacy: Candidacy): Membership {
  const [strictest, ...weaker] = demandsOf(candidacy);
  let membership = judgeBy(strictest, candidacy);
  for (const demand of weaker) {
    if (membership.eligible.length > 0) break;
    membership = judgeBy(demand, candidacy);
  }
  if (membership.eligible.length > 0) return membership;
  const fault = faultOf(membership.excluded, candidacy.presences);
  return fault === undefined ? membership : { ...membership, fault };
}

/** What can be asked of a node strictly or less so. */
interface Demand {
  readonly endpoint: keyof EndpointNodes;
  readonly onCordon: OnCordon;
}

/** A ready endpoint weighs more than the wish to leave a node alone. */
function demandsOf(
  { localNodes, onCordon = "keep" }: Candidacy,
): readonly [Demand, ...Demand[]] {
  const ready: readonly [Demand, ...Demand[]] = onCordon === "keep"
    ? [{ endpoint: "ready", onCordon }]
    : [{ endpoint: "ready", onCordon }, { endpoint: "ready", onCordon: "keep" }];
  if (localNodes === undefined) return ready;
  return [...ready, ...ready.map((demand): Demand => ({ ...demand, endpoint: "serving" }))];
}

function judgeBy(demand: Demand, candidacy: Candidacy): Membership {
  const eligible: string[] = [];
  const excluded = new Map<string, Exclusion>();
  for (const node of candidacy.nodes) {
    const exclusion = excludeNode(node, candidacy, demand);
    if (exclusion === undefined) eligible.push(node.meta.name);
    else excluded.set(node.meta.name, exclusion);
  }
  return { eligible, excluded };
}

function excludeNode(node: Node, candidacy: Candidacy, demand: Demand): Exclusion | undefined {
  const { name, labels } = node.meta;
  const own = coverageOn(candidacy.coverage, labels);
  const exclusion = excludeBySelectors(own, candidacy) ?? excludeByState(node, demand);
  if (exclusion !== undefined) return exclusion;
  const faces = candidacy.presences.get(name);
  if (faces === undefined) return { kind: "no-speaker" };
  return excludeByEndpoints(name, candidacy, demand) ??
    excludeByInterfaces(faces, own, candidacy.address);
}

function excludeBySelectors(own: Coverage, candidacy: Candidacy): Exclusion | undefined {
  const { pool, advertisements, coverage } = candidacy;
  if (own.every((list) => list.length > 0)) return undefined;
  if (advertisements.length === 0) return { kind: "no-advertisement", pool };
  if (own.some((list) => list.length > 0)) {
    return { kind: "not-for-all-services", advertisements: namesOf(own.flat()) };
  }
  const forServices = coverage.flat();
  if (forServices.length > 0) return { kind: "not-selected", advertisements: namesOf(forServices) };
  return { kind: "service-not-selected", advertisements: namesOf(advertisements) };
}

function excludeByState(node: Node, { onCordon }: Demand): Exclusion | undefined {
  if (Object.hasOwn(node.meta.labels, EXCLUDE_LABEL)) return { kind: "excluded-by-label" };
  const isCutOff = node.conditions.some(({ type, status }) =>
    type === "NetworkUnavailable" && status === "True"
  );
  if (isCutOff) return { kind: "network-unavailable" };
  return onCordon === "release" && isLeaving(node) ? { kind: "cordoned" } : undefined;
}

function excludeByEndpoints(
  node: string,
  { localNodes }: Candidacy,
  { endpoint }: Demand,
): Exclusion | undefined {
  if (localNodes === undefined || localNodes[endpoint].has(node)) return undefined;
  return { kind: localNodes.serving.has(node) ? "endpoint-terminating" : "no-local-endpoint" };
}

function excludeByInterfaces(
  faces: readonly Interface[],
  own: Coverage,
  address: IpAddress,
): Exclusion | undefined {
  if (interfaceFor(faces, own, address) !== undefined) return undefined;
  const interfaces = allowedBy(own, faces).map(({ name }) => name);
  if (interfaces.length === 0) return excludeByNames(faces, own);
  const able = allowedBy(own, faces).filter((face) => speaks(face, address.family));
  if (able.length === 0) return { kind: "no-ipv6", interfaces };
  return { kind: isLinkLocal(address) ? "interface-not-named" : "no-interface", interfaces };
}

/** Why none of the interfaces is allowed: none is named, or none for all Services alike. */
function excludeByNames(faces: readonly Interface[], own: Coverage): Exclusion {
  const open = faces.filter(({ isExcluded }) => !isExcluded);
  const isEachAllowed = own.every((list) => open.some(({ name }) => allows(list, name)));
  if (isEachAllowed && open.length > 0) {
    return { kind: "not-for-all-services", advertisements: namesOf(own.flat()) };
  }
  const interfaces = [...new Set(own.flat().flatMap((each) => each.interfaces))].toSorted();
  return interfaces.length === 0
    ? { kind: "no-interface", interfaces }
    : { kind: "interface-missing", interfaces };
}

function faultOf(
  excluded: ReadonlyMap<string, Exclusion>,
  presences: ReadonlyMap<string, readonly Interface[]>,
): AdvertisementFault | undefined {
  const first = (wanted: Exclusion["kind"]): string | undefined =>
    excluded.entries().find(([node, { kind }]) => kind === wanted && presences.has(node))?.[0];
  const unshared = first("not-for-all-services");
  if (unshared !== undefined) return { reason: "sharedIPWithServiceSelector", teller: unshared };
  const bare = first("interface-missing");
  return bare === undefined ? undefined : { reason: "announceFailed", teller: bare };
}
