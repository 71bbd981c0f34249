import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { addressesOf, eventsSince, ipOn, written } from "./interface_stage.ts";
import { type NodeName, NODES, openSpeakerLan, type SpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";

testWith(
  ["netns", "arping"],
  "two interfaces on one segment are one owner, with several MACs",
  async () => {
    await using lan = await openSpeakerLan();
    for (const [i, node] of NODES.entries()) await addInterface(lan, node, `192.168.0.${21 + i}`);
    const since = Date.now();
    await startAll(lan);
    await lan.assign("whoami", VIP);
    const owner = await eventually("one node has claimed it", 10, () => claimantOf(lan, since));
    // The kernel answers for it on both interfaces (arp_ignore 0), and nobody takes that for a conflict.
    const answering = await lan.answering(VIP);
    assert.ok(answering.includes(owner), `${answering}`);
    assert.equal(answering.length, 2, `${answering}`);
    await written(lan, since, {
      node: owner,
      event: "hostFinding",
      fields: { check: "arp-flux", link: "eth1" },
    });
    const bound = await addressesOf(lan, owner, `addr show to ${VIP}`);
    assert.deepEqual(bound, [`${VIP}/32`]);

    // A power cut: both cables at once.
    const cutAt = Date.now();
    await lan.lan.hub.run([
      "sh",
      "-c",
      `ip link set ${portOf(owner)} down; ip link set ${portOf(owner)}b down`,
    ]);
    const second = await eventually(
      "another node has claimed it",
      10,
      () => claimantOf(lan, cutAt),
    );
    assert.notEqual(second, owner);
    const macs = await lan.answering(VIP);
    assert.ok(macs.includes(second) && macs.length === 2, `${macs}`);

    const events = await eventsSince(lan, since);
    assert.deepEqual(
      events.filter(({ event }) => event === "addressConflict"),
      [],
    );
    const claims = events.filter(({ event }) => event === "claimed");
    assert.deepEqual(claims.map(({ node }) => node), [owner, second]);
  },
);

/** The only node that wrote since the instant that it has claimed the address. */
async function claimantOf(lan: SpeakerLan, since: number): Promise<NodeName | undefined> {
  const claims = (await eventsSince(lan, since)).filter(({ event }) => event === "claimed");
  return NODES.find((node) => node === claims[0]?.node);
}

/** Gives the node a second interface on the LAN. */
async function addInterface(lan: SpeakerLan, node: NodeName, address: string): Promise<void> {
  const port = `${portOf(node)}b`;
  await ipOn(lan, node, `link add eth1 type veth peer name ${port} netns 1`);
  await lan.lan.hub.run(["ip", "link", "set", port, "master", "br0", "up"]);
  await ipOn(lan, node, `addr add ${address}/24 dev eth1`, "link set eth1 up");
}

/** The hub's end of the node's cable: the client's is the first. */
function portOf(node: NodeName): string {
  return `port${NODES.indexOf(node) + 1}`;
}
