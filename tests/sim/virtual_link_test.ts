import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import { arpProbe } from "../../speaker/arp.ts";
import { rankNodes } from "../../speaker/rank.ts";
import { VirtualLan } from "./virtual_lan.ts";
import { virtualMac } from "./virtual_mac.ts";

const NODES = ["n1", "n2", "n3"];
const VIP = "192.168.0.200";
const [FIRST = "", SECOND = ""] = rankNodes(NODES, VIP);

function settled(nodes: readonly string[] = NODES): VirtualLan {
  const lan = new VirtualLan(nodes);
  lan.boot();
  lan.assign([VIP]);
  lan.run(2_000);
  return lan;
}

interface Row {
  readonly name: string;
  /** What the first in rank, which held the address, goes through. */
  readonly fault: (lan: VirtualLan) => void;
}

const rows: readonly Row[] = [
  ...[0, 20, 60, 140, 400, 950].map((ms): Row => ({
    name: `a process begins, and the link forwards nothing for ${ms} ms`,
    fault: (lan) => {
      lan.crash(FIRST);
      lan.run(2_000);
      lan.start(FIRST, ms);
    },
  })),
  ...[0, 20, 140, 400, 3_000, 30_000].map((ms): Row => ({
    name: `the cable is put back, and the switch forwards nothing for ${ms} ms`,
    fault: (lan) => {
      lan.unplug(FIRST);
      lan.run(2_000);
      lan.replug(FIRST, ms);
    },
  })),
];

Deno.test("frames lost after a link came up are not taken for silence", async (t) => {
  for (const { name, fault } of rows) {
    await t.step(name, () => {
      const lan = settled();
      fault(lan);
      lan.run(60_000, () => assert.deepEqual(lan.answering(VIP), [SECOND]));
    });
  }
});

Deno.test("a node that is alone claims all the same, after a second", () => {
  const lan = new VirtualLan(["n1"]);
  lan.assign([VIP]);
  lan.start("n1");
  lan.run(1_145);
  assert.deepEqual(lan.answering(VIP), []);
  lan.run(10);
  assert.deepEqual(lan.answering(VIP), ["n1"]);
});

Deno.test("whoever asks for the address ends the doubt about a link that came up", () => {
  const lan = settled(["n1"]);
  lan.unplug("n1");
  lan.run(100);
  lan.replug("n1", 0);
  lan.run(10_000, () => assert.deepEqual(lan.answering(VIP), []));
  const address = parseIp(VIP);
  assert.ok(address);
  lan.inject(arpProbe(virtualMac(0xee), parseIp("192.168.0.1") ?? address));
  lan.run(160);
  assert.deepEqual(lan.answering(VIP), ["n1"]);
});

Deno.test("after all links came up at once every address has an owner again", () => {
  const lan = settled();
  for (const node of NODES) lan.unplug(node);
  lan.run(5_000);
  assert.deepEqual(lan.answering(VIP), []);
  for (const node of NODES) lan.replug(node, 0);
  lan.run(35_000, () => assert.ok(lan.answering(VIP).length <= 1));
  assert.deepEqual(lan.answering(VIP), [FIRST]);
});
