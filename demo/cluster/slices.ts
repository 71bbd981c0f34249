import type { JsonObject } from "../../kube/types.ts";
import {
  type Backend,
  BACKEND_SLICES,
  type BackendSlice,
  FORWARDED_SERVICES,
  type ForwardedService,
  type LanNode,
  type Pod,
} from "./objects.ts";
import { ownedBy, shortName, type Write } from "./write.ts";

/** What the plan of EndpointSlices looks at. */
export interface SlicesView {
  readonly services: readonly ForwardedService[];
  readonly slices: readonly BackendSlice[];
  readonly pods: readonly Pod[];
  readonly nodes: readonly LanNode[];
}

/** Who makes the slices, in the label by which Kubernetes keeps controllers apart. */
const SLICES_MADE_BY = "lanlord-demo";

const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const SERVICE_NAME = "kubernetes.io/service-name";

/**
 * What is to be done so that every Service with a selector has one EndpointSlice with its pods.
 * A pod counts as ready while it says so and its node is ready.
 */
export function planSlices(view: SlicesView): readonly Write[] {
  const own = view.slices.filter(({ meta }) => meta.labels[MANAGED_BY] === SLICES_MADE_BY);
  const served = view.services.filter((service) => Object.keys(service.selector).length > 0);
  const names = new Set(served.map(({ meta }) => `${meta.namespace}/${meta.name}`));
  const stale = own.filter((slice) => !names.has(slice.service)).map(({ meta }): Write => {
    const { namespace, name, uid } = meta;
    return { kind: "delete", of: BACKEND_SLICES, namespace, name, uid };
  });
  return [...stale, ...served.flatMap((service) => planSlice(service, own, view))];
}

function planSlice(
  service: ForwardedService,
  own: readonly BackendSlice[],
  view: SlicesView,
): readonly Write[] {
  const { namespace, name, uid } = service.meta;
  const pods = view.pods.filter((pod) => selects(service, pod) && pod.ip !== undefined);
  const backends = pods.map((pod) => backendOf(pod, view.nodes));
  const ports = service.ports.map(({ name, protocol, targetPort }) => {
    return { name, protocol, port: resolve(targetPort, pods) };
  });
  const at = { of: BACKEND_SLICES, namespace, name: `${name}-${shortName(uid, 5)}` };
  const content = { ports, endpoints: backends.map((backend) => endpointOf(backend, namespace)) };
  const slice = own.find((slice) =>
    slice.meta.namespace === namespace && slice.meta.name === at.name
  );
  if (slice === undefined) {
    const labels = { [SERVICE_NAME]: name, [MANAGED_BY]: SLICES_MADE_BY };
    const metadata = { labels, ownerReferences: [ownedBy(FORWARDED_SERVICES, service.meta)] };
    return [{ kind: "create", ...at, body: { metadata, addressType: "IPv4", ...content } }];
  }
  const have = JSON.stringify([slice.ports, slice.backends]);
  const want = JSON.stringify([ports, backends]);
  return have === want ? [] : [{ kind: "patch", ...at, body: content }];
}

function selects(service: ForwardedService, pod: Pod): boolean {
  return pod.meta.namespace === service.meta.namespace &&
    Object.entries(service.selector).every(([key, value]) => pod.meta.labels[key] === value);
}

function backendOf(pod: Pod, nodes: readonly LanNode[]): Backend {
  const isTerminating = pod.meta.deletionTimestamp !== undefined;
  const node = nodes.find(({ meta }) => meta.name === pod.nodeName);
  return {
    address: pod.ip ?? "",
    nodeName: pod.nodeName ?? "",
    podName: pod.meta.name,
    podUid: pod.meta.uid,
    isReady: pod.isReady && !isTerminating && node?.isReady === true,
    isTerminating,
  };
}

function endpointOf(backend: Backend, namespace: string): JsonObject {
  const { address, nodeName, podName, podUid, isReady, isTerminating } = backend;
  return {
    addresses: [address],
    nodeName,
    conditions: { ready: isReady, serving: isReady, terminating: isTerminating },
    targetRef: { kind: "Pod", namespace, name: podName, uid: podUid },
  };
}

/** A named port is what the first pod that has the name says; Kubernetes splits slices where pods differ. */
function resolve(targetPort: number | string, pods: readonly Pod[]): number {
  if (typeof targetPort === "number") return targetPort;
  const ports = pods.flatMap((pod) => pod.containers.flatMap((container) => container.ports));
  return ports.find((port) => port.name === targetPort)?.port ?? 0;
}
