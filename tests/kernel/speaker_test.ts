import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { nodeName, NODES, ofNode, openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";

testWith(
  ["netns", "arping"],
  "one of three speakers answers, and fails over by itself",
  async (t) => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);

    await t.step("the Service is told which node announces it", async () => {
      const want = `nodeAssigned: announcing from node "${first}"`;
      const events = await eventually("an Event", 5, async () => {
        const found = await lan.events();
        return found.length > 0 ? found : undefined;
      });
      assert.deepEqual(events, [want]);
    });

    await t.step("kill -9 and a start within the lifetime: no answer is missing", async () => {
      const asking = lan.client.run(["arping", "-I", "eth0", "-c", "8", "-b", VIP]);
      await ofNode(speakers, first).end("SIGKILL");
      speakers.set(first, await lan.start(nodeName(first)));
      const { stdout } = await asking;
      assert.match(stdout, /Sent 8 probes.*\nReceived 8 response/, stdout);
      assert.deepEqual(await lan.answering(VIP), [first]);
      assert.equal((await lan.events()).length, 1);
    });

    await t.step("a power cut: another answers", async () => {
      await lan.lan.unplug(first);
      await ofNode(speakers, first).end("SIGKILL");
      const second = await lan.settled(VIP);
      assert.notEqual(second, first);
      assert.ok(NODES.some((node) => node === second));

      await lan.lan.reset(first);
      await lan.lan.plug(first);
      speakers.set(first, await lan.start(nodeName(first)));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      assert.deepEqual(await lan.answering(VIP), [second], "the node that returned took it back");
    });

    await t.step("a Service that is deleted: nobody answers", async () => {
      await lan.withdraw("whoami");
      await eventually(
        "silence",
        5,
        async () => (await lan.answering(VIP)).length === 0 || undefined,
      );
    });
  },
);

testWith(["netns", "arping"], "an address that another machine has is not overruled", async () => {
  await using lan = await openSpeakerLan();
  await lan.lan.hub.run(["ip", "addr", "add", `${VIP}/32`, "dev", "br0"]);
  await startAll(lan);
  await lan.assign("whoami", VIP);
  const events = await eventually("an Event", 5, async () => {
    const found = await lan.events();
    return found.length > 0 ? found : undefined;
  });
  assert.match(events.join(), /AddressConflict: address 192\.168\.0\.200 is used by [0-9a-f:]{17}/);
  const [stranger = "", ...others] = await lan.answering(VIP);
  assert.deepEqual(others, []);
  assert.ok(!NODES.some((node) => node === stranger), `${stranger} took it`);

  await lan.lan.hub.run(["ip", "addr", "del", `${VIP}/32`, "dev", "br0"]);
  const owner = await eventually("a node to claim it once it is free", 40, async () => {
    const [one] = await lan.answering(VIP);
    return NODES.find((node) => node === one);
  });
  assert.equal(await lan.settled(VIP), owner);
});

testWith(["netns", "arping"], "a speaker that is stopped for good hands over", async () => {
  await using lan = await openSpeakerLan();
  const speakers = await startAll(lan, ["--release-on-exit"]);
  await lan.assign("whoami", VIP);
  const first = await lan.settled(VIP);
  const asking = lan.client.run(["arping", "-I", "eth0", "-c", "6", "-b", VIP]);
  await ofNode(speakers, first).end("SIGTERM");
  const { stdout } = await lan.lan.machine(first).run(["ip", "addr", "show", "dev", "eth0"]);
  assert.ok(!stdout.includes(VIP), stdout);
  assert.notEqual(await lan.settled(VIP), first);
  // An announcement counts as a response too.
  assert.match((await asking).stdout, /Received [6-9] response/);
});

testWith(["netns", "arping"], "the node's own address stays the first in the list", async () => {
  await using lan = await openSpeakerLan();
  await lan.start("n1");
  await lan.assign("whoami", VIP);
  assert.equal(await lan.settled(VIP), "n1");
  const machine = lan.lan.machine("n1");
  const listed = async (): Promise<readonly string[]> => {
    const { stdout } = await machine.run(["ip", "-4", "-o", "addr", "show", "dev", "eth0"]);
    return stdout.matchAll(/inet ([0-9.]+)/g).map(([, address = ""]) => address).toArray();
  };
  assert.deepEqual(await listed(), ["192.168.0.11", VIP]);

  const line = ["addr", "add", "192.168.0.11/24", "dev", "eth0"];
  await machine.run(["ip", "addr", "del", "192.168.0.11/24", "dev", "eth0"]);
  await machine.run(["ip", ...line]);
  await eventually("ours behind the node's own", 5, async () => {
    const [first, second] = await listed();
    return (first === "192.168.0.11" && second === VIP) || undefined;
  });

  await machine.run(["ip", "addr", "del", `${VIP}/32`, "dev", "eth0"]);
  await eventually("ours back after somebody took it away", 5, async () => {
    return (await listed()).includes(VIP) || undefined;
  });
  assert.deepEqual(await lan.answering(VIP), ["n1"]);
});

testWith(
  ["netns", "arping"],
  "without the API addresses stay, fail over, and outlive a start",
  async () => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    await lan.cutApi();

    await lan.lan.unplug(first);
    await ofNode(speakers, first).end("SIGKILL");
    const second = await lan.settled(VIP);
    assert.notEqual(second, first);

    await ofNode(speakers, second).end("SIGKILL");
    await lan.start(nodeName(second));
    // Longer than the lifetime of an address that nobody renews.
    const { stdout } = await lan.client.run(["arping", "-I", "eth0", "-c", "34", "-b", VIP]);
    assert.match(stdout, /Received 3[4-9] response/);
    assert.deepEqual(await lan.answering(VIP), [second]);
  },
);
