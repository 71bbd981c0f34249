import type { ObjectMeta } from "../../kube/types.ts";
import type { ForwardedService, LanNode, Pod } from "./objects.ts";

/** Metadata with everything empty but what is given; the uid is the name. */
export function metaOf(name: string, given: Partial<ObjectMeta> = {}): ObjectMeta {
  return {
    namespace: "default",
    name,
    uid: `uid-${name}`,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
    ...given,
  };
}

/** Node `n<index>`, ready. */
export function nodeOf(index: number, given: Partial<LanNode> = {}): LanNode {
  return {
    meta: metaOf(`n${index}`, { namespace: "" }),
    podCidr: `10.244.${index}.0/24`,
    address: `192.168.0.1${index}`,
    isReady: true,
    isCordoned: false,
    readySince: "2026-01-01T00:00:00Z",
    ...given,
  };
}

/** A pod with label `app: whoami`, running on `n1`. */
export function podOf(name: string, given: Partial<Pod> = {}): Pod {
  return {
    meta: metaOf(name, { labels: { app: "whoami" } }),
    ownerUid: undefined,
    nodeName: "n1",
    hostNetwork: false,
    containers: [],
    phase: "Running",
    ip: "10.244.1.2",
    isReady: true,
    ...given,
  };
}

/** A Service of type LoadBalancer with one TCP port and address 192.168.0.200. */
export function serviceOf(name: string, given: Partial<ForwardedService> = {}): ForwardedService {
  return {
    meta: metaOf(name),
    type: "LoadBalancer",
    clusterIp: "10.96.0.10",
    selector: { app: "whoami" },
    ports: [{ name: "", protocol: "TCP", port: 80, targetPort: 8080, nodePort: 30080 }],
    externalTrafficPolicy: "Cluster",
    ingressIps: ["192.168.0.200"],
    ...given,
  };
}
