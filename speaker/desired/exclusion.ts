/** Why a node may not hold an address, with what an operator needs to find the place. */
export type Exclusion =
  /** No L2Advertisement (nor layer2 pool of a ConfigMap) covers the pool. */
  | { readonly kind: "no-advertisement"; readonly pool: string }
  /** These cover the pool, and the service selectors of none of them select the Service. */
  | { readonly kind: "service-not-selected"; readonly advertisements: readonly string[] }
  /** These are for the Service, and the node selectors of none of them select the node. */
  | { readonly kind: "not-selected"; readonly advertisements: readonly string[] }
  /** These select the node, or an interface of it, but not for every Service that shares the address. */
  | { readonly kind: "not-for-all-services"; readonly advertisements: readonly string[] }
  /** It has the label `node.kubernetes.io/exclude-from-external-load-balancers`. */
  | { readonly kind: "excluded-by-label" }
  /** Its condition NetworkUnavailable is True. */
  | { readonly kind: "network-unavailable" }
  /** It is cordoned, and cordoned nodes are to release their addresses. */
  | { readonly kind: "cordoned" }
  /** No speaker ever told of its interfaces there. */
  | { readonly kind: "no-speaker" }
  /** externalTrafficPolicy Local, and no endpoint that serves is on it. */
  | { readonly kind: "no-local-endpoint" }
  /**
   * externalTrafficPolicy Local, and its endpoints serve only until they have terminated; another node has a ready
   * one.
   */
  | { readonly kind: "endpoint-terminating" }
  /** Its advertisements name these interfaces, of which it has none. */
  | { readonly kind: "interface-missing"; readonly interfaces: readonly string[] }
  /** It may announce on these interfaces, none of which is on the address's subnet. */
  | { readonly kind: "no-interface"; readonly interfaces: readonly string[] }
  /** The address is link-local, thus on the subnet of all of these, and no advertisement names one of them. */
  | { readonly kind: "interface-not-named"; readonly interfaces: readonly string[] }
  /** The address is IPv6, and none of these interfaces, which may announce it, has a link-local address. */
  | { readonly kind: "no-ipv6"; readonly interfaces: readonly string[] };
