import {
  booleanAt,
  isEqualJson,
  isObject,
  numberAt,
  objectAt,
  objectsAt,
  recordAt,
  stringAt,
  stringsAt,
} from "./json.ts";
import type { Resource } from "./resource.ts";
import type {
  Condition,
  ConfigMap,
  CustomResource,
  Endpoint,
  EndpointSlice,
  Json,
  JsonObject,
  Lease,
  Namespace,
  Node,
  ObjectMeta,
  ObjectReference,
  Service,
} from "./types.ts";

/** Services, with the fields that say what they ask for and what they have. */
export const SERVICES: Resource<Service> = {
  apiVersion: "v1",
  kind: "Service",
  plural: "services",
  scope: "Namespaced",
  parse: parseService,
};

/** ConfigMaps, with their text values. */
export const CONFIG_MAPS: Resource<ConfigMap> = {
  apiVersion: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  scope: "Namespaced",
  parse: (object) => ({ meta: parseMeta(object), data: recordAt(object, "data") }),
};

/** Namespaces, with their labels. */
export const NAMESPACES: Resource<Namespace> = {
  apiVersion: "v1",
  kind: "Namespace",
  plural: "namespaces",
  scope: "Cluster",
  parse: (object) => ({ meta: { ...parseMeta(object), annotations: {} } }),
};

/** Nodes, with the conditions, the cordon and the taints. */
export const NODES: Resource<Node> = {
  apiVersion: "v1",
  kind: "Node",
  plural: "nodes",
  scope: "Cluster",
  parse: parseNode,
};

/** EndpointSlices that belong to a Service; others are left out. */
export const ENDPOINT_SLICES: Resource<EndpointSlice> = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  scope: "Namespaced",
  parse: parseEndpointSlice,
};

/** Leases, whose timestamps stay text: they are never compared with a clock here. */
export const LEASES: Resource<Lease> = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  plural: "leases",
  scope: "Namespaced",
  parse: parseLease,
};

/** A namespaced custom kind whose `spec` is kept as it is served. */
export function customResource(
  apiVersion: string,
  kind: string,
  plural: string,
): Resource<CustomResource> {
  return {
    apiVersion,
    kind,
    plural,
    scope: "Namespaced",
    parse: (object) => ({ meta: parseMeta(object), spec: object["spec"] }),
  };
}

/** Whether two versions of a custom resource say the same: a status that was written is no news. */
export function isSameCustomResource(before: CustomResource, after: CustomResource): boolean {
  const { uid, labels, deletionTimestamp } = before.meta;
  return uid === after.meta.uid && deletionTimestamp === after.meta.deletionTimestamp &&
    isEqualJson(labels, after.meta.labels) &&
    isEqualJson(before.spec ?? null, after.spec ?? null);
}

/** `metadata` of any object; absent fields are empty, and kubectl's copy of the object is dropped. */
export function parseMeta(object: JsonObject): ObjectMeta {
  const meta = objectAt(object, "metadata");
  return {
    namespace: stringAt(meta, "namespace") ?? "",
    name: stringAt(meta, "name") ?? "",
    uid: stringAt(meta, "uid") ?? "",
    resourceVersion: stringAt(meta, "resourceVersion") ?? "",
    creationTimestamp: stringAt(meta, "creationTimestamp") ?? "",
    labels: recordAt(meta, "labels"),
    annotations: withoutLastApplied(recordAt(meta, "annotations")),
    deletionTimestamp: stringAt(meta, "deletionTimestamp"),
  };
}

/** The part of `metadata` by which an object goes with its Node when that is deleted; nothing without one. */
export function ownedByNode(node: Pick<ObjectMeta, "name" | "uid"> | undefined): JsonObject {
  if (node === undefined) return {};
  const { name, uid } = node;
  return { ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }] };
}

/** The Service as the `involvedObject` of an Event. */
export function referenceTo({ meta }: Service): ObjectReference {
  const { namespace, name, uid, resourceVersion } = meta;
  return { apiVersion: "v1", kind: "Service", namespace, name, uid, resourceVersion };
}

/** One decoded answer as an object of this kind; `undefined` when it is something else. */
export function parseObject<T>(resource: Resource<T>, json: Json): T | undefined {
  return isObject(json) ? resource.parse(json) : undefined;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

function withoutLastApplied(
  annotations: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!(LAST_APPLIED in annotations)) return annotations;
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== LAST_APPLIED));
}

function parseService(object: JsonObject): Service {
  const spec = objectAt(object, "spec");
  const status = objectAt(object, "status");
  return {
    meta: parseMeta(object),
    type: stringAt(spec, "type") ?? "ClusterIP",
    loadBalancerClass: stringAt(spec, "loadBalancerClass"),
    loadBalancerIP: stringAt(spec, "loadBalancerIP"),
    externalTrafficPolicy: spec["externalTrafficPolicy"] === "Local" ? "Local" : "Cluster",
    ipFamilies: stringsAt(spec, "ipFamilies"),
    ipFamilyPolicy: stringAt(spec, "ipFamilyPolicy"),
    clusterIPs: parseClusterIps(spec),
    ports: objectsAt(spec, "ports").map((port) => ({
      protocol: stringAt(port, "protocol") ?? "TCP",
      port: numberAt(port, "port") ?? 0,
    })),
    selector: recordAt(spec, "selector"),
    ingress: objectsAt(objectAt(status, "loadBalancer"), "ingress").map((ingress) => ({
      ip: stringAt(ingress, "ip"),
      hostname: stringAt(ingress, "hostname"),
    })),
    conditions: objectsAt(status, "conditions").map(parseCondition),
  };
}

/** Objects made before dual stack (Kubernetes 1.20) have only the singular field. */
function parseClusterIps(spec: JsonObject): readonly string[] {
  const many = stringsAt(spec, "clusterIPs");
  const one = stringAt(spec, "clusterIP");
  return many.length > 0 || one === undefined || one === "" ? many : [one];
}

/** One entry of `status.conditions`; absent fields are empty. */
export function parseCondition(condition: JsonObject): Condition {
  return {
    type: stringAt(condition, "type") ?? "",
    status: stringAt(condition, "status") ?? "",
    reason: stringAt(condition, "reason") ?? "",
    message: stringAt(condition, "message") ?? "",
    lastTransitionTime: stringAt(condition, "lastTransitionTime") ?? "",
  };
}

function parseNode(object: JsonObject): Node {
  const spec = objectAt(object, "spec");
  const status = objectAt(object, "status");
  return {
    meta: parseMeta(object),
    unschedulable: booleanAt(spec, "unschedulable") ?? false,
    taints: objectsAt(spec, "taints").map((taint) => stringAt(taint, "key") ?? ""),
    conditions: objectsAt(status, "conditions").map((condition) => ({
      type: stringAt(condition, "type") ?? "",
      status: stringAt(condition, "status") ?? "",
    })),
  };
}

function parseEndpointSlice(object: JsonObject): EndpointSlice | undefined {
  const meta = parseMeta(object);
  const service = meta.labels["kubernetes.io/service-name"];
  if (service === undefined || service === "") return undefined;
  return {
    meta,
    service: `${meta.namespace}/${service}`,
    endpoints: objectsAt(object, "endpoints").map(parseEndpoint),
  };
}

function parseEndpoint(endpoint: JsonObject): Endpoint {
  const conditions = objectAt(endpoint, "conditions");
  const ready = booleanAt(conditions, "ready") ?? true;
  return {
    nodeName: stringAt(endpoint, "nodeName"),
    ready,
    serving: booleanAt(conditions, "serving") ?? ready,
    terminating: booleanAt(conditions, "terminating") ?? false,
  };
}

function parseLease(object: JsonObject): Lease {
  const spec = objectAt(object, "spec");
  return {
    meta: parseMeta(object),
    holderIdentity: stringAt(spec, "holderIdentity"),
    leaseDurationSeconds: numberAt(spec, "leaseDurationSeconds"),
    acquireTime: stringAt(spec, "acquireTime"),
    renewTime: stringAt(spec, "renewTime"),
    leaseTransitions: numberAt(spec, "leaseTransitions"),
  };
}
