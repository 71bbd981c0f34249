import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { cordon, patch, saysAtStop, watch } from "./cluster_objects.ts";
import { nameOfMac, nodeName, NODES, ofNode, openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";

testWith(
  ["netns", "arping"],
  "SIGTERM keeps the addresses, and hands them over where the node is cordoned",
  async (t) => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    await using watcher = await watch(lan, VIP);

    await t.step("a plain restart: nothing moves", async () => {
      await ofNode(speakers, first).end("SIGTERM");
      const { stdout } = await lan.lan.machine(first).run(["ip", "addr", "show", "dev", "eth0"]);
      assert.match(stdout, new RegExp(VIP));
      speakers.set(first, await lan.start(nodeName(first)));
      assert.deepEqual(watcher.handovers, []);
      assert.deepEqual(await lan.answering(VIP), [first]);
    });

    await t.step("a cordon alone changes nothing", async () => {
      await cordon(lan, first);
      await saysAtStop(lan, first, "hand-over");
      assert.deepEqual(await lan.answering(VIP), [first]);
    });

    await t.step("a stop of the cordoned node: another answers, once", async () => {
      await ofNode(speakers, first).end("SIGTERM");
      const { stdout } = await lan.lan.machine(first).run(["ip", "addr", "show", "dev", "eth0"]);
      assert.ok(!stdout.includes(VIP), stdout);
      const handover = await eventually(
        "a hand-over",
        10,
        () => Promise.resolve(watcher.handovers[0]),
      );
      assert.equal(nameOfMac(handover.from), first);
      assert.notEqual(nameOfMac(handover.to), first);
      const gapMs = handover.firstAt - handover.lastAt;
      assert.ok(gapMs < 2_000, `${gapMs} ms without an answer`);
      assert.deepEqual(await lan.answering(VIP), [nameOfMac(handover.to)]);
      assert.equal(watcher.handovers.length, 1);
    });
  },
);

testWith(["netns", "arping"], "with --on-cordon release a cordoned node hands over", async (t) => {
  await using lan = await openSpeakerLan();
  await startAll(lan, ["--on-cordon", "release"]);
  await lan.assign("whoami", VIP);
  const first = await lan.settled(VIP);
  await using watcher = await watch(lan, VIP);

  await t.step("another answers", async () => {
    await cordon(lan, first);
    const handover = await eventually(
      "a hand-over",
      10,
      () => Promise.resolve(watcher.handovers[0]),
    );
    assert.equal(nameOfMac(handover.from), first);
    const gapMs = handover.firstAt - handover.lastAt;
    assert.ok(gapMs < 2_000, `${gapMs} ms without an answer`);
  });

  await t.step("and does not give it back", async () => {
    const second = await lan.settled(VIP);
    await patch(lan, `/api/v1/nodes/${first}`, { spec: { unschedulable: null } });
    await saysAtStop(lan, first, "keep");
    assert.deepEqual(await lan.answering(VIP), [second]);
    assert.equal(watcher.handovers.length, 1);
  });

  await t.step("the last one keeps it", async () => {
    for (const node of NODES) await cordon(lan, node);
    for (const node of NODES) await saysAtStop(lan, node, "hand-over", node === first ? 2 : 1);
    const last = await lan.settled(VIP);
    assert.deepEqual(await lan.answering(VIP), [last]);
  });
});
