import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ask, openDualLan, OWN, settled as settledOn } from "./dual_lan.ts";
import {
  type NodeName,
  nodeName,
  NODES,
  ofNode,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const VIP4 = "192.168.0.200";
const VIP = "fd00:5::200";
testWith(["netns", "ndisc6"], "one of three speakers answers for an IPv6 address", async (t) => {
  await using lan = await openDualLan();
  const speakers = await startAll(lan);
  await lan.assign("whoami", VIP);
  const first = await settled(lan);

  await t.step(
    "the kernel has it as agreed: /128, deprecated, expiring, no duplicate check",
    async () => {
      const { stdout } = await lan.lan.machine(first)
        .run(["ip", "-6", "-o", "addr", "show", "dev", "eth0", "to", VIP]);
      assert.match(
        stdout,
        /fd00:5::200\/128 metric \d+ scope global nodad deprecated dynamic noprefixroute/,
      );
    },
  );

  await t.step("kill -9 and a start within the lifetime: no answer is missing", async () => {
    const asking = ask(lan, VIP, 8);
    await ofNode(speakers, first).end("SIGKILL");
    speakers.set(first, await lan.start(nodeName(first)));
    assert.deepEqual(await asking, new Array(8).fill(first));
    assert.equal((await lan.events()).length, 1);
  });

  await t.step("a power cut: another answers, and keeps it", async () => {
    await lan.lan.unplug(first);
    await ofNode(speakers, first).end("SIGKILL");
    const second = await settled(lan);
    assert.notEqual(second, first);
    assert.ok(NODES.some((node) => node === second));
  });

  await t.step("a Service that is deleted: nobody answers", async () => {
    await lan.withdraw("whoami");
    await eventually("silence", 5, async () => (await ask(lan, VIP, 1)).length === 0 || undefined);
  });
});

testWith(
  ["netns", "ndisc6"],
  "an IPv6 address that another machine has is not overruled",
  async () => {
    await using lan = await openDualLan();
    const own = ["ip", "-6", "addr", "add", `${VIP}/128`, "dev", "br0", "nodad"];
    await lan.lan.hub.run(own);
    await startAll(lan);
    await lan.assign("whoami", VIP);
    const events = await eventually("an Event", 5, async () => {
      const found = await lan.events();
      return found.length > 0 ? found : undefined;
    });
    assert.match(events.join(), /AddressConflict: address fd00:5::200 is used by [0-9a-f:]{17}/);
    const answers = await ask(lan, VIP, 2);
    assert.ok(!NODES.some((node) => answers.includes(node)), `${answers}`);
    await lan.lan.hub.run(own.with(3, "del").slice(0, -1));
    await eventually("a node to claim it once it is free", 40, async () => {
      const [one] = await ask(lan, VIP, 1);
      return NODES.find((node) => node === one);
    });
  },
);

testWith(["netns", "ndisc6"], "a stranger that takes a held IPv6 address gets it", async () => {
  await using lan = await openDualLan();
  const { hub } = lan.lan;
  await hub.run(["ip", "-6", "addr", "add", "fd00:5::1/64", "dev", "br0", "nodad"]);
  await startAll(lan);
  await lan.assign("whoami", VIP);
  const owner = await settled(lan);
  await hub.run(["ip", "-6", "addr", "add", `${VIP}/128`, "dev", "br0", "nodad"]);
  // It is heard when it asks for somebody else, and when it is asked itself.
  await hub.run(["ndisc6", "-q", "-r", "1", "-w", "100", "-s", VIP, OWN.client, "br0"]);
  await eventually("the stranger alone to answer", 10, async () => {
    const answers = new Set(await ask(lan, VIP, 2));
    return answers.size === 1 && !NODES.some((node) => answers.has(node)) || undefined;
  });
  const told = (await lan.log()).filter((line) =>
    line.startsWith(owner) && line.includes("addressConflict")
  );
  assert.ok(told.some((line) => line.includes("defended")), told.join("\n"));
  assert.ok(told.some((line) => line.includes("released")), told.join("\n"));
  await hub.run(["ip", "-6", "addr", "del", `${VIP}/128`, "dev", "br0"]);
  await eventually("a node to claim it once it is free", 15, async () => {
    const [one] = await ask(lan, VIP, 1);
    return NODES.find((node) => node === one);
  });
});

testWith(["netns", "ndisc6"], "a speaker that is stopped for good hands IPv6 over", async () => {
  await using lan = await openDualLan();
  const speakers = await startAll(lan, ["--release-on-exit"]);
  await lan.assign("whoami", VIP);
  const first = await settled(lan);
  const asking = ask(lan, VIP, 6);
  await ofNode(speakers, first).end("SIGTERM");
  const second = await settled(lan);
  assert.notEqual(second, first);
  // An announcement counts as an answer too.
  assert.ok((await asking).length >= 6);
});

testWith(
  ["netns", "arping", "ndisc6"],
  "a dual-stack Service is reached over both families",
  async () => {
    const servers: Promise<unknown>[] = [];
    // The LAN goes first, and ends them.
    await using _ended = { [Symbol.asyncDispose]: () => Promise.all(servers).then(() => {}) };
    await using lan = await openDualLan();
    await startAll(lan);
    servers.push(...NODES.map((node) => serve(lan, node).status));
    await lan.assign("whoami", VIP4, VIP);
    const owners = [await lan.settled(VIP4), await settled(lan)];
    for (const [i, host] of [VIP4, `[${VIP}]`].entries()) {
      const { stdout } = await lan.client.run(["curl", "-gsS", "-m2", `http://${host}:8080/`]);
      assert.equal(stdout, owners[i]);
    }
    const events = await eventually("Events", 5, async () => {
      const found = await lan.events();
      return new Set(owners).size === new Set(found).size ? found : undefined;
    });
    const want = [...new Set(owners)].map((node) => `nodeAssigned: announcing from node "${node}"`);
    assert.deepEqual(events.toSorted(), want.toSorted());
  },
);

testWith(["netns", "ndisc6"], "a node whose interface has no IPv6 is left out", async () => {
  await using lan = await openDualLan();
  for (const node of ["n1", "n2"]) {
    const line = "echo 1 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6";
    await lan.lan.machine(node).run(["sh", "-c", line]);
  }
  await startAll(lan, ["--log-level", "debug"]);
  await lan.assign("a", VIP);
  await lan.assign("b", "fd00:5::201");
  assert.equal(await settled(lan), "n3");
  assert.equal(await settled(lan, "fd00:5::201"), "n3");
  const log = (await lan.log()).filter((line) => line.includes("notEligible"));
  assert.ok(log.some((line) => line.startsWith("n1") && line.includes("no-ipv6")), log.join("\n"));
});

/** A server on every address of the node, which says where it runs. */
function serve(lan: SpeakerLan, node: NodeName): Deno.ChildProcess {
  const program = `Deno.serve({ hostname: "::", port: 8080 }, () => new Response("${node}"))`;
  return lan.lan.machine(node)
    .command([Deno.execPath(), "eval", program], { stdin: "null", stdout: "null", stderr: "null" })
    .spawn();
}

function settled(lan: SpeakerLan, address = VIP): Promise<string> {
  return settledOn(lan, address);
}
