import assert from "node:assert/strict";
import fc from "fast-check";
import { advertisementOf, faceOf, labelled, nodeOf, serviceOf } from "../testing.ts";
import type { Config } from "../../config/config.ts";
import { parsePrefix, prefixRange } from "../../ip/prefix.ts";
import { type Bench, desire, judgeAll } from "./desired.ts";

const NODES = ["n1", "n2", "n3"];
const FACES = [faceOf("eth0", 1, "192.168.0.0/24"), faceOf("eth1", 2, "10.0.0.0/24")];
const ADDRESSES = ["192.168.0.200", "192.168.0.201", "10.0.0.9", "172.16.0.1"];

const label = fc.constantFrom("a", "b");
const advertisements = fc.array(
  fc.record({
    nodeSelectors: fc.array(label.map((value) => labelled("zone", value)), { maxLength: 1 }),
    serviceSelectors: fc.array(label.map((value) => labelled("app", value)), { maxLength: 1 }),
    interfaces: fc.subarray(["eth0", "eth1", "eth9"], { maxLength: 2 }),
  }),
  { maxLength: 3 },
).map((list) => list.map((each, i) => advertisementOf(`ad-${i}`, each)));

function configOf(l2Advertisements: Config["l2Advertisements"]): Config {
  const ranges = ["192.168.0.0/24", "10.0.0.0/24"].flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix === undefined ? [] : [prefixRange(prefix)];
  });
  const source = { kind: "file", file: "test.yaml" } as const;
  const own = { autoAssign: true, avoidBuggyIPs: false };
  return { pools: [{ name: "lan", source, labels: {}, ranges, ...own }], l2Advertisements };
}

const bench: fc.Arbitrary<Bench> = fc.record({
  config: advertisements.map(configOf),
  services: fc.array(
    fc.record({
      app: label,
      ip: fc.constantFrom(...ADDRESSES),
      externalTrafficPolicy: fc.constantFrom("Local" as const, "Cluster" as const),
    }),
    { minLength: 1, maxLength: 4 },
  ).map((list) =>
    list.map(({ app, ip, externalTrafficPolicy }, i) =>
      serviceOf(`default/${i}`, [ip], { labels: { app }, externalTrafficPolicy })
    )
  ),
  nodes: fc.tuple(...NODES.map((name) =>
    fc.record({ zone: label, unschedulable: fc.boolean() })
      .map(({ zone, unschedulable }) => nodeOf(name, { labels: { zone }, unschedulable }))
  )),
  presences: fc.tuple(...NODES.map((name) => fc.tuple(fc.constant(name), fc.subarray(FACES))))
    .map((entries) => new Map(entries)),
  endpoints: fc.subarray(NODES).map((names) => {
    const ready = new Set(names);
    return new Map(["0", "1"].map((name) => [`default/${name}`, { ready, serving: ready }]));
  }),
  onCordon: fc.constantFrom("keep" as const, "release" as const),
});

Deno.test("judgeAll() says of every node what that node says of itself", () => {
  fc.assert(fc.property(bench, fc.constantFrom(...NODES), (world, node) => {
    const judgements = judgeAll(world);
    const local = (world.presences.get(node) ?? [])
      .map((face, i) => ({ ...face, index: i + 1, hasCarrier: true }));
    const { claimable, notHere, assigned } = desire({ ...world, node, local });
    assert.deepEqual([...judgements.keys()].toSorted(), [...assigned].toSorted());
    for (const [key, { eligible, excluded, announced }] of judgements) {
      assert.deepEqual(
        claimable.get(key)?.eligible,
        eligible.includes(node) ? eligible : undefined,
      );
      const why = announced === undefined ? { kind: "no-pool" } : excluded.get(node);
      assert.deepEqual(notHere.get(key)?.why, why);
    }
  }));
});
