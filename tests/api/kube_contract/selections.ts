import { deepEqual, equal } from "node:assert/strict";
import {
  ENDPOINT_SLICES,
  type Json,
  type JsonObject,
  type Kube,
  mergePatch,
  pathOf,
  SERVICES,
} from "../../../kube/mod.ts";
import { asObject, type Case, watchCache, type World } from "./world.ts";

/** What speakers select by, so that they look at few objects. */
export const SELECTION_CASES: readonly Case[] = [
  { name: "tells a watch of one type of Service who enters it and leaves it", run: followType },
  { name: "takes the address of a Service that is of another type now", run: leaveType },
  { name: "selects EndpointSlices by the names of their Services", run: selectSlices },
  { name: "refuses a field that it does not know, and is asked for all", run: refuseField },
];

async function followType({ kube, other, namespace, signal }: World): Promise<void> {
  await createService(other, { namespace, name: "plain", type: "ClusterIP" }, signal);
  await createService(other, { namespace, name: "first", type: "LoadBalancer" }, signal);
  const selection = { namespace, narrowing: "spec.type=LoadBalancer" };
  await using watched = watchCache(kube, SERVICES, selection, signal);
  const untilThereAre = (...names: readonly string[]): Promise<void> =>
    watched.until(({ objects }) =>
      objects.size === names.length && names.every((name) => objects.has(`${namespace}/${name}`))
    );
  await untilThereAre("first");
  await setType(other, { namespace, name: "plain", type: "LoadBalancer" }, signal);
  await untilThereAre("first", "plain");
  await setType(other, { namespace, name: "first", type: "ClusterIP" }, signal);
  await untilThereAre("plain");
}

async function leaveType({ kube, namespace, signal }: World): Promise<void> {
  const target = { namespace, name: "a" };
  await createService(kube, { ...target, type: "LoadBalancer" }, signal);
  const status = { loadBalancer: { ingress: [{ ip: "192.0.2.1" }] } };
  const path = pathOf(SERVICES, { ...target, subresource: "status" });
  const contentType = "application/merge-patch+json";
  await kube.request({ method: "PATCH", path, body: { status }, contentType }, signal);
  equal(ingressOf(await setType(kube, { ...target, type: "LoadBalancer" }, signal)), "192.0.2.1");
  equal(ingressOf(await setType(kube, { ...target, type: "ClusterIP" }, signal)), undefined);
}

async function selectSlices({ kube, other, namespace, signal }: World): Promise<void> {
  for (const name of ["a", "b", "c"]) await createSlice(other, namespace, name, signal);
  const labelSelector = "kubernetes.io/service-name in (a,b)";
  await using watched = watchCache(kube, ENDPOINT_SLICES, { namespace, labelSelector }, signal);
  const names = (): readonly string[] =>
    watched.cache.objects.values().map(({ service }) => service).toArray().sort();
  await watched.until(({ isSynced }) => isSynced);
  deepEqual(names(), [`${namespace}/a`, `${namespace}/b`]);
  const path = pathOf(ENDPOINT_SLICES, { namespace, name: "b" });
  await other.request({ method: "DELETE", path }, signal);
  await watched.until(({ objects }) => objects.size === 1);
}

async function refuseField({ kube, other, namespace, signal }: World): Promise<void> {
  await createService(other, { namespace, name: "a", type: "ClusterIP" }, signal);
  const selection = { namespace, narrowing: "spec.sessionAffinity=None" };
  await using watched = watchCache(kube, SERVICES, selection, signal);
  await watched.until(({ objects }) => objects.has(`${namespace}/a`));
  await createService(other, { namespace, name: "b", type: "LoadBalancer" }, signal);
  await watched.until(({ objects }) => objects.has(`${namespace}/b`));
}

interface Typed {
  readonly namespace: string;
  readonly name: string;
  readonly type: "ClusterIP" | "LoadBalancer";
}

async function createService(
  kube: Kube,
  { namespace, name, type }: Typed,
  signal: AbortSignal,
): Promise<void> {
  const spec = { type, ports: [{ port: 80 }] };
  const body = { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
  await kube.request({ method: "POST", path: pathOf(SERVICES, { namespace }), body }, signal);
}

async function setType(kube: Kube, { type, ...at }: Typed, signal: AbortSignal): Promise<Json> {
  return await kube.request(mergePatch(SERVICES, at, { spec: { type } }), signal);
}

function ingressOf(json: Json): string | undefined {
  return SERVICES.parse(asObject(json))?.ingress[0]?.ip;
}

async function createSlice(
  kube: Kube,
  namespace: string,
  service: string,
  signal: AbortSignal,
): Promise<void> {
  const body: JsonObject = {
    apiVersion: ENDPOINT_SLICES.apiVersion,
    kind: "EndpointSlice",
    metadata: { name: service, labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.244.0.1"] }],
  };
  const path = pathOf(ENDPOINT_SLICES, { namespace });
  await kube.request({ method: "POST", path, body }, signal);
}
