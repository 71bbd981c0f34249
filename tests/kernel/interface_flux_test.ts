import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { addressesOf, eventsSince, ipOn, written } from "./interface_stage.ts";
import { type NodeName, NODES, openSpeakerLan, type SpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";

interface Row {
  readonly name: string;
  /** What MetalLB's file of excluded interfaces says. */
  readonly excluded: string;
  /** Of the owner, for the interface that it does not announce on. */
  readonly finding: boolean;
}

const rows: readonly Row[] = [
  { name: "both may announce", excluded: "[]", finding: true },
  { name: "one is excluded", excluded: "[^eth1$]", finding: false },
];

for (const row of rows) {
  testWith(
    ["netns", "arping"],
    `two interfaces on one segment are one owner, with several MACs: ${row.name}`,
    async () => {
      await using lan = await openSpeakerLan();
      for (const [i, node] of NODES.entries()) await addInterface(lan, node, `192.168.0.${21 + i}`);
      const file = await Deno.makeTempFile({ suffix: ".yaml" });
      await using _ = { [Symbol.asyncDispose]: () => Deno.remove(file) };
      await Deno.writeTextFile(file, `announcedInterfacesToExclude: ${row.excluded}\n`);
      const since = Date.now();
      await startAll(lan, ["--exclude-interfaces", file]);
      await lan.assign("whoami", VIP);
      const owner = await eventually("one node has claimed it", 10, () => claimantOf(lan, since));
      await answeredByTwo(lan, owner);
      const fields = { check: "arp-flux", link: "eth1" };
      if (row.finding) await written(lan, since, { node: owner, event: "hostFinding", fields });
      const bound = await addressesOf(lan, owner, `addr show to ${VIP}`);
      assert.deepEqual(bound, [`${VIP}/32`]);

      // A power cut: both cables at once.
      const cutAt = Date.now();
      const cables = [portOf(owner), `${portOf(owner)}b`].map((port) => `ip link set ${port} down`);
      await lan.lan.hub.run(["sh", "-c", cables.join("; ")]);
      const second = await eventually(
        "another node has claimed it",
        10,
        () => claimantOf(lan, cutAt),
      );
      assert.notEqual(second, owner);
      await answeredByTwo(lan, second);

      const events = await eventsSince(lan, since);
      assert.deepEqual(events.filter(({ event }) => event === "addressConflict"), []);
      const claims = events.filter(({ event }) => event === "claimed");
      assert.deepEqual(claims.map(({ node }) => node), [owner, second]);
    },
  );
}

/** The kernel answers for it on both interfaces (arp_ignore 0). */
async function answeredByTwo(lan: SpeakerLan, owner: NodeName): Promise<void> {
  const macs = await lan.answering(VIP);
  assert.ok(macs.includes(owner) && macs.length === 2, `${macs}`);
}

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
