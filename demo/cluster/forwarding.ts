import type { BackendSlice, ForwardedService } from "./objects.ts";

/** An address and port that a node forwards to pods. */
export interface Forward {
  readonly protocol: "tcp" | "udp" | "sctp";
  /** `node-port`: every address of the node. */
  readonly to:
    | { readonly kind: "cluster-ip" | "load-balancer"; readonly address: string }
    | { readonly kind: "node-port" };
  readonly port: number;
  /** Where traffic from other machines goes. */
  readonly external: readonly Target[];
  /** Where traffic of this node's own goes. */
  readonly internal: readonly Target[];
  /** Whether the pods see this node as the client of external traffic (policy Cluster). */
  readonly isMasqueraded: boolean;
}

/** A pod's address and port. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/**
 * What this node forwards, in the order of the Services' names: every port of a Service, at its cluster address,
 * its node port and its load balancer addresses. With policy Local, external traffic goes to this node's pods only.
 */
export function planForwards(
  services: readonly ForwardedService[],
  slices: readonly BackendSlice[],
  nodeName: string,
): readonly Forward[] {
  const ordered = services.toSorted((a, b) => keyOf(a) < keyOf(b) ? -1 : 1);
  return ordered.flatMap((service) => {
    const own = slices.filter((slice) => slice.service === keyOf(service));
    return service.ports.flatMap((port) => forwardsOf(service, port, own, nodeName));
  });
}

function forwardsOf(
  service: ForwardedService,
  port: ForwardedService["ports"][number],
  slices: readonly BackendSlice[],
  nodeName: string,
): readonly Forward[] {
  const targets = slices.flatMap((slice) => {
    const target = slice.ports.find(({ name }) => name === port.name)?.port;
    const ready = slice.backends.filter((backend) => backend.isReady);
    return target === undefined ? [] : ready.map(({ address, nodeName }) => {
      return { address, port: target, nodeName };
    });
  });
  const all = targets.map(({ address, port }) => ({ address, port }));
  const local = targets.filter((target) => target.nodeName === nodeName)
    .map(({ address, port }) => ({ address, port }));
  const isLocal = service.externalTrafficPolicy === "Local";
  const common = { protocol: lower(port.protocol), internal: all };
  const outside = { ...common, external: isLocal ? local : all, isMasqueraded: !isLocal };
  const forwards: Forward[] = [];
  if (service.clusterIp !== undefined) {
    const to = { kind: "cluster-ip", address: service.clusterIp } as const;
    forwards.push({ ...common, to, port: port.port, external: all, isMasqueraded: true });
  }
  if (port.nodePort !== undefined) {
    forwards.push({ ...outside, to: { kind: "node-port" }, port: port.nodePort });
  }
  if (service.type !== "LoadBalancer") return forwards;
  for (const address of service.ingressIps) {
    forwards.push({ ...outside, to: { kind: "load-balancer", address }, port: port.port });
  }
  return forwards;
}

function keyOf({ meta }: ForwardedService): string {
  return `${meta.namespace}/${meta.name}`;
}

function lower(protocol: "TCP" | "UDP" | "SCTP"): Forward["protocol"] {
  return protocol === "TCP" ? "tcp" : protocol === "UDP" ? "udp" : "sctp";
}
