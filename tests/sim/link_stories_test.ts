import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import { Speech } from "./speech.ts";
import { Stage } from "./stage.ts";
import { virtualMac } from "./virtual_mac.ts";

const NODES = ["n1", "n2", "n3"];
const VIP = "10.0.1.200";
const [FIRST = "", SECOND = ""] = rankNodes(NODES, VIP);

function settled(nodes: readonly string[] = NODES): Stage {
  const stage = new Stage({ nodes, addresses: [VIP] });
  stage.run(8_000);
  return stage;
}

interface Row {
  readonly name: string;
  /** What the first in rank, which held the address, goes through. */
  readonly fault: (stage: Stage) => void;
}

const rows: readonly Row[] = [
  ...[0, 20, 60, 140, 400, 950].map((silentMs): Row => ({
    name: `a machine boots, and the link forwards nothing for ${silentMs} ms`,
    fault: (stage) => {
      stage.apply({ kind: "crash", node: FIRST });
      stage.run(2_000);
      stage.apply({ kind: "boot", node: FIRST, silentMs });
    },
  })),
  ...[0, 20, 140, 400, 3_000, 30_000].map((silentMs): Row => ({
    name: `the cable is put back, and the switch forwards nothing for ${silentMs} ms`,
    fault: (stage) => {
      stage.apply({ kind: "unplug", node: FIRST, domain: 0 });
      stage.run(2_000);
      stage.apply({ kind: "plug", node: FIRST, domain: 0, silentMs });
    },
  })),
];

Deno.test("frames lost after a link came up are not taken for silence", async (t) => {
  for (const { name, fault } of rows) {
    await t.step(name, () => {
      const stage = settled();
      fault(stage);
      stage.run(60_000, () => assert.deepEqual(stage.answering(VIP), [SECOND]));
    });
  }
});

Deno.test("a node that is alone claims all the same, after a second", () => {
  const stage = new Stage({ nodes: ["n1"], addresses: [VIP] });
  stage.run(1_145);
  assert.deepEqual(stage.answering(VIP), []);
  stage.run(15);
  assert.deepEqual(stage.answering(VIP), ["n1"]);
});

Deno.test("a process that begins behind a port that forwards nothing claims, and one lets go", () => {
  const stage = settled();
  stage.apply({ kind: "unplug", node: FIRST, domain: 0 });
  stage.run(2_000);
  stage.apply({ kind: "plug", node: FIRST, domain: 0, silentMs: 20_000 });
  stage.run(10_000);
  stage.apply({ kind: "restart", node: FIRST });
  stage.run(10_100);
  assert.deepEqual(stage.answering(VIP).toSorted(), [FIRST, SECOND].toSorted());
  stage.run(61_000);
  assert.deepEqual(stage.answering(VIP), [FIRST]);
});

Deno.test("whoever asks for the address ends the doubt about a link that came up", () => {
  const stage = settled(["n1"]);
  stage.apply({ kind: "unplug", node: "n1", domain: 0 });
  stage.run(100);
  stage.apply({ kind: "plug", node: "n1", domain: 0, silentMs: 0 });
  stage.run(10_000, () => assert.deepEqual(stage.answering(VIP), []));
  const address = parseIp(VIP);
  const client = stage.world.wire.portsIn(0).find(({ owner }) => owner !== "n1");
  assert.ok(address && client);
  const at = { key: VIP, address, linkIndex: 0 };
  for (const packet of new Speech().ask({ mac: virtualMac(0xee) }, at, undefined)) {
    stage.world.wire.send(client, { packet, key: VIP, kind: "question" });
  }
  stage.run(10_000);
  assert.deepEqual(stage.answering(VIP), ["n1"]);
});

Deno.test("after all links came up at once every address has an owner again", () => {
  const stage = settled();
  stage.apply(...NODES.map((node) => ({ kind: "unplug", node, domain: 0 }) as const));
  stage.run(5_000);
  assert.deepEqual(stage.answering(VIP), []);
  stage.apply(...NODES.map((node) => ({ kind: "plug", node, domain: 0, silentMs: 0 }) as const));
  stage.run(35_000, () => assert.ok(stage.answering(VIP).length <= 1));
  assert.deepEqual(stage.answering(VIP), [FIRST]);
});
