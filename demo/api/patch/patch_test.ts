import { deepEqual, throws } from "node:assert/strict";
import type { Json, JsonObject } from "../../../kube/types.ts";
import { DEPLOYMENT } from "../kinds/apps.ts";
import { SERVICE } from "../kinds/service.ts";
import { jsonPatch } from "./json_patch.ts";
import { mergePatch } from "./merge.ts";
import { strategicPatch } from "./strategic.ts";

interface Row {
  readonly name: string;
  readonly target: JsonObject;
  readonly patch: Json;
  readonly want: Json;
}

const mergeRows: readonly Row[] = [
  {
    name: "objects merge",
    target: { a: { b: 1 } },
    patch: { a: { c: 2 } },
    want: { a: { b: 1, c: 2 } },
  },
  { name: "null removes", target: { a: 1, b: 2 }, patch: { a: null }, want: { b: 2 } },
  { name: "lists are replaced", target: { a: [1, 2] }, patch: { a: [3] }, want: { a: [3] } },
  {
    name: "a value becomes an object",
    target: { a: 1 },
    patch: { a: { b: null } },
    want: { a: {} },
  },
];

Deno.test("mergePatch() follows RFC 7396", async (t) => {
  for (const { name, target, patch, want } of mergeRows) {
    await t.step(name, () => deepEqual(mergePatch(target, patch), want));
  }
});

const jsonRows: readonly Row[] = [
  { name: "add a field", target: {}, patch: [{ op: "add", path: "/a", value: 1 }], want: { a: 1 } },
  {
    name: "add at the end of a list",
    target: { a: [1] },
    patch: [{ op: "add", path: "/a/-", value: 2 }],
    want: { a: [1, 2] },
  },
  {
    name: "add before an item",
    target: { a: [1] },
    patch: [{ op: "add", path: "/a/0", value: 0 }],
    want: { a: [0, 1] },
  },
  {
    name: "remove an item",
    target: { a: [1, 2] },
    patch: [{ op: "remove", path: "/a/0" }],
    want: { a: [2] },
  },
  {
    name: "replace within an item",
    target: { a: [{ b: 1 }] },
    patch: [{ op: "replace", path: "/a/0/b", value: 2 }],
    want: { a: [{ b: 2 }] },
  },
  {
    name: "escaped keys, RFC 6901",
    target: { "x/y": 1, "m~n": 2 },
    patch: [{ op: "remove", path: "/x~1y" }, { op: "replace", path: "/m~0n", value: 3 }],
    want: { "m~n": 3 },
  },
  {
    name: "move and copy",
    target: { a: 1 },
    patch: [{ op: "copy", from: "/a", path: "/b" }, { op: "move", from: "/a", path: "/c" }],
    want: { b: 1, c: 1 },
  },
  {
    name: "a test that holds",
    target: { a: { b: [1] } },
    patch: [{ op: "test", path: "/a", value: { b: [1] } }],
    want: { a: { b: [1] } },
  },
];

const badJsonRows: readonly { readonly name: string; readonly patch: Json }[] = [
  { name: "replace an item that is not there", patch: [{ op: "replace", path: "/a/1", value: 1 }] },
  { name: "remove what is not there", patch: [{ op: "remove", path: "/b" }] },
  { name: "add below what is not there", patch: [{ op: "add", path: "/b/c", value: 1 }] },
  { name: "add behind the end", patch: [{ op: "add", path: "/a/5", value: 1 }] },
  { name: "a test that does not hold", patch: [{ op: "test", path: "/a/0", value: 2 }] },
  { name: "an unknown operation", patch: [{ op: "increment", path: "/a/0" }] },
  { name: "no list", patch: { op: "remove", path: "/a" } },
];

Deno.test("jsonPatch() follows RFC 6902", async (t) => {
  for (const { name, target, patch, want } of jsonRows) {
    await t.step(name, () => deepEqual(jsonPatch(target, patch), want));
  }
  for (const { name, patch } of badJsonRows) {
    await t.step(name, () => void throws(() => jsonPatch({ a: [1] }, patch), { name: "ApiError" }));
  }
});

const http = { name: "http", port: 80, nodePort: 30080 };
const service: JsonObject = { spec: { ports: [http], selector: { app: "a" } } };

const serviceRows: readonly (Row & { readonly patch: JsonObject })[] = [
  {
    name: "a port is told apart by its number",
    target: service,
    patch: { spec: { ports: [{ port: 80, name: "web" }] } },
    want: { spec: { ports: [{ ...http, name: "web" }], selector: { app: "a" } } },
  },
  {
    name: "another number is another port",
    target: service,
    patch: { spec: { ports: [{ port: 443, name: "tls", targetPort: null }] } },
    want: { spec: { ports: [{ port: 443, name: "tls" }, http], selector: { app: "a" } } },
  },
  {
    name: "$patch: delete removes an item",
    target: service,
    patch: { spec: { ports: [{ port: 80, $patch: "delete" }, { port: 81 }] } },
    want: { spec: { ports: [{ port: 81 }], selector: { app: "a" } } },
  },
  {
    name: "$patch: replace in a list replaces it",
    target: service,
    patch: { spec: { ports: [{ $patch: "replace" }, { port: 81 }] } },
    want: { spec: { ports: [{ port: 81 }], selector: { app: "a" } } },
  },
  {
    name: "$patch: replace in an object replaces it",
    target: service,
    patch: { spec: { selector: { $patch: "replace", tier: "web" } } },
    want: { spec: { ports: [http], selector: { tier: "web" } } },
  },
  {
    name: "$setElementOrder orders a list",
    target: { spec: { ports: [{ port: 1 }, { port: 2 }] } },
    patch: {
      spec: {
        "$setElementOrder/ports": [{ port: 3 }, { port: 2 }, { port: 1 }],
        ports: [{ port: 3 }],
      },
    },
    want: { spec: { ports: [{ port: 3 }, { port: 2 }, { port: 1 }] } },
  },
  {
    name: "lists without a merge key are replaced",
    target: { status: { loadBalancer: { ingress: [{ ip: "192.168.0.200" }] } } },
    patch: { status: { loadBalancer: { ingress: [{ ip: "192.168.0.201" }] } } },
    want: { status: { loadBalancer: { ingress: [{ ip: "192.168.0.201" }] } } },
  },
  {
    name: "conditions are told apart by type",
    target: { status: { conditions: [{ type: "A", status: "True" }] } },
    patch: { status: { conditions: [{ type: "B", status: "False" }] } },
    want: {
      status: { conditions: [{ type: "B", status: "False" }, { type: "A", status: "True" }] },
    },
  },
  {
    name: "finalizers are a set",
    target: { metadata: { finalizers: ["a", "b"] } },
    patch: { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"], finalizers: ["b", "c"] } },
    want: { metadata: { finalizers: ["b", "c"] } },
  },
  {
    name: "null removes a field, and an annotation",
    target: { metadata: { annotations: { a: "1", b: "2" } }, spec: { loadBalancerIP: "1.2.3.4" } },
    patch: { metadata: { annotations: { a: null } }, spec: { loadBalancerIP: null } },
    want: { metadata: { annotations: { b: "2" } }, spec: {} },
  },
];

Deno.test("strategicPatch() merges lists by their keys", async (t) => {
  for (const { name, target, patch, want } of serviceRows) {
    await t.step(name, () => deepEqual(strategicPatch(target, patch, SERVICE.schema), want));
  }
  await t.step("an item without its key is refused", () => {
    const patch = { spec: { ports: [{ name: "web" }] } };
    const message = 'map: {"name":"web"} does not contain declared merge key: port';
    throws(() => strategicPatch(service, patch, SERVICE.schema), { message });
  });
});

Deno.test("strategicPatch() reaches into the containers of a Deployment", () => {
  const spec = (containers: Json, strategy: Json): JsonObject => ({
    spec: { strategy, template: { spec: { containers } } },
  });
  const target = spec(
    [{ name: "a", image: "a:1", env: [{ name: "X", value: "1" }] }, { name: "b", image: "b:1" }],
    { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } },
  );
  const patch = spec(
    [{ name: "a", env: [{ name: "Y", value: "2" }] }, { name: "b", $patch: "delete" }],
    { $retainKeys: ["type"], type: "Recreate" },
  );
  const env = [{ name: "Y", value: "2" }, { name: "X", value: "1" }];
  const want = spec([{ name: "a", image: "a:1", env }], { type: "Recreate" });
  deepEqual(strategicPatch(target, patch, DEPLOYMENT.schema), want);
});
