// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { BOUNDS } from "../sim/bounds.ts";
import { Random } from "../sim/random.ts";
import { openProber, type Prober } from "../wire/open_prober.ts";
import { type Double, doubles, handovers } from "../wire/sight.ts";
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

const ADDRESSES = Array.from({ length: 6 }, (_, i) => `192.168.0.${200 + i}`);
const RUN_MS = 30_000;

/** What is added to the bounds of the protocol, which are for a machine that has nothing else to do. */
const SLACK_MS = 500;

/** A double that begins no later than this after a process went on may be of its making. */
const AFTERMATH_MS = 200;

/** A time in which a process was stopped. */
interface Stop {
  readonly node: NodeName;
  readonly from: number;
  readonly to: number;
}

testWith(
  ["netns", "arping"],
  "stopped at any point of claims and hand-overs, two never both answer for long",
  async () => {
    const seed = Number(Deno.env.get("LANLORD_TEST_SEED") ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`LANLORD_TEST_SEED=${seed}`);
    const random = new Random(seed);
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    ADDRESSES.forEach((address, i) => lan.assign(`s${i}`, address));
    await using prober = await openProber(lan.lan.hub, ADDRESSES, { interfaceName: "br0" });
    await untilOneOwnerEach(prober);

    const end = prober.now + RUN_MS;
    const stops: Stop[] = [];
    while (prober.now < end) {
      const fault = random.chance(0.5) ? takeAway : leaveOut;
      stops.push(await fault({ lan, prober, random, speakers }));
      await pass(random.between(0, 300));
    }
    await untilOneOwnerEach(prober);

    const changes = ADDRESSES.flatMap((address) => handovers(prober.sights(address)));
    const found = ADDRESSES.flatMap((address) => doubles(prober.sights(address)));
    const judged = found.map((double) => judge(double, stops));
    const longest = Math.max(0, ...judged.map(({ bothRanMs }) => bothRanMs)).toFixed(0);
    console.log(
      `${stops.length} stops, ${changes.length} changes of owner, ` +
        `${found.length} times two owners, both running for at most ${longest} ms`,
    );
    assert.ok(changes.length > 5, "too little happened for this to mean anything");
    assert.deepEqual(judged.filter(({ bothRanMs, boundMs }) => bothRanMs > boundMs), []);
  },
);

interface Stage {
  readonly lan: SpeakerLan;
  readonly prober: Prober;
  readonly random: Random;
  readonly speakers: ReadonlyMap<string, Speaker>;
}

/** Makes all Services anew whose addresses one node is the first to claim, and stops that node. */
async function takeAway(stage: Stage): Promise<Stop> {
  const { lan, random } = stage;
  const first = random.pick(NODES);
  const places = ADDRESSES.keys().filter((i) => firstOf(ADDRESSES[i], NODES) === first).toArray();
  for (const i of places) await lan.withdraw(`s${i}`);
  await pass(random.between(0, 200));
  for (const i of places) await lan.assign(`s${i}`, ADDRESSES[i] ?? "");
  return await stopSoon(stage, first);
}

/** Leaves out a node that holds addresses, and stops the one that is the first to claim one of them. */
async function leaveOut(stage: Stage): Promise<Stop> {
  const { lan, prober, random } = stage;
  const address = random.pick(ADDRESSES);
  const owner = nodeName(nameOfMac(prober.owner(address) ?? ""));
  const others = NODES.filter((node) => node !== owner);
  await exclude(lan, owner, "");
  const stop = await stopSoon(stage, nodeName(firstOf(address, others)));
  await exclude(lan, owner, null);
  return stop;
}

/** Stops a node's process within the time that a claim takes, for 0.2 to 3 s, mostly for less than one. */
async function stopSoon({ prober, random, speakers }: Stage, node: NodeName): Promise<Stop> {
  await pass(random.between(0, 250));
  const from = prober.now;
  await ofNode(speakers, node).signal("SIGSTOP");
  await pass(random.chance(0.8) ? random.between(200, 900) : random.between(900, 3_000));
  // Noted before it goes on, so that no time in which it runs counts as stopped.
  const to = prober.now;
  await ofNode(speakers, node).signal("SIGCONT");
  return { node, from, to };
}

/** The first in rank for an address. */
function firstOf(address: string | undefined, nodes: readonly NodeName[]): string {
  return rankNodes(nodes, address ?? "")[0] ?? "";
}

/** Labels a node as one that may hold no address, or takes the label away. */
async function exclude(lan: SpeakerLan, node: NodeName, value: "" | null): Promise<void> {
  const labels = { "node.kubernetes.io/exclude-from-external-load-balancers": value };
  const response = await lan.api.fetch(`http://api/api/v1/nodes/${node}`, {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ metadata: { labels } }),
  });
  assert.equal(response.status, 200, await response.text());
}

/**
 * How much of a time with two owners neither of them was stopped in, and how much may be: a process that went on
 * just before may have finished a write, see docs/protocol.md.
 */
function judge(
  { firstAt, lastAt, macs }: Double,
  stops: readonly Stop[],
): { readonly bothRanMs: number; readonly boundMs: number } {
  const names = macs.map(nameOfMac);
  const own = stops.filter(({ node }) => names.includes(node));
  const isLateWrite = own.some(({ to }) => to >= firstAt - AFTERMATH_MS && to <= lastAt);
  // One process is stopped at a time, so that these do not overlap.
  const stoppedMs = own.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, lastAt) - Math.max(from, firstAt)),
    0,
  );
  const bound = isLateWrite ? BOUNDS.lateWrite : BOUNDS.race;
  return { bothRanMs: lastAt - firstAt - stoppedMs, boundMs: bound.ms() + SLACK_MS };
}

/** Waits until each address has been answered by one node alone for a while. */
async function untilOneOwnerEach(prober: Prober): Promise<void> {
  await eventually("one owner for each address", 30, () => {
    const recent = ADDRESSES.map((address) => prober.sights(address, prober.now - 1_000));
    const isSettled = recent.every((sights) =>
      sights.length > 20 && new Set(sights.flatMap(({ macs }) => macs)).size === 1 &&
      sights.every(({ macs }) => macs.length === 1)
    );
    return Promise.resolve(isSettled || undefined);
  });
}

/** Lets time pass: when things happen is what the seed decides. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
