import type { Exclusion } from "../speaker/desired/exclusion.ts";

/** Why a node may not hold an address, for people. */
export interface ExclusionText {
  readonly found: string;
  /** What would make it eligible, as an imperative. */
  readonly cure: string;
}

/** Puts into words what the speakers' verdict says. */
export function describeExclusion(exclusion: Exclusion): ExclusionText {
  switch (exclusion.kind) {
    case "no-advertisement":
      return {
        found: `no advertisement covers pool "${exclusion.pool}"`,
        cure: `create an L2Advertisement for pool "${exclusion.pool}"`,
      };
    case "service-not-selected":
      return {
        found: `the Service selectors of ${names(exclusion)} do not select the Service`,
        cure: "label the Service, or change spec.serviceSelectors of an L2Advertisement",
      };
    case "not-selected":
      return {
        found: `the node selectors of ${names(exclusion)} do not select it`,
        cure: "label the node, or change spec.nodeSelectors of an L2Advertisement",
      };
    case "not-for-all-services":
      return {
        found: `Services share the address, and ${names(exclusion)} is not for all of them here`,
        cure: "select the same nodes and interfaces for all Services that share the address",
      };
    default:
      return describeState(exclusion);
  }
}

type StateExclusion = Exclude<Exclusion, { readonly advertisements: unknown } | { pool: unknown }>;

function describeState(exclusion: StateExclusion): ExclusionText {
  switch (exclusion.kind) {
    case "excluded-by-label":
      return {
        found: "it has the label node.kubernetes.io/exclude-from-external-load-balancers",
        cure: "remove that label from the node",
      };
    case "network-unavailable":
      return {
        found: "its condition NetworkUnavailable is True",
        cure: "mend the node's pod network",
      };
    case "cordoned":
      return { found: "it is cordoned", cure: "uncordon the node" };
    case "no-speaker":
      return { found: "no speaker runs there", cure: "run lanlord speaker on the node" };
    case "no-local-endpoint":
      return {
        found: "externalTrafficPolicy is Local, and no endpoint that serves is there",
        cure: "run a pod of the Service there, or set externalTrafficPolicy to Cluster",
      };
    case "endpoint-terminating":
      return {
        found: "externalTrafficPolicy is Local, and its endpoints are terminating",
        cure: "wait for a new pod there, or set externalTrafficPolicy to Cluster",
      };
    default:
      return describeInterfaces(exclusion);
  }
}

type InterfaceExclusion = Extract<Exclusion, { readonly interfaces: readonly string[] }>;

function describeInterfaces({ kind, interfaces }: InterfaceExclusion): ExclusionText {
  const list = interfaces.join(", ");
  switch (kind) {
    case "interface-missing":
      return {
        found: `it has no interface ${list}`,
        cure: "name an interface of the node in spec.interfaces of an L2Advertisement",
      };
    case "no-interface":
      return {
        found: interfaces.length === 0
          ? "it has no interface to announce on"
          : `${list}: not on the address's subnet`,
        cure: "use addresses of the nodes' subnet, or name an interface in an L2Advertisement",
      };
    case "interface-not-named":
      return {
        found: `the address is link-local, and no advertisement names ${list}`,
        cure: "name the interface in spec.interfaces of an L2Advertisement",
      };
    case "no-ipv6":
      return {
        found: `${list}: no link-local IPv6 address`,
        cure: "enable IPv6 on the interface (sysctl disable_ipv6)",
      };
    default:
      return kind satisfies never;
  }
}

function names({ advertisements }: { readonly advertisements: readonly string[] }): string {
  return advertisements.map((name) => `"${name}"`).join(", ");
}
