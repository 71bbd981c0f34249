import assert from "node:assert/strict";
import fc from "fast-check";
import { rankNodes, ranksBefore } from "./rank.ts";

const rows: readonly { nodes: string; key: string; want: string }[] = [
  { nodes: "node-a node-b node-c", key: "10.0.0.1", want: "node-b node-a node-c" },
  { nodes: "node-a node-b node-c", key: "10.0.0.2", want: "node-b node-c node-a" },
  { nodes: "iris1 iris2", key: "10.20.30.1", want: "iris2 iris1" },
  { nodes: "iris1 iris2", key: "10.20.30.2", want: "iris1 iris2" },
  { nodes: "iris1 iris2", key: "2001:db8::1", want: "iris2 iris1" },
  { nodes: "node1 node2 node3", key: "192.168.1.240", want: "node3 node1 node2" },
  { nodes: "node1 node2 node3", key: "192.168.1.241", want: "node1 node3 node2" },
  { nodes: "n1 n2 n3 n4 n5", key: "fd00::1", want: "n5 n4 n2 n3 n1" },
];

Deno.test("rankNodes() gives the order that MetalLB's speakers elect by", async (t) => {
  for (const { nodes, key, want } of rows) {
    await t.step(`${key} over ${nodes}`, () => {
      assert.equal(rankNodes(nodes.split(" "), key).join(" "), want);
      assert.equal(rankNodes(nodes.split(" ").reverse(), key).join(" "), want);
    });
  }
});

Deno.test("ranksBefore() says of two nodes what rankNodes() says", () => {
  const name = fc.nat(60).map((n) => `node-${n}`);
  fc.assert(fc.property(name, name, fc.ipV4(), (a, b, key) => {
    const isFirst = a !== b && rankNodes([a, b], key)[0] === a;
    assert.equal(ranksBefore(a, b, key), isFirst);
  }));
});
