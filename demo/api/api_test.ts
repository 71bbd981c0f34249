import { deepEqual, equal, match } from "node:assert/strict";
import type { JsonObject } from "../../kube/types.ts";
import { createApi } from "./api.ts";
import { at, listAt, numberAt, objectAt, textAt } from "./json.ts";
import { ask } from "./testing.ts";

const SERVICES = "/api/v1/namespaces/default/services";
const MERGE = { "content-type": "application/merge-patch+json" };

function service(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }], ...spec },
  };
}

Deno.test("a new Service gets what a real server gives it", async () => {
  const api = createApi({ now: () => Date.parse("2026-01-02T03:04:05.678Z") });
  const { status, body } = await ask(api, `POST ${SERVICES}`, service("a"));
  equal(status, 201);
  equal(textAt(body, "metadata", "creationTimestamp"), "2026-01-02T03:04:05Z");
  equal(textAt(body, "metadata", "resourceVersion"), String(api.revision));
  match(textAt(body, "metadata", "uid"), /^[0-9a-f-]{36}$/);
  deepEqual(at(body, "spec"), {
    type: "LoadBalancer",
    ports: [{ port: 80, protocol: "TCP", targetPort: 80, nodePort: 30000 }],
    sessionAffinity: "None",
    ipFamilyPolicy: "SingleStack",
    ipFamilies: ["IPv4"],
    clusterIP: "10.96.0.10",
    clusterIPs: ["10.96.0.10"],
    internalTrafficPolicy: "Cluster",
    externalTrafficPolicy: "Cluster",
    allocateLoadBalancerNodePorts: true,
  });
  deepEqual(at(body, "status"), { loadBalancer: {} });
});

Deno.test("a dual-stack Service gets two addresses, a headless one none", async () => {
  const api = createApi();
  const dual = await ask(
    api,
    `POST ${SERVICES}`,
    service("a", { ipFamilyPolicy: "PreferDualStack" }),
  );
  deepEqual(at(dual.body, "spec", "ipFamilies"), ["IPv4", "IPv6"]);
  deepEqual(at(dual.body, "spec", "clusterIPs"), ["10.96.0.10", "fd00:10:96::b"]);
  const spec = { type: "ClusterIP", clusterIP: "None" };
  const headless = await ask(api, `POST ${SERVICES}`, service("b", spec));
  deepEqual(at(headless.body, "spec", "clusterIPs"), ["None"]);
});

Deno.test("a write from an old copy is a conflict, in the real words", async () => {
  const api = createApi();
  const { body } = await ask(api, `POST ${SERVICES}`, service("a"));
  await ask(api, `PATCH ${SERVICES}/a`, { spec: { loadBalancerIP: "192.168.0.200" } }, MERGE);
  const message = 'Operation cannot be fulfilled on services "a": the object has been modified; ' +
    "please apply your changes to the latest version and try again";
  const metadata = { resourceVersion: textAt(body, "metadata", "resourceVersion") };
  for (
    const answer of [
      await ask(api, `PUT ${SERVICES}/a`, body),
      await ask(api, `PATCH ${SERVICES}/a`, { metadata }, MERGE),
      await ask(api, `PATCH ${SERVICES}/a/status`, { metadata, status: {} }, MERGE),
    ]
  ) {
    equal(answer.status, 409);
    deepEqual(answer.body, {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      reason: "Conflict",
      details: { name: "a", kind: "services" },
      code: 409,
    });
  }
});

Deno.test("the status is written through /status, and by nothing else", async () => {
  const api = createApi();
  await ask(api, `POST ${SERVICES}`, service("a"));
  const status = { loadBalancer: { ingress: [{ ip: "192.168.0.200" }] } };
  const main = await ask(api, `PATCH ${SERVICES}/a`, { status }, MERGE);
  deepEqual(at(main.body, "status"), { loadBalancer: {} });
  const change = { metadata: { annotations: { a: "b" } }, spec: { type: "ClusterIP" }, status };
  const { body } = await ask(api, `PATCH ${SERVICES}/a/status`, change, MERGE);
  const ingress = [{ ip: "192.168.0.200", ipMode: "VIP" }];
  deepEqual(at(body, "status"), { loadBalancer: { ingress } });
  equal(textAt(body, "spec", "type"), "LoadBalancer", "the spec stays");
  equal(textAt(body, "metadata", "annotations", "a"), "b", "annotations are written");
});

Deno.test("a write that changes nothing makes no revision", async () => {
  const api = createApi();
  const { body } = await ask(api, `POST ${SERVICES}`, service("a"));
  const before = api.revision;
  await ask(api, `PUT ${SERVICES}/a`, body);
  await ask(api, `PATCH ${SERVICES}/a`, {}, MERGE);
  equal(api.revision, before);
});

Deno.test("an object with finalizers waits for the last of them", async () => {
  const api = createApi();
  const { metadata, ...rest } = service("a");
  const finalizers = ["example.com/a"];
  await ask(api, `POST ${SERVICES}`, { ...rest, metadata: { ...objectAt(metadata), finalizers } });
  const marked = await ask(api, `DELETE ${SERVICES}/a`);
  match(textAt(marked.body, "metadata", "deletionTimestamp"), /Z$/);
  const more = { metadata: { finalizers: ["example.com/a", "example.com/b"] } };
  equal((await ask(api, `PATCH ${SERVICES}/a`, more, MERGE)).status, 422);
  await ask(api, `PATCH ${SERVICES}/a`, { metadata: { finalizers: null } }, MERGE);
  equal((await ask(api, `GET ${SERVICES}/a`)).status, 404);
});

Deno.test("pages hold every object once, and tell how many are left", async () => {
  const api = createApi();
  for (const name of ["a", "b", "c", "d", "e"]) await ask(api, `POST ${SERVICES}`, service(name));
  const names: string[] = [];
  const left: (number | undefined)[] = [];
  let token = "";
  do {
    const query = `limit=2&continue=${encodeURIComponent(token)}`;
    const { body } = await ask(api, `GET /api/v1/services?${query}`);
    names.push(...listAt(body, "items").map((item) => textAt(item, "metadata", "name")));
    left.push(numberAt(body, "metadata", "remainingItemCount"));
    token = textAt(body, "metadata", "continue");
  } while (token !== "");
  deepEqual(names, ["a", "b", "c", "d", "e"]);
  deepEqual(left, [3, 1, undefined]);
});

Deno.test("a page after a compaction is 410", async () => {
  const api = createApi();
  for (const name of ["a", "b"]) await ask(api, `POST ${SERVICES}`, service(name));
  const { body } = await ask(api, `GET ${SERVICES}?limit=1`);
  await ask(api, `POST ${SERVICES}`, service("c"));
  api.faults.compact();
  const token = encodeURIComponent(textAt(body, "metadata", "continue"));
  const next = await ask(api, `GET ${SERVICES}?limit=1&continue=${token}`);
  deepEqual([next.status, textAt(next.body, "reason")], [410, "Expired"]);
  equal((await ask(api, `GET ${SERVICES}?continue=what`)).status, 400);
});

Deno.test("custom resources: unknown fields are dropped with a warning, or refused", async () => {
  const api = createApi();
  api.load([WIDGETS]);
  const path = "/apis/example.com/v1/namespaces/default/widgets";
  const widget = (name: string): JsonObject => ({
    apiVersion: "example.com/v1",
    kind: "Widget",
    metadata: { name },
    spec: { bogus: 1 },
  });
  const warned = await ask(api, `POST ${path}`, widget("a"));
  deepEqual(at(warned.body, "spec"), { size: 3 });
  equal(warned.headers.get("warning"), '299 - "unknown field \\"spec.bogus\\""');
  const strict = await ask(api, `POST ${path}?fieldValidation=Strict`, widget("b"));
  equal(strict.status, 400);
  match(textAt(strict.body, "message"), /strict decoding error: unknown field "spec\.bogus"$/);
  const unversioned = await ask(api, `PUT ${path}/a`, { ...widget("a"), spec: {} });
  match(
    textAt(unversioned.body, "message"),
    /resourceVersion: Invalid value: 0: must be specified/,
  );
  await ask(
    api,
    "DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com",
  );
  equal((await ask(api, `GET ${path}`)).status, 404);
});

const WIDGETS: JsonObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget", plural: "widgets" },
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: {
            spec: { type: "object", properties: { size: { type: "integer", default: 3 } } },
          },
        },
      },
    }],
  },
};
