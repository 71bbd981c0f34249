import { deepEqual } from "node:assert/strict";
import { nextInForce } from "../../config/in_force.ts";
import { inputOf, layer2Pools } from "../../config/testing.ts";
import type { KubeCall } from "../../kube/mod.ts";
import { type ScriptedAnswer, scriptedKube, silentLog, VirtualClock } from "../../kube/testing.ts";
import { ConfigurationTeller } from "./configuration_teller.ts";

const OWNER = {
  namespace: "",
  name: "n1",
  uid: "u1",
  resourceVersion: "1",
  creationTimestamp: "",
  labels: {},
  annotations: {},
  deletionTimestamp: undefined,
};

Deno.test("a node has one ConfigurationState, which goes with it, and tells of changes alone", async () => {
  let isThere = false;
  const answer = ({ method }: KubeCall): ScriptedAnswer => {
    if (method === "POST") isThere = true;
    if (method === "GET") return { kind: "body", body: { items: [] } };
    return isThere ? { kind: "body", body: {} } : { kind: "status", status: 404 };
  };
  const kube = scriptedKube(answer);
  const clock = new VirtualClock();
  const teller = new ConfigurationTeller({ kube, clock, random: () => 0.5, log: silentLog }, {
    node: "n1",
    namespace: "metallb-system",
    owner: () => OWNER,
  });
  const stop = new AbortController();
  const running = teller.run(stop.signal);
  const good = nextInForce(
    undefined,
    inputOf({ configMap: layer2Pools({ p: ["10.0.0.0/24"] }) }),
    [],
  );
  const broken = nextInForce(good, inputOf({ configMap: "address-pools: 5" }), []);
  for (const inForce of [good, good, broken, broken]) {
    teller.tell(inForce);
    await clock.advance(20_000);
  }
  stop.abort();
  await running;
  const writes = kube.calls.filter(({ method }) => method !== "GET");
  const path = "/apis/metallb.io/v1beta1/namespaces/metallb-system/configurationstates";
  deepEqual(writes.map(({ method, path }) => `${method} ${path}`), [
    `PATCH ${path}/speaker-n1/status`,
    `POST ${path}`,
    `PATCH ${path}/speaker-n1/status`,
    `PATCH ${path}/speaker-n1/status`,
  ]);
  deepEqual(writes[1]?.body, {
    apiVersion: "metallb.io/v1beta1",
    kind: "ConfigurationState",
    metadata: {
      name: "speaker-n1",
      labels: { "metallb.io/component-type": "speaker", "metallb.io/node-name": "n1" },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: "n1", uid: "u1" }],
    },
  });
  const results = writes.map(({ body }) => /"result":"(\w+)"/.exec(JSON.stringify(body))?.[1]);
  deepEqual(results, ["Valid", undefined, "Valid", "Invalid"]);
});
