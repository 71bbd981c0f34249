// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { addressesOf, eventsSince, ipOn, sysctlOn, written } from "./interface_stage.ts";
import {
  nameOfMac,
  type NodeName,
  nodeName,
  openSpeakerLan,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const VIP = "fd00:5::200";
const OWN = { client: "fd00:5::99", n1: "fd00:5::11", n2: "fd00:5::12", n3: "fd00:5::13" } as const;

/** What is done to the interface of the node that holds the address, and what is to come of it. */
interface Life {
  readonly name: string;
  readonly change: (node: NodeName, lan: SpeakerLan) => Promise<void>;
  readonly want: "stays" | "moves";
  readonly undo: (node: NodeName, lan: SpeakerLan) => Promise<void>;
}

const LIVES: readonly Life[] = [
  {
    name: "our address deleted",
    change: (node, lan) => ipOn(lan, node, `addr del ${VIP}/128 dev eth0`),
    want: "stays",
    undo: () => Promise.resolve(),
  },
  {
    name: "the node's own address deleted and added at once",
    change: (node, lan) => ipOn(lan, node, `addr del ${OWN[node]}/64 dev eth0`, ownOf(node)),
    want: "stays",
    undo: () => Promise.resolve(),
  },
  {
    name: "IPv6 switched off, and on",
    change: (node, lan) => sysctlOn(lan, node, "net/ipv6/conf/eth0/disable_ipv6", 1),
    want: "moves",
    undo: async (node, lan) => {
      await sysctlOn(lan, node, "net/ipv6/conf/eth0/disable_ipv6", 0);
      await ipOn(lan, node, ownOf(node));
    },
  },
  {
    name: "the link-local address is found to be a duplicate",
    change: async (node, lan) => {
      const own = await linkLocalOf(lan, node);
      const { code, stderr } = await lan.client.run([
        "ip",
        "addr",
        "add",
        own,
        "dev",
        "eth0",
        "nodad",
      ]);
      assert.equal(code, 0, stderr);
      await sysctlOn(lan, node, "net/ipv6/conf/eth0/accept_dad", 1);
      await ipOn(lan, node, `addr del ${own} dev eth0`, `addr add ${own} dev eth0`);
    },
    want: "moves",
    undo: () => Promise.resolve(),
  },
];

testWith(["netns", "arping", "ndisc6"], "the interface lives: IPv6", async (t) => {
  await using lan = await openSpeakerLan(["fd00:5::200-fd00:5::2ff"]);
  for (const [name, address] of Object.entries(OWN)) {
    const argv = ["ip", "addr", "add", `${address}/64`, "dev", "eth0", "nodad"];
    const { code, stderr } = await lan.lan.machine(name).run(argv);
    assert.equal(code, 0, stderr);
  }
  await startAll(lan);
  await lan.assign("whoami", VIP);
  for (const life of LIVES) await t.step(life.name, () => live(life, lan));
});

async function live({ name, change, want, undo }: Life, lan: SpeakerLan): Promise<void> {
  const owner = await settled(lan);
  // The kernel answers as soon as the address is bound; the speaker says so a moment later.
  await written(lan, 0, { node: owner, event: "claimed" });
  const since = Date.now();
  await change(owner, lan);
  if (want === "moves") {
    const claim = await eventually(
      "another node claims it",
      20,
      async () =>
        (await eventsSince(lan, since)).find(({ event, node }) =>
          event === "claimed" && node !== owner
        ),
    );
    const release = await written(lan, since, { node: owner, event: "released" });
    console.log(`${name}: moves, claimed ${claim.at - release.at} ms after it was released`);
    assert.equal(await settled(lan), claim.node);
  } else {
    await eventually("the owner has it", 5, async () => {
      return (await addressesOf(lan, owner, `addr show to ${VIP}`)).length === 1 || undefined;
    });
    assert.equal(await settled(lan), owner);
    const moves = (await eventsSince(lan, since)).filter(({ event }) => event === "claimed");
    assert.deepEqual(moves, []);
    console.log(`${name}: stays`);
  }
  await undo(owner, lan);
}

function ownOf(node: NodeName): string {
  return `addr add ${OWN[node]}/64 dev eth0 nodad`;
}

async function linkLocalOf(lan: SpeakerLan, node: NodeName): Promise<string> {
  const [found] = await addressesOf(lan, node, "-6 addr show dev eth0 scope link");
  assert.ok(found);
  return found;
}

/** Waits until exactly one station answers the client's solicitations, and names it. */
function settled(lan: SpeakerLan): Promise<NodeName> {
  const argv = ["ndisc6", "-m", "-q", "-n", "-r", "1", "-w", "500", VIP, "eth0"];
  return eventually(`exactly one station answers for ${VIP}`, 10, async () => {
    const { stdout } = await lan.client.run(argv);
    const [mac, ...others] = new Set(stdout.match(/[0-9A-Fa-f:]{17}/g));
    return mac && others.length === 0 ? nodeName(nameOfMac(mac.toLowerCase())) : undefined;
  });
}
