import {
  booleanAt,
  isObject,
  numberAt,
  objectAt,
  objectsAt,
  recordAt,
  stringAt,
  stringsAt,
} from "../../kube/json.ts";
import type { Resource } from "../../kube/resource.ts";
import { parseMeta } from "../../kube/resources.ts";
import type { JsonObject, ObjectMeta } from "../../kube/types.ts";

/** The few fields of a Deployment that decide which pods there are. */
export interface Deployment {
  readonly meta: ObjectMeta;
  readonly generation: number;
  readonly replicas: number;
  readonly matchLabels: Readonly<Record<string, string>>;
  /** The pod template, as served. */
  readonly template: JsonObject;
  readonly status: JsonObject;
}

/** The few fields of a ReplicaSet that decide which pods there are. */
export interface ReplicaSet {
  readonly meta: ObjectMeta;
  /** uid of the Deployment that it belongs to. */
  readonly ownerUid: string | undefined;
  readonly generation: number;
  readonly replicas: number;
  readonly template: JsonObject;
  readonly status: JsonObject;
}

/** What a container of the stand-in looks at: everything but the image. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string | undefined; readonly port: number }[];
}

/** The few fields of a Pod that say where it is and what it listens on. */
export interface Pod {
  readonly meta: ObjectMeta;
  /** uid of the ReplicaSet that it belongs to. */
  readonly ownerUid: string | undefined;
  readonly nodeName: string | undefined;
  readonly hostNetwork: boolean;
  readonly containers: readonly Container[];
  readonly phase: string;
  readonly ip: string | undefined;
  readonly isReady: boolean;
}

/** One port of a Service, with where it leads. */
export interface ForwardedPort {
  readonly name: string;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
  readonly targetPort: number | string;
  readonly nodePort: number | undefined;
}

/** The fields of a Service that its forwarding is made from. */
export interface ForwardedService {
  readonly meta: ObjectMeta;
  readonly type: string;
  readonly clusterIp: string | undefined;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly ForwardedPort[];
  readonly externalTrafficPolicy: "Cluster" | "Local";
  /** IPv4 addresses of `status.loadBalancer.ingress`. */
  readonly ingressIps: readonly string[];
}

/** One address behind a Service. */
export interface Backend {
  readonly address: string;
  readonly nodeName: string;
  readonly podName: string;
  readonly podUid: string;
  readonly isReady: boolean;
  readonly isTerminating: boolean;
}

/** An EndpointSlice with its addresses and ports. */
export interface BackendSlice {
  readonly meta: ObjectMeta;
  /** `namespace/name` of the Service. */
  readonly service: string;
  readonly ports: readonly {
    readonly name: string;
    readonly protocol: string;
    readonly port: number;
  }[];
  readonly backends: readonly Backend[];
}

/** A node of the demo's LAN. */
export interface LanNode {
  readonly meta: ObjectMeta;
  /** `10.244.1.0/24`. */
  readonly podCidr: string;
  readonly address: string;
  readonly isReady: boolean;
  readonly isCordoned: boolean;
  /** RFC 3339: since when the Ready condition is what it is. */
  readonly readySince: string;
}

/** Deployments, with what decides about their pods. */
export const DEPLOYMENTS: Resource<Deployment> = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  plural: "deployments",
  scope: "Namespaced",
  parse: (object) => {
    const spec = objectAt(object, "spec");
    return {
      meta: parseMeta(object),
      generation: numberAt(objectAt(object, "metadata"), "generation") ?? 1,
      replicas: numberAt(spec, "replicas") ?? 1,
      matchLabels: recordAt(objectAt(spec, "selector"), "matchLabels"),
      template: objectAt(spec, "template"),
      status: objectAt(object, "status"),
    };
  },
};

/** ReplicaSets, with what decides about their pods. */
export const REPLICA_SETS: Resource<ReplicaSet> = {
  apiVersion: "apps/v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  scope: "Namespaced",
  parse: (object) => {
    const spec = objectAt(object, "spec");
    return {
      meta: parseMeta(object),
      ownerUid: ownerUid(object, "Deployment"),
      generation: numberAt(objectAt(object, "metadata"), "generation") ?? 1,
      replicas: numberAt(spec, "replicas") ?? 1,
      template: objectAt(spec, "template"),
      status: objectAt(object, "status"),
    };
  },
};

/** Pods, with where they are and what they listen on. */
export const PODS: Resource<Pod> = {
  apiVersion: "v1",
  kind: "Pod",
  plural: "pods",
  scope: "Namespaced",
  parse: (object) => {
    const spec = objectAt(object, "spec");
    const status = objectAt(object, "status");
    return {
      meta: parseMeta(object),
      ownerUid: ownerUid(object, "ReplicaSet"),
      nodeName: stringAt(spec, "nodeName") || undefined,
      hostNetwork: booleanAt(spec, "hostNetwork") ?? false,
      containers: objectsAt(spec, "containers").map(parseContainer),
      phase: stringAt(status, "phase") ?? "Pending",
      ip: stringAt(status, "podIP") || undefined,
      isReady: conditionOf(status, "Ready")?.["status"] === "True",
    };
  },
};

/** Services, with what their forwarding is made from. */
export const FORWARDED_SERVICES: Resource<ForwardedService> = {
  apiVersion: "v1",
  kind: "Service",
  plural: "services",
  scope: "Namespaced",
  parse: (object) => {
    const spec = objectAt(object, "spec");
    const ingress = objectsAt(objectAt(objectAt(object, "status"), "loadBalancer"), "ingress");
    const clusterIp = stringAt(spec, "clusterIP");
    return {
      meta: parseMeta(object),
      type: stringAt(spec, "type") ?? "ClusterIP",
      clusterIp: isIpv4(clusterIp) ? clusterIp : undefined,
      selector: recordAt(spec, "selector"),
      ports: objectsAt(spec, "ports").map(parsePort),
      externalTrafficPolicy: spec["externalTrafficPolicy"] === "Local" ? "Local" : "Cluster",
      ingressIps: ingress.map((entry) => stringAt(entry, "ip")).filter(isIpv4),
    };
  },
};

/** EndpointSlices of Services, with addresses. */
export const BACKEND_SLICES: Resource<BackendSlice> = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  scope: "Namespaced",
  parse: (object) => {
    const meta = parseMeta(object);
    return {
      meta,
      service: `${meta.namespace}/${meta.labels["kubernetes.io/service-name"] ?? ""}`,
      ports: objectsAt(object, "ports").map((port) => ({
        name: stringAt(port, "name") ?? "",
        protocol: stringAt(port, "protocol") ?? "TCP",
        port: numberAt(port, "port") ?? 0,
      })),
      backends: objectsAt(object, "endpoints").map(parseBackend),
    };
  },
};

/** Nodes, with address, pod network and readiness. */
export const LAN_NODES: Resource<LanNode> = {
  apiVersion: "v1",
  kind: "Node",
  plural: "nodes",
  scope: "Cluster",
  parse: (object) => {
    const spec = objectAt(object, "spec");
    const status = objectAt(object, "status");
    const internal = objectsAt(status, "addresses").find((a) => a["type"] === "InternalIP");
    const ready = conditionOf(status, "Ready") ?? {};
    return {
      meta: parseMeta(object),
      podCidr: stringAt(spec, "podCIDR") ?? "",
      address: stringAt(internal ?? {}, "address") ?? "",
      isReady: ready["status"] === "True",
      isCordoned: booleanAt(spec, "unschedulable") ?? false,
      readySince: stringAt(ready, "lastTransitionTime") ?? "",
    };
  },
};

function ownerUid(object: JsonObject, kind: string): string | undefined {
  const owners = objectsAt(objectAt(object, "metadata"), "ownerReferences");
  return stringAt(owners.find((owner) => owner["kind"] === kind) ?? {}, "uid");
}

function conditionOf(status: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(status, "conditions").find((condition) => condition["type"] === type);
}

function parseContainer(container: JsonObject): Container {
  const env = objectsAt(container, "env")
    .map((entry) => [stringAt(entry, "name") ?? "", stringAt(entry, "value") ?? ""] as const);
  return {
    name: stringAt(container, "name") ?? "",
    image: stringAt(container, "image") ?? "",
    args: [...stringsAt(container, "command"), ...stringsAt(container, "args")],
    env: Object.fromEntries(env),
    ports: objectsAt(container, "ports").map((port) => ({
      name: stringAt(port, "name"),
      port: numberAt(port, "containerPort") ?? 0,
    })),
  };
}

function parsePort(port: JsonObject): ForwardedPort {
  const number = numberAt(port, "port") ?? 0;
  const target = port["targetPort"];
  const protocol = stringAt(port, "protocol");
  return {
    name: stringAt(port, "name") ?? "",
    protocol: protocol === "UDP" || protocol === "SCTP" ? protocol : "TCP",
    port: number,
    targetPort: typeof target === "number" || typeof target === "string" ? target : number,
    nodePort: numberAt(port, "nodePort") || undefined,
  };
}

function parseBackend(endpoint: JsonObject): Backend {
  const conditions = objectAt(endpoint, "conditions");
  const target = endpoint["targetRef"];
  const pod = isObject(target) ? target : {};
  return {
    address: stringsAt(endpoint, "addresses")[0] ?? "",
    nodeName: stringAt(endpoint, "nodeName") ?? "",
    podName: stringAt(pod, "name") ?? "",
    podUid: stringAt(pod, "uid") ?? "",
    isReady: booleanAt(conditions, "ready") ?? true,
    isTerminating: booleanAt(conditions, "terminating") ?? false,
  };
}

function isIpv4(text: string | undefined): text is string {
  return text !== undefined && /^[0-9]+(\.[0-9]+){3}$/.test(text);
}
