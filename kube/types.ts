/**
 * The few fields of Kubernetes objects that Lanlord reads. Everything else is dropped while decoding,
 * so that a cache of thousands of Services stays small.
 */

/** A JSON value as the API serves it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object as the API serves it. */
export interface JsonObject {
  readonly [key: string]: Json;
}

export interface ObjectMeta {
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** RFC 3339, in seconds. */
  readonly creationTimestamp: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** RFC 3339; present while the object waits for finalizers. */
  readonly deletionTimestamp: string | undefined;
}

/** An object that says what it is: enough to point at it in an Event or an owner reference. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion?: string;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

export interface ServicePort {
  readonly protocol: string;
  readonly port: number;
}

export interface Ingress {
  readonly ip: string | undefined;
  readonly hostname: string | undefined;
}

export interface Service {
  readonly meta: ObjectMeta;
  readonly type: string;
  readonly loadBalancerClass: string | undefined;
  readonly loadBalancerIP: string | undefined;
  readonly externalTrafficPolicy: "Cluster" | "Local";
  /** As in the spec; empty on objects made before dual stack. */
  readonly ipFamilies: readonly string[];
  readonly ipFamilyPolicy: string | undefined;
  readonly clusterIPs: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
  /** `status.loadBalancer.ingress`, in order. */
  readonly ingress: readonly Ingress[];
  readonly conditions: readonly Condition[];
}

export interface ConfigMap {
  readonly meta: ObjectMeta;
  readonly data: Readonly<Record<string, string>>;
}

/** A Namespace: only its labels are used, so its annotations are left out. */
export interface Namespace {
  readonly meta: ObjectMeta;
}

export interface Node {
  readonly meta: ObjectMeta;
  /** Cordoned: `spec.unschedulable`. */
  readonly unschedulable: boolean;
  /** Keys of `spec.taints`. */
  readonly taints: readonly string[];
  readonly conditions: readonly { readonly type: string; readonly status: string }[];
}

export interface Endpoint {
  readonly nodeName: string | undefined;
  /** `conditions.ready`; absent counts as ready, as the API says. */
  readonly ready: boolean;
  /** `conditions.serving`; absent means the value of `ready`. */
  readonly serving: boolean;
  readonly terminating: boolean;
}

export interface EndpointSlice {
  readonly meta: ObjectMeta;
  /** `namespace/name` of the Service, from label `kubernetes.io/service-name`. */
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
}

export interface Lease {
  readonly meta: ObjectMeta;
  readonly holderIdentity: string | undefined;
  readonly leaseDurationSeconds: number | undefined;
  /** RFC 3339 with microseconds. */
  readonly acquireTime: string | undefined;
  readonly renewTime: string | undefined;
  readonly leaseTransitions: number | undefined;
}

/** An object of a custom kind, spec as served: its meaning belongs to whoever asked for it. */
export interface CustomResource {
  readonly meta: ObjectMeta;
  readonly spec: Json | undefined;
}
