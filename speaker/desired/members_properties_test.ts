import assert from "node:assert/strict";
import fc from "fast-check";
import { coverageOf, coverageOn, interfaceFor } from "./advertising.ts";
import { type Candidacy, judgeNodes } from "./members.ts";
import { advertisementOf, faceOf, ipOf, labelled, nodeOf, serviceOf } from "../testing.ts";

const NODES = ["n1", "n2", "n3", "n4"];
const FACES = [
  faceOf("eth0", 1, "192.168.0.0/24", "fe80::/64"),
  faceOf("eth1", 2, "10.0.0.0/24"),
  faceOf("eth2", 3, "fd00::/64", "fe80::/64"),
];

const label = fc.constantFrom("a", "b");
const advertisement = fc.record({
  nodeSelectors: fc.array(label.map((value) => labelled("zone", value)), { maxLength: 1 }),
  serviceSelectors: fc.array(label.map((value) => labelled("app", value)), { maxLength: 1 }),
  interfaces: fc.subarray(["eth0", "eth1", "eth2", "eth9"], { maxLength: 2 }),
});

const candidacy: fc.Arbitrary<Candidacy> = fc.record({
  advertisements: fc.array(advertisement, { maxLength: 3 })
    .map((list) => list.map((each, i) => advertisementOf(`ad-${i}`, each))),
  services: fc.array(label, { minLength: 1, maxLength: 3 })
    .map((apps) => apps.map((app, i) => serviceOf(`default/${i}`, [], { labels: { app } }))),
  nodes: fc.tuple(...NODES.map((name) =>
    fc.record({ zone: label, unschedulable: fc.boolean() })
      .map(({ zone, unschedulable }) => nodeOf(name, { labels: { zone }, unschedulable }))
  )),
  presences: fc.subarray(NODES).chain((names) =>
    fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.subarray(FACES))))
  ).map((entries) => new Map(entries)),
  address: fc.constantFrom("192.168.0.200", "10.0.0.9", "172.16.0.1", "fd00::1", "fe80::9")
    .map(ipOf),
  ready: fc.subarray(NODES),
  terminating: fc.subarray(NODES),
  policy: fc.constantFrom("Local" as const, "Cluster" as const),
  onCordon: fc.constantFrom("keep" as const, "release" as const),
}).map(({ services, ready, terminating, policy, ...rest }) => {
  const serving = new Set([...ready, ...terminating]);
  const local = policy === "Cluster" ? {} : { localNodes: { ready: new Set(ready), serving } };
  const coverage = coverageOf(services, rest.advertisements);
  return { pool: "lan", coverage, ...rest, ...local };
});

Deno.test("judgeNodes() has each node on one side, and an interface for each that is eligible", () => {
  fc.assert(fc.property(candidacy, (asked) => {
    const { eligible, excluded } = judgeNodes(asked);
    assert.deepEqual([...eligible, ...excluded.keys()].toSorted(), NODES);
    for (const { meta } of asked.nodes) {
      const own = coverageOn(asked.coverage, meta.labels);
      const face = interfaceFor(asked.presences.get(meta.name) ?? [], own, asked.address);
      if (eligible.includes(meta.name)) assert.ok(face);
    }
  }));
});

Deno.test("judgeNodes() leaves nobody only where nothing that gives way is to blame", () => {
  const soft = new Set(["cordoned", "endpoint-terminating"]);
  fc.assert(fc.property(candidacy, (asked) => {
    const { eligible, excluded } = judgeNodes(asked);
    if (eligible.length > 0) return;
    assert.ok(excluded.values().every(({ kind }) => !soft.has(kind)));
  }));
});

Deno.test("judgeNodes() gives what is asked strictly a part of what is asked less strictly", () => {
  fc.assert(fc.property(candidacy, (asked) => {
    const { localNodes, ...cluster } = asked;
    const strict = new Set(judgeNodes(asked).eligible);
    const kept = new Set(judgeNodes({ ...cluster, onCordon: "keep" }).eligible);
    assert.ok(strict.isSubsetOf(kept));
    if (localNodes !== undefined) assert.ok(strict.isSubsetOf(localNodes.serving));
  }));
});
