// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { macOf } from "../../demo/lan/lan.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import {
  addressesOf,
  eventsSince,
  ipOn,
  openFilesOf,
  type Witness,
  witnessOf,
  written,
} from "./interface_stage.ts";
import {
  type NodeName,
  nodeName,
  NODES,
  openSpeakerLan,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const OWN: Readonly<Record<NodeName, string>> = {
  n1: "192.168.0.11",
  n2: "192.168.0.12",
  n3: "192.168.0.13",
};

/** What is done to the interface of the node that holds the address, and what is to come of it. */
interface Life {
  readonly name: string;
  /** Lines of `ip -batch`, done at once; or something else. */
  readonly change: (node: NodeName, lan: SpeakerLan) => Promise<void>;
  readonly want: "stays" | "moves";
  /** The log event that the owner answers with, and what it comes after. */
  readonly reaction?: readonly [after: string, event: string];
  /** Answers that may be missing where it stays. @default any number */
  readonly missing?: number;
  /** What has to hold afterwards, before it is undone. */
  readonly check?: (node: NodeName, lan: SpeakerLan) => Promise<void>;
  readonly undo?: (node: NodeName, lan: SpeakerLan) => Promise<void>;
}

const ROUTE = "route replace default via 192.168.0.1";

const LIVES: readonly Life[] = [
  {
    name: "link down, and up again",
    change: (node, lan) => ipOn(lan, node, "link set eth0 down"),
    want: "moves",
    reaction: ["linkChanged", "released"],
    undo: (node, lan) => ipOn(lan, node, "link set eth0 up", ROUTE),
  },
  {
    name: "carrier lost, and back",
    change: (node, lan) => lan.lan.unplug(node),
    want: "moves",
    reaction: ["linkChanged", "released"],
    undo: (node, lan) => lan.lan.plug(node),
  },
  {
    name: "renamed",
    change: (node, lan) => ipOn(lan, node, "link set eth0 name lan0"),
    want: "stays",
    missing: 0,
    check: async (node, lan) => {
      const { stdout } = await lan.lan.machine(node).run(["ip", "-o", "addr", "show", "to", VIP]);
      assert.match(stdout, /lan0:lanlord/);
    },
    undo: (node, lan) => ipOn(lan, node, "link set lan0 name eth0"),
  },
  {
    name: "another MTU",
    change: (node, lan) => ipOn(lan, node, "link set eth0 mtu 1400"),
    want: "stays",
    missing: 0,
    undo: (node, lan) => ipOn(lan, node, "link set eth0 mtu 1500"),
  },
  {
    name: "our address deleted",
    change: (node, lan) => ipOn(lan, node, `addr del ${VIP}/32 dev eth0`),
    want: "stays",
  },
  {
    name: "the node's own address deleted and added at once",
    change: (node, lan) => ipOn(lan, node, ...readded(node)),
    want: "stays",
    missing: 0,
    check: ownStandsFirst,
  },
  {
    name: "flushed, and the node's own added again, as a network manager that restarts does",
    change: (node, lan) => ipOn(lan, node, "addr flush dev eth0", ...added(node)),
    want: "stays",
    check: ownStandsFirst,
  },
  {
    name: "the node's own address deleted",
    change: (node, lan) => ipOn(lan, node, `addr del ${OWN[node]}/24 dev eth0`),
    want: "moves",
    undo: (node, lan) => ipOn(lan, node, ...added(node)),
  },
  {
    name: "flushed, and left so",
    change: (node, lan) => ipOn(lan, node, "addr flush dev eth0"),
    want: "moves",
    undo: (node, lan) => ipOn(lan, node, ...added(node)),
  },
  {
    name: "made the port of a bridge, and taken out",
    change: (node, lan) => ipOn(lan, node, "link add br9 type bridge", "link set eth0 master br9"),
    want: "moves",
    reaction: ["linkChanged", "released"],
    undo: (node, lan) => ipOn(lan, node, "link del br9"),
  },
  {
    name: "deleted, and made anew with another index",
    change: (node, lan) => ipOn(lan, node, "link del eth0"),
    want: "moves",
    undo: async (node, lan) => {
      const port = portOf(node);
      const made = `link add eth0 address ${macOf(OWN[node])} type veth peer name ${port} netns 1`;
      await ipOn(lan, node, made);
      await lan.lan.hub.run(["ip", "link", "set", port, "master", "br0", "up"]);
      await ipOn(lan, node, "link set eth0 up", ...added(node));
    },
  },
];

testWith(["netns", "arping"], "the interface lives: link, name, addresses, bridge", async (t) => {
  await using lan = await openSpeakerLan();
  await startAll(lan);
  await lan.assign("whoami", VIP);
  await using witness = witnessOf(lan, VIP);
  await witness.owner();
  const before = await Promise.all(NODES.map(openFilesOf));
  for (const life of LIVES) await t.step(life.name, () => live(life, lan, witness));
  await t.step("no descriptor is lost", async () => {
    await eventually("as many descriptors as before", 5, async () => {
      const after = await Promise.all(NODES.map(openFilesOf));
      return after.every((count, i) => count <= (before[i] ?? 0)) || undefined;
    });
  });
});

/** Changes the owner's interface, looks who owns the address then, and undoes the change. */
async function live(life: Life, lan: SpeakerLan, witness: Witness): Promise<void> {
  const owner = await witness.owner();
  const moves = witness.handovers.length;
  const missing = witness.missing;
  const since = Date.now();
  await life.change(owner, lan);
  let told = "";
  if (life.want === "moves") {
    const { to, gapMs } = await witness.movedFrom(owner);
    told = `moves, ${gapMs.toFixed(0)} ms without an answer`;
    assert.notEqual(to, owner);
  }
  if (life.reaction !== undefined) {
    const [after, event] = life.reaction;
    const reaction = await written(lan, since, { node: owner, event });
    const message = await written(lan, since, { node: owner, event: after });
    told += `, ${event} ${reaction.at - message.at} ms after ${after}`;
  }
  await life.check?.(owner, lan);
  await life.undo?.(owner, lan);
  await settled(owner, lan, witness);
  const wanted = life.want === "moves" ? 1 : 0;
  assert.equal(
    witness.handovers.length - moves,
    wanted,
    JSON.stringify(await eventsSince(lan, since)),
  );
  // The last request counts as missing as long as its answer is under way, before as well as after.
  const more = witness.missing - missing;
  assert.ok(more <= (life.missing ?? Infinity) + 1, `${more} answers missing`);
  if (life.want === "stays") told = `stays, ${Math.max(more, 0)} answers missing${told}`;
  console.log(`${life.name}: ${told}`);
}

/** Waits until the node has an address of its own, and only one node answers, for some time. */
async function settled(node: NodeName, lan: SpeakerLan, witness: Witness): Promise<void> {
  await eventually("the node has its own address first", 5, async () => {
    const [first] = await addressesOf(lan, node, "-4 addr show dev eth0");
    return first === `${OWN[node]}/24` || undefined;
  });
  nodeName(await lan.settled(VIP));
  const seen = witness.answers;
  await eventually("a hundred answers more", 10, () => {
    return Promise.resolve(witness.answers >= seen + 100 || undefined);
  });
}

async function ownStandsFirst(node: NodeName, lan: SpeakerLan): Promise<void> {
  await eventually("the node's own address stands first", 5, async () => {
    const listed = await addressesOf(lan, node, "-4 addr show dev eth0");
    return listed.join() === `${OWN[node]}/24,${VIP}/32` || undefined;
  });
}

function added(node: NodeName): readonly string[] {
  return [`addr add ${OWN[node]}/24 dev eth0`, ROUTE];
}

function readded(node: NodeName): readonly string[] {
  return [`addr del ${OWN[node]}/24 dev eth0`, ...added(node)];
}

/** The hub's end of the node's cable: the client's is the first. */
function portOf(node: NodeName): string {
  return `port${NODES.indexOf(node) + 1}`;
}
