/** Speakers that begin while the API is away, on real kernels. */
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { watch } from "./cluster_objects.ts";
import {
  nameOfMac,
  type NodeName,
  nodeName,
  NODES,
  ofNode,
  openSpeakerLan,
  type Speaker,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const VIP = "192.168.0.200";

testWith(
  ["netns", "arping"],
  "a speaker that begins while the API is away keeps what it has, and fails over",
  async (t) => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    await using watcher = await watch(lan, VIP);
    await lan.cutApi();

    await t.step("what it holds may be newer than the file, and stays", async () => {
      await restart(lan, speakers, nodeName(first), "SIGKILL");
      await recalls(lan, nodeName(first));
      assert.deepEqual(await lan.answering(VIP), [first]);
      assert.deepEqual(watcher.handovers, []);
    });

    await t.step("the others begin anew, the holder's plug is pulled: one claims", async () => {
      const others = NODES.filter((node) => node !== first);
      // An orderly stop writes what is not written yet.
      await Promise.all(others.map((node) => restart(lan, speakers, node, "SIGTERM")));
      for (const node of others) assert.equal(await recalls(lan, node), 1);
      assert.deepEqual(watcher.handovers, []);
      await lan.lan.unplug(first);
      const handover = await eventually(
        "a hand-over",
        10,
        () => Promise.resolve(watcher.handovers[0]),
      );
      assert.equal(nameOfMac(handover.from), first);
      assert.ok(others.includes(nodeName(nameOfMac(handover.to))), handover.to);
      const gapMs = handover.firstAt - handover.lastAt;
      assert.ok(gapMs < 2_000, `${gapMs} ms without an answer`);
    });

    await t.step("the API is back: what it says counts", async () => {
      lan.restoreApi();
      await lan.withdraw("whoami");
      await eventually(
        "silence",
        60,
        async () => (await lan.answering(VIP)).length === 0 || undefined,
      );
    });
  },
);

testWith(
  ["netns", "arping"],
  "after a partition speakers that began while the API was away know each other",
  async () => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    await lan.settled(VIP);
    await lan.cutApi();
    for (const node of NODES) await restart(lan, speakers, node, "SIGTERM");
    for (const node of NODES) assert.equal(await recalls(lan, node), 1);

    await isolate(lan, "on");
    await eventually("each to hold the address", 20, async () => {
      const held = await Promise.all(NODES.map((node) => holds(lan, node)));
      return held.every((isHeld) => isHeld) || undefined;
    });
    await isolate(lan, "off");
    // What each of them sends once a minute.
    const argv = ["arping", "-U", "-c", "1", "-I", "eth0", VIP];
    await Promise.all(NODES.map((node) => lan.lan.machine(node).run(argv)));
    const owner = await lan.settled(VIP);
    assert.ok(NODES.some((node) => node === owner), owner);
    const conflicts = (await lan.log()).filter((line) => line.includes("addressConflict"));
    assert.deepEqual(conflicts, [], "a fellow was taken for a stranger");
  },
);

async function restart(
  lan: SpeakerLan,
  speakers: Map<string, Speaker>,
  node: NodeName,
  signal: "SIGKILL" | "SIGTERM",
): Promise<void> {
  await ofNode(speakers, node).end(signal);
  speakers.set(node, await lan.start(node));
}

/** Waits until the speaker of a node goes by its memory. Returns how many addresses that has. */
async function recalls(lan: SpeakerLan, node: NodeName): Promise<number> {
  const [line = ""] = await eventually(`${node} to recall`, 20, async () => {
    const lines = await linesOf(lan, node, "recalled");
    return lines.length > 0 ? lines : undefined;
  });
  return Number(/"addresses":([0-9]+)/.exec(line)?.[1]);
}

async function linesOf(lan: SpeakerLan, node: NodeName, event: string): Promise<readonly string[]> {
  const lines = await lan.log();
  return lines.filter((line) => line.startsWith(node) && line.includes(`"event":"${event}"`));
}

async function holds(lan: SpeakerLan, node: NodeName): Promise<boolean> {
  const { stdout } = await lan.lan.machine(node).run(["ip", "addr", "show", "dev", "eth0"]);
  return stdout.includes(VIP);
}

/** Keeps the nodes from hearing each other; the client hears all of them. */
async function isolate(lan: SpeakerLan, how: "on" | "off"): Promise<void> {
  // Port 0 is the client's.
  for (const [i] of NODES.entries()) {
    const line = `ip link set dev port${i + 1} type bridge_slave isolated ${how}`;
    const { code, stderr } = await lan.lan.hub.run(line.split(" "));
    assert.equal(code, 0, stderr);
  }
}
