import { deepEqual, equal } from "node:assert/strict";
import {
  CONFIG_MAPS,
  customResource,
  ENDPOINT_SLICES,
  isSameCustomResource,
  LEASES,
  NODES,
  parseMeta,
  parseObject,
  SERVICES,
} from "./resources.ts";
import type { CustomResource, Json, JsonObject } from "./types.ts";

const META: JsonObject = {
  namespace: "default",
  name: "web",
  uid: "u-1",
  resourceVersion: "7",
  creationTimestamp: "2026-01-01T00:00:00Z",
  labels: { app: "web" },
  annotations: { a: "b", "kubectl.kubernetes.io/last-applied-configuration": "{…}" },
  managedFields: [{ manager: "kubectl" }],
};

const PARSED_META = {
  namespace: "default",
  name: "web",
  uid: "u-1",
  resourceVersion: "7",
  creationTimestamp: "2026-01-01T00:00:00Z",
  labels: { app: "web" },
  annotations: { a: "b" },
  deletionTimestamp: undefined,
};

const EMPTY_META = {
  namespace: "",
  name: "",
  uid: "",
  resourceVersion: "",
  creationTimestamp: "",
  labels: {},
  annotations: {},
  deletionTimestamp: undefined,
};

Deno.test("SERVICES keeps the fields that are used", () => {
  const service = SERVICES.parse({
    metadata: META,
    spec: {
      type: "LoadBalancer",
      externalTrafficPolicy: "Local",
      ipFamilies: ["IPv4", "IPv6"],
      ipFamilyPolicy: "PreferDualStack",
      clusterIP: "10.96.0.1",
      clusterIPs: ["10.96.0.1", "fd00::1"],
      ports: [{ port: 80, protocol: "TCP", nodePort: 30000 }, { port: 53, protocol: "UDP" }],
      selector: { app: "web" },
      loadBalancerIP: "192.168.0.200",
      loadBalancerClass: "example.com/lb",
    },
    status: {
      loadBalancer: { ingress: [{ ip: "192.168.0.200" }, { hostname: "x.test" }] },
      conditions: [{ type: "T", status: "True", reason: "R", message: "m" }],
    },
  });
  deepEqual(service, {
    meta: PARSED_META,
    type: "LoadBalancer",
    loadBalancerClass: "example.com/lb",
    loadBalancerIP: "192.168.0.200",
    externalTrafficPolicy: "Local",
    ipFamilies: ["IPv4", "IPv6"],
    ipFamilyPolicy: "PreferDualStack",
    clusterIPs: ["10.96.0.1", "fd00::1"],
    ports: [{ port: 80, protocol: "TCP" }, { port: 53, protocol: "UDP" }],
    selector: { app: "web" },
    ingress: [{ ip: "192.168.0.200", hostname: undefined }, { ip: undefined, hostname: "x.test" }],
    conditions: [{ type: "T", status: "True", reason: "R", message: "m", lastTransitionTime: "" }],
  });
});

Deno.test("SERVICES reads an object from before dual stack", () => {
  const service = SERVICES.parse({ metadata: META, spec: { clusterIP: "10.96.0.1" } });
  deepEqual(service?.clusterIPs, ["10.96.0.1"]);
  deepEqual(service?.ipFamilies, []);
});

Deno.test("every resource takes an empty object, and one with fields of the wrong kind", () => {
  const wrong = { metadata: [], spec: "x", status: 1, data: null, endpoints: {} };
  for (const resource of [SERVICES, CONFIG_MAPS, NODES, LEASES, customResource("g/v", "K", "ks")]) {
    for (const object of [{}, wrong]) deepEqual(resource.parse(object)?.meta, EMPTY_META);
  }
});

Deno.test("ENDPOINT_SLICES names the Service and reads conditions as the API means them", () => {
  const labels = { "kubernetes.io/service-name": "web" };
  const slice = ENDPOINT_SLICES.parse({
    metadata: { namespace: "default", name: "web-x", labels },
    endpoints: [
      { nodeName: "n1", conditions: { ready: true, serving: true, terminating: false } },
      { nodeName: "n2", conditions: {} },
      { conditions: { ready: false } },
      { nodeName: "n3", conditions: { ready: false, serving: true, terminating: true } },
    ],
  });
  equal(slice?.service, "default/web");
  deepEqual(slice?.endpoints, [
    { nodeName: "n1", ready: true, serving: true, terminating: false },
    { nodeName: "n2", ready: true, serving: true, terminating: false },
    { nodeName: undefined, ready: false, serving: false, terminating: false },
    { nodeName: "n3", ready: false, serving: true, terminating: true },
  ]);
});

Deno.test("ENDPOINT_SLICES leaves out a slice that belongs to no Service", () => {
  equal(ENDPOINT_SLICES.parse({ metadata: META }), undefined);
});

Deno.test("NODES keeps the cordon, the taints and the conditions", () => {
  const taints = [
    { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" },
    { key: "dedicated", effect: "NoExecute" },
  ];
  const node = NODES.parse({
    metadata: { name: "n1" },
    spec: { unschedulable: true, podCIDR: "10.0.0.0/24", taints },
    status: { conditions: [{ type: "Ready", status: "True", message: "fine" }] },
  });
  equal(node?.unschedulable, true);
  deepEqual(node?.taints, ["node.kubernetes.io/unschedulable", "dedicated"]);
  deepEqual(NODES.parse({ metadata: { name: "n2" } })?.taints, []);
  deepEqual(node?.conditions, [{ type: "Ready", status: "True" }]);
});

Deno.test("parseObject() takes objects only", () => {
  equal(parseObject(CONFIG_MAPS, "text"), undefined);
  deepEqual(parseObject(CONFIG_MAPS, { data: { a: "b", n: 1 } })?.data, { a: "b" });
});

Deno.test("a custom resource is the same as long as what it asks for is", () => {
  const pool = (
    labels: Record<string, string>,
    spec: Json,
    resourceVersion = "1",
  ): CustomResource => ({
    meta: { ...parseMeta({ metadata: { name: "p", uid: "u", resourceVersion } }), labels },
    spec,
  });
  const before = pool({ a: "1", b: "2" }, { addresses: ["10.0.0.0/24"], autoAssign: true });
  const rows: readonly (readonly [CustomResource, boolean])[] = [
    [pool({ b: "2", a: "1" }, { autoAssign: true, addresses: ["10.0.0.0/24"] }, "2"), true],
    [pool({ a: "1" }, before.spec ?? null), false],
    [pool({ a: "1", b: "2" }, { addresses: ["10.0.0.0/25"], autoAssign: true }), false],
    [{ ...before, meta: { ...before.meta, uid: "another" } }, false],
  ];
  for (const [after, isSame] of rows) equal(isSameCustomResource(before, after), isSame);
});
