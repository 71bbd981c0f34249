/** Other stations that use an address which a speaker holds, on real kernels. */
import assert from "node:assert/strict";
import type { Machine } from "../../demo/lan/lan.ts";
import { finish, PIPED } from "../../demo/program.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import {
  nodeName,
  NODES,
  ofNode,
  openSpeakerLan,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const VIP = "192.168.0.200";

testWith(
  ["netns", "arping"],
  "a stranger that takes a held address gets it, and loses it to us when it leaves",
  async (t) => {
    await using lan = await openSpeakerLan();
    await startAll(lan);
    await lan.assign("whoami", VIP);
    const owner = await lan.settled(VIP);
    const { hub } = lan.lan;

    await t.step(
      "it takes the address without asking: the holder defends once, and gives way",
      async () => {
        await hub.run(["ip", "addr", "add", `${VIP}/32`, "dev", "br0"]);
        await hub.run(["arping", "-U", "-c", "1", "-I", "br0", VIP]);
        const stranger = await eventually("the stranger alone to answer", 10, async () => {
          const [one, ...others] = await lan.answering(VIP);
          return others.length === 0 && one !== owner ? one : undefined;
        });
        assert.ok(!NODES.some((node) => node === stranger), stranger);
        const { stdout } = await lan.lan.machine(owner).run(["ip", "addr", "show", "dev", "eth0"]);
        assert.ok(!stdout.includes(VIP), stdout);
        const outcomes = await lan.log();
        for (const outcome of ["defended", "released"]) {
          const line = outcomes.filter((each) =>
            each.startsWith(owner) && each.includes("addressConflict") && each.includes(outcome)
          );
          assert.equal(line.length, 1, `${outcome}: ${line.join("\n")}`);
        }
      },
    );

    await t.step("it leaves: a node answers again within 15 s", async () => {
      await hub.run(["ip", "addr", "del", `${VIP}/32`, "dev", "br0"]);
      await eventually("a node to claim it", 15, async () => {
        const [one] = await lan.answering(VIP);
        return NODES.find((node) => node === one);
      });
      await eventually("the end of the conflict to be told", 5, async () => {
        const events = await lan.events();
        return events.some((event) => event.startsWith("AddressConflictOver")) || undefined;
      });
    });
  },
);

testWith(
  ["netns", "arping"],
  "nodes that answer on two interfaces of the segment are one holder each",
  async (t) => {
    await using lan = await openSpeakerLan();
    for (const node of NODES) await addInterface(lan, node);
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const owner = await eventually("both interfaces of one node to answer", 10, async () => {
      const macs = await lan.answering(VIP);
      const first = NODES.find((node) => macs.includes(node));
      return first !== undefined && macs.includes(secondMac(first)) ? first : undefined;
    });

    await t.step("nothing moves, and nobody is suspected", async () => {
      const argv = ["arping", "-I", "eth0", "-c", "6", "-b", VIP];
      const { stdout } = await lan.client.run(argv);
      assert.match(stdout, /Received 1[2-9] response/);
      assert.deepEqual(await lan.answering(VIP), [secondMac(owner), owner].toSorted());
      const events = await lan.events();
      assert.deepEqual(events, [`nodeAssigned: announcing from node "${owner}"`]);
      const log = (await lan.log()).filter((line) =>
        /released|holderSilent|addressConflict/.test(line)
      );
      assert.deepEqual(log, []);
    });

    await t.step("a power cut: another node answers, on both of its interfaces", async () => {
      await lan.lan.unplug(owner);
      await lan.lan.hub.run(["ip", "link", "set", `second-${owner}`, "down"]);
      await ofNode(speakers, nodeName(owner)).end("SIGKILL");
      const next = await eventually("another node", 10, async () => {
        const macs = await lan.answering(VIP);
        return NODES.find((node) => node !== owner && macs.includes(node));
      });
      assert.deepEqual(await lan.answering(VIP), [secondMac(next), next].toSorted());
    });
  },
);

/** Joins a second interface, without an address, to the same bridge. */
async function addInterface({ lan }: SpeakerLan, node: string): Promise<void> {
  const machine = lan.machine(node);
  const port = `second-${node}`;
  const peer = ["peer", "name", "eth1", "address", secondMac(node), "netns", `${machine.pid}`];
  await ip(lan.hub, ["link", "add", port, "type", "veth", ...peer]);
  await ip(lan.hub, ["link", "set", port, "master", "br0", "up"]);
  await ip(machine, ["link", "set", "eth1", "up"]);
}

/** `ip` in a machine's network, with processes numbered as they are here. */
async function ip({ pid }: Machine, words: readonly string[]): Promise<void> {
  const args = ["--target", `${pid}`, "--net", "ip", ...words];
  const { code, stderr } = await finish(new Deno.Command("nsenter", { args, ...PIPED }));
  assert.equal(code, 0, stderr);
}

function secondMac(node: string): string {
  return `02:01:00:00:00:0${node.slice(1)}`;
}
