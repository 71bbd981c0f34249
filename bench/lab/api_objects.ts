import { createClient, type Kube, loadCredentials } from "../../kube/mod.ts";
import type { JsonObject } from "../../kube/types.ts";
import { NODE_ADDRESSES, type NodeName, NODES } from "./lab.ts";

/** The namespace of the load balancer's own objects. */
export const NAMESPACE = "metallb-system";

const LIMIT_MS = 30_000;

/** A client of the API server that a kubeconfig names. */
export async function clientOf(kubeconfig: string): Promise<Kube & Disposable> {
  return createClient(await loadCredentials({ kubeconfig, env: () => undefined }));
}

/** Makes an object; `collection` is the path that it is posted to. */
export async function post(kube: Kube, collection: string, body: JsonObject): Promise<void> {
  const call = { method: "POST", path: collection, body } as const;
  await kube.request(call, AbortSignal.timeout(LIMIT_MS));
}

/** Writes the status of an object. */
export async function patchStatus(kube: Kube, object: string, status: JsonObject): Promise<void> {
  const contentType = "application/merge-patch+json";
  const call = {
    method: "PATCH",
    path: `${object}/status`,
    body: { status },
    contentType,
  } as const;
  await kube.request(call, AbortSignal.timeout(LIMIT_MS));
}

/** Namespace, nodes, and for each address a Service that has it, with an endpoint that is ready on every node. */
export async function createCluster(kube: Kube, addresses: readonly string[]): Promise<void> {
  await post(kube, "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  for (const node of NODES) await createNode(kube, node);
  for (const [i, address] of addresses.entries()) await createService(kube, `s${i}`, address);
}

async function createNode(kube: Kube, name: NodeName): Promise<void> {
  await post(kube, "/api/v1/nodes", {
    metadata: { name, labels: { "kubernetes.io/hostname": name } },
  });
  await patchStatus(kube, `/api/v1/nodes/${name}`, {
    addresses: [{ type: "InternalIP", address: NODE_ADDRESSES[name] }],
    conditions: [{ type: "Ready", status: "True" }],
  });
}

async function createService(kube: Kube, name: string, address: string): Promise<void> {
  const services = "/api/v1/namespaces/default/services";
  await post(kube, services, {
    metadata: { name },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }], allocateLoadBalancerNodePorts: false },
  });
  await patchStatus(kube, `${services}/${name}`, {
    loadBalancer: { ingress: [{ ip: address }] },
  });
  await post(kube, "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
    metadata: { name, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "", port: 80, protocol: "TCP" }],
    endpoints: NODES.map((node, i) => ({
      addresses: [`10.244.${i}.10`],
      nodeName: node,
      conditions: { ready: true, serving: true, terminating: false },
    })),
  });
}
