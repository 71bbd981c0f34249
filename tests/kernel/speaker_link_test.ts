import assert from "node:assert/strict";
import { testWith } from "../needs.ts";
import { type NodeName, openSpeakerLan } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
/** The hub's ports: the client's is the first. */
const PORTS: Readonly<Record<NodeName, string>> = { n1: "port1", n2: "port2", n3: "port3" };

testWith(
  ["netns", "arping"],
  "a link with a carrier that forwards nothing yet is not taken for a silent one",
  async () => {
    await using lan = await openSpeakerLan();
    const nodes: readonly NodeName[] = ["n1", "n2", "n3"];
    await Promise.all(nodes.map((node) => lan.start(node)));
    await lan.assign("whoami", VIP);
    const settled = await lan.settled(VIP);
    const first = nodes.find((node) => node === settled);
    assert.ok(first);

    // The process lives on, and would be the first to claim again.
    await lan.lan.unplug(first);
    const second = await lan.settled(VIP);
    assert.notEqual(second, first);

    // As a switch does while spanning tree holds the port. By itself the port would answer the node's
    // questions for the API server, and solicit an address of its own: both end the doubt.
    const port = PORTS[first];
    const hub = (...args: readonly string[]) => lan.lan.hub.run(args);
    await hub("sh", "-c", `echo 1 > /proc/sys/net/ipv4/conf/${port}/arp_ignore`);
    await hub("sh", "-c", `echo 1 > /proc/sys/net/ipv6/conf/${port}/disable_ipv6`);
    await hub("ip", "link", "set", port, "nomaster");
    await lan.lan.plug(first);
    assert.deepEqual(await lan.answering(VIP), [second]);
    await hub("ip", "link", "set", port, "master", "br0");
    const { stdout } = await lan.client.run(["arping", "-I", "eth0", "-c", "5", "-b", VIP]);
    assert.match(stdout, /Received 5 response/);
    assert.deepEqual(await lan.answering(VIP), [second]);

    const claims = (await lan.log()).filter((line) => line.includes('"event":"claimed"'));
    assert.deepEqual(claims.map((line) => line.slice(0, 2)).toSorted(), [first, second].toSorted());
  },
);
