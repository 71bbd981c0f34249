import { keyOf } from "../../kube/resource.ts";
import type { EndpointSlice, Service } from "../../kube/types.ts";

/** The nodes that have endpoints of a Service. */
export interface EndpointNodes {
  /** With a ready one: every one that is not terminating, or all with `publishNotReadyAddresses`. */
  readonly ready: ReadonlySet<string>;
  /** Those and the nodes with one that still serves while it terminates. */
  readonly serving: ReadonlySet<string>;
}

/** No endpoint anywhere. */
export const NO_ENDPOINTS: EndpointNodes = { ready: new Set(), serving: new Set() };

/**
 * The nodes that have endpoints, for each of these Services by `namespace/name`. `ready` is taken from the API as
 * it is: the endpoint controller sets it with `publishNotReadyAddresses` whatever the pod says, and kube-proxy
 * goes by it too.
 */
export function endpointNodes(
  services: Iterable<Pick<Service, "meta">>,
  slices: Iterable<EndpointSlice>,
): ReadonlyMap<string, EndpointNodes> {
  const found = new Map<string, { ready: Set<string>; serving: Set<string> }>();
  for (const { meta } of services) found.set(keyOf(meta), { ready: new Set(), serving: new Set() });
  for (const slice of slices) {
    const nodes = found.get(slice.service);
    if (nodes === undefined) continue;
    for (const { nodeName, ready, serving } of slice.endpoints) {
      if (nodeName === undefined) continue;
      if (ready) nodes.ready.add(nodeName);
      if (ready || serving) nodes.serving.add(nodeName);
    }
  }
  return found;
}

/** The nodes that have endpoints of both. */
export function commonNodes(a: EndpointNodes, b: EndpointNodes): EndpointNodes {
  return { ready: a.ready.intersection(b.ready), serving: a.serving.intersection(b.serving) };
}
