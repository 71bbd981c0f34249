/** Which nodes may hold an address, and why the others may not. */
import type { L2Advertisement } from "../config/config.ts";
import { matches } from "../config/select.ts";
import type { IpAddress } from "../ip/address.ts";
import type { Node } from "../kube/types.ts";
import { type Interface, isLinkLocal, isOnLink, speaks } from "./interfaces.ts";

/** Why a node may not hold an address. */
export type Exclusion =
  /** No L2Advertisement (nor layer2 pool of a ConfigMap) covers the pool. */
  | "no-advertisement"
  /** None of the advertisements' node selectors selects it. */
  | "not-selected"
  /** It has the label `node.kubernetes.io/exclude-from-external-load-balancers`. */
  | "excluded-by-label"
  /** Its condition NetworkUnavailable is True. */
  | "network-unavailable"
  /** No speaker ever told of its interfaces there. */
  | "no-speaker"
  /** externalTrafficPolicy Local, and no endpoint that serves is on it. */
  | "no-local-endpoint"
  /** None of its interfaces is on the address's subnet, and no advertisement names one that it has. */
  | "no-interface"
  /** The address is IPv6, and none of the interfaces that may announce it has a link-local address. */
  | "no-ipv6";

/** What is asked. */
export interface Candidacy {
  /** In order of name. */
  readonly nodes: Iterable<Node>;
  /** Interfaces by name of node, of every node with a speaker. */
  readonly presences: ReadonlyMap<string, readonly Interface[]>;
  /** Those that cover the address's pool. */
  readonly advertisements: readonly L2Advertisement[];
  readonly address: IpAddress;
  /** Names of nodes with a serving endpoint, where the policy is Local; absent for policy Cluster. */
  readonly localNodes?: ReadonlySet<string>;
}

/** The answer: every node is either eligible or excluded. */
export interface Membership {
  readonly eligible: readonly string[];
  readonly excluded: ReadonlyMap<string, Exclusion>;
}

const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

/** Judges every node. Readiness, cordon and taints do not count, as with MetalLB. */
export function judgeNodes(candidacy: Candidacy): Membership {
  const eligible: string[] = [];
  const excluded = new Map<string, Exclusion>();
  for (const node of candidacy.nodes) {
    const exclusion = excludeNode(node, candidacy);
    if (exclusion === undefined) eligible.push(node.meta.name);
    else excluded.set(node.meta.name, exclusion);
  }
  return { eligible, excluded };
}

/**
 * The interface that a node announces an address on: one on the address's subnet, else the first that is
 * named; only named ones where every advertisement that selects the node names some. A link-local address is
 * on the subnet of every interface, so one has to be named.
 */
export function interfaceFor<Face extends Interface>(
  faces: readonly Face[],
  advertisements: readonly L2Advertisement[],
  address: IpAddress,
): Face | undefined {
  const able = faces.filter((face) => speaks(face, address.family));
  const named = namedBy(advertisements, able);
  if (isLinkLocal(address)) return named[0];
  const onLink = (allowsAny(advertisements) ? able : named).find((face) => isOnLink(face, address));
  return onLink ?? named[0];
}

function allowsAny(advertisements: readonly L2Advertisement[]): boolean {
  return advertisements.some(({ interfaces }) => interfaces.length === 0);
}

function namedBy<Face extends Interface>(
  advertisements: readonly L2Advertisement[],
  faces: readonly Face[],
): readonly Face[] {
  return faces.filter(({ name }) =>
    advertisements.some(({ interfaces }) => interfaces.includes(name))
  );
}

/** The advertisements whose node selectors select these labels. */
export function selecting(
  advertisements: readonly L2Advertisement[],
  labels: Readonly<Record<string, string>>,
): readonly L2Advertisement[] {
  return advertisements.filter(({ nodeSelectors }) =>
    nodeSelectors.length === 0 || nodeSelectors.some((selector) => matches(selector, labels))
  );
}

function excludeNode(node: Node, candidacy: Candidacy): Exclusion | undefined {
  const { advertisements, presences, localNodes, address } = candidacy;
  const { name, labels } = node.meta;
  if (advertisements.length === 0) return "no-advertisement";
  const own = selecting(advertisements, labels);
  if (own.length === 0) return "not-selected";
  if (Object.hasOwn(labels, EXCLUDE_LABEL)) return "excluded-by-label";
  const isCutOff = node.conditions.some(({ type, status }) =>
    type === "NetworkUnavailable" && status === "True"
  );
  if (isCutOff) return "network-unavailable";
  const faces = presences.get(name);
  if (faces === undefined) return "no-speaker";
  if (localNodes !== undefined && !localNodes.has(name)) return "no-local-endpoint";
  if (interfaceFor(faces, own, address) !== undefined) return undefined;
  const allowed = allowsAny(own) ? faces : namedBy(own, faces);
  const isMute = allowed.length > 0 && !allowed.some((face) => speaks(face, address.family));
  return isMute ? "no-ipv6" : "no-interface";
}
