import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { BOUNDS } from "../sim/bounds.ts";
import { Random } from "../sim/random.ts";
import { openProber, type Prober } from "../wire/open_prober.ts";
import { type Double, doubles, handovers } from "../wire/sight.ts";
import {
  nameOfMac,
  type NodeName,
  NODES,
  ofNode,
  openSpeakerLan,
  type Speaker,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const ADDRESSES = Array.from({ length: 6 }, (_, i) => `192.168.0.${200 + i}`);
const RUN_MS = 30_000;

/**
 * What is added to the bound of the protocol, which is for a machine that has nothing else to do: a loaded one may
 * take as long to let a process on as to stop it.
 */
const SLACK_MS = 1_000;

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
    const stopping = NODES.map((node) =>
      stopAgainAndAgain(ofNode(speakers, node), { random: random.fork(), prober, end })
    );
    const moves = keepMoving(lan, { random: random.fork(), prober, end });
    const [stops] = await Promise.all([Promise.all(stopping), moves]);
    await untilOneOwnerEach(prober);

    const changes = ADDRESSES.flatMap((address) => handovers(prober.sights(address)));
    const found = ADDRESSES.flatMap((address) => doubles(prober.sights(address)));
    const runningMs = found.map((double) => bothRanMs(double, stops.flat()));
    const longest = Math.max(0, ...runningMs).toFixed(0);
    console.log(
      `${stops.flat().length} stops, ${changes.length} changes of owner, ` +
        `${found.length} times two owners, both running for at most ${longest} ms`,
    );
    assert.ok(changes.length > 10, "too little happened for this to mean anything");
    const boundMs = BOUNDS.lateWrite.ms() + SLACK_MS;
    assert.ok(runningMs.every((ms) => ms <= boundMs), `want ${boundMs} ms at most: ${runningMs}`);
  },
);

interface Schedule {
  readonly random: Random;
  /** For its clock. */
  readonly prober: Prober;
  /** Instant of that clock. */
  readonly end: number;
}

/** Stops a process again and again for 0.2 to 3 s, mostly for less than one. */
async function stopAgainAndAgain(
  speaker: Speaker,
  { random, prober, end }: Schedule,
): Promise<readonly Stop[]> {
  const stops: Stop[] = [];
  while (prober.now < end) {
    await pass(random.between(50, 700));
    const from = prober.now;
    await speaker.signal("SIGSTOP");
    await pass(random.chance(0.8) ? random.between(200, 900) : random.between(900, 3_000));
    // Noted before it goes on, so that no time in which it runs counts as stopped.
    stops.push({ node: speaker.node, from, to: prober.now });
    await speaker.signal("SIGCONT");
  }
  return stops;
}

/** Has addresses claimed and handed over all the time: Services made and taken away, one node after another left out. */
async function keepMoving(lan: SpeakerLan, { random, prober, end }: Schedule): Promise<void> {
  while (prober.now < end) {
    if (random.chance(0.5)) {
      const node = random.pick(NODES);
      await exclude(lan, node, "");
      await pass(random.between(100, 900));
      await exclude(lan, node, null);
    } else {
      const i = random.whole(0, ADDRESSES.length - 1);
      await lan.withdraw(`s${i}`);
      await pass(random.between(0, 300));
      await lan.assign(`s${i}`, ADDRESSES[i] ?? "");
    }
    await pass(random.between(0, 300));
  }
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

/** How much of a time with two owners neither of them was stopped in. */
function bothRanMs({ firstAt, lastAt, macs }: Double, stops: readonly Stop[]): number {
  const names = macs.map(nameOfMac);
  const own = stops.filter(({ node }) => names.includes(node)).toSorted((a, b) => a.from - b.from);
  let [ran, at] = [0, firstAt];
  for (const { from, to } of own) {
    if (to <= at || from >= lastAt) continue;
    ran += Math.max(0, from - at);
    at = Math.max(at, to);
  }
  return ran + Math.max(0, lastAt - at);
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
