import assert from "node:assert/strict";
import type { Endpoint, EndpointSlice } from "../../kube/types.ts";
import { commonNodes, endpointNodes } from "./endpoint_nodes.ts";
import { serviceOf } from "../testing.ts";

const WEB = serviceOf("default/web", []);

interface Row {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  readonly ready: readonly string[];
  readonly serving: readonly string[];
}

function endpoint(nodeName: string | undefined, conditions: Omit<Endpoint, "nodeName">): Endpoint {
  return { nodeName, ...conditions };
}

const READY = { ready: true, serving: true, terminating: false };
const TERMINATING = { ready: false, serving: true, terminating: true };

const rows: readonly Row[] = [
  { name: "none", endpoints: [], ready: [], serving: [] },
  { name: "ready", endpoints: [endpoint("n1", READY)], ready: ["n1"], serving: ["n1"] },
  {
    name: "terminating, but still serving",
    endpoints: [endpoint("n1", TERMINATING)],
    ready: [],
    serving: ["n1"],
  },
  {
    name: "terminating, and serving no more",
    endpoints: [endpoint("n1", { ...TERMINATING, serving: false })],
    ready: [],
    serving: [],
  },
  {
    name: "not ready yet",
    endpoints: [endpoint("n1", { ready: false, serving: false, terminating: false })],
    ready: [],
    serving: [],
  },
  {
    name: "publishNotReadyAddresses: ready, whatever the pod says",
    endpoints: [endpoint("n1", { ready: true, serving: false, terminating: true })],
    ready: ["n1"],
    serving: ["n1"],
  },
  { name: "on no node", endpoints: [endpoint(undefined, READY)], ready: [], serving: [] },
  {
    name: "one of each on a node",
    endpoints: [endpoint("n1", TERMINATING), endpoint("n1", READY), endpoint("n2", TERMINATING)],
    ready: ["n1"],
    serving: ["n1", "n2"],
  },
];

Deno.test("endpointNodes() tells ready from serving", async (t) => {
  for (const { name, endpoints, ready, serving } of rows) {
    await t.step(name, () => {
      const found = endpointNodes([WEB], [sliceOf("default/web", endpoints)]).get("default/web");
      assert.deepEqual(found, { ready: new Set(ready), serving: new Set(serving) });
    });
  }
});

Deno.test("endpointNodes() joins the slices of a Service, and leaves those of others out", () => {
  const slices = [
    sliceOf("default/web", [endpoint("n1", READY)]),
    sliceOf("other/web", [endpoint("n9", READY)]),
    sliceOf("default/web", [endpoint("n2", TERMINATING)]),
  ];
  const found = endpointNodes([WEB], slices);
  assert.deepEqual([...found.keys()], ["default/web"]);
  assert.deepEqual(found.get("default/web")?.serving, new Set(["n1", "n2"]));
});

Deno.test("commonNodes() has the nodes of both", () => {
  const a = { ready: new Set(["n1"]), serving: new Set(["n1", "n2"]) };
  const b = { ready: new Set(["n1", "n2"]), serving: new Set(["n1", "n2", "n3"]) };
  assert.deepEqual(commonNodes(a, b), { ready: new Set(["n1"]), serving: new Set(["n1", "n2"]) });
});

function sliceOf(service: string, endpoints: readonly Endpoint[]): EndpointSlice {
  return { meta: WEB.meta, service, endpoints };
}
