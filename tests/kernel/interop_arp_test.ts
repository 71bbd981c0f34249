// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import type { Handover } from "../../demo/wire/sightings.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { openProber, type Prober } from "../wire/open_prober.ts";
import { openPageReader, type PageReader } from "../wire/page_reader.ts";
import { handovers } from "../wire/sight.ts";
import { NODES, ofNode, openSpeakerLan, type SpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const FREE = "192.168.0.222";
/** A recovery is far quicker; this only tells it from none. */
const LIMIT_MS = 5_000;

testWith(
  ["netns", "arping"],
  "arping -D finds a held address taken, a free one free, and moves nothing",
  async () => {
    await using lan = await openSpeakerLan();
    await startAll(lan);
    await lan.assign("whoami", VIP);
    const owner = await lan.settled(VIP);
    const look = (address: string) =>
      lan.client.run(["arping", "-D", "-I", "eth0", "-c", "2", "-w", "3", address]);
    const held = await look(VIP);
    assert.equal(held.code, 1, held.stdout);
    assert.match(held.stdout, /Received 1 response/);
    assert.equal((await look(FREE)).code, 0);
    assert.deepEqual(await lan.answering(VIP), [owner]);
    assert.deepEqual(await lan.answering(FREE), []);
  },
);

testWith(
  ["netns", "arping"],
  "a client with a warm neighbour entry, behind a switch that must learn, recovers with ARP",
  async () => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    // The hub asks, so that no answer mends the client's entry.
    await using prober = await openProber(lan.lan.hub, [VIP], { interfaceName: "br0" });
    await using pages = openPages(lan);
    await pages.begun();
    await forgetStations(lan);

    const since = prober.now;
    await lan.lan.unplug(first);
    await ofNode(speakers, first).end("SIGKILL");
    const { lastAt, firstAt } = await nextOwner(prober, since);
    const gapMs = firstAt - lastAt;
    const pageGapMs = await pages.gapSince(since);
    console.log(`ARP after ${gapMs.toFixed(0)} ms, curl after ${pageGapMs.toFixed(0)} ms`);
    assert.ok(pageGapMs < gapMs + LIMIT_MS, `curl ${pageGapMs} ms, ARP ${gapMs} ms`);
  },
);

/** A switch that sends to no port on which it has not heard the station: what it knew is forgotten, too. */
async function forgetStations({ lan }: SpeakerLan): Promise<void> {
  const { stdout } = await lan.hub.run(["ip", "-o", "link", "show", "master", "br0"]);
  const ports = [...stdout.matchAll(/^\d+: (port\d+)/gm)].map(([, port = ""]) => port);
  assert.equal(ports.length, 4);
  for (const port of ports) {
    await lan.hub.run(["bridge", "link", "set", "dev", port, "flood", "off"]);
  }
  const { code, stderr } = await lan.hub.run([
    "bridge",
    "fdb",
    "flush",
    "dev",
    "br0",
    "nopermanent",
  ]);
  assert.equal(code, 0, stderr);
}

testWith(
  ["netns", "arping", "nft"],
  "a host that ignores announcements recovers by its own probes",
  async () => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    await ignoreAnnouncements(lan);
    await using prober = await openProber(lan.lan.hub, [VIP], { interfaceName: "br0" });
    await using pages = openPages(lan);
    await pages.begun();
    const before = await entryOf(lan);

    const since = prober.now;
    await lan.lan.unplug(first);
    await ofNode(speakers, first).end("SIGKILL");
    await nextOwner(prober, since);
    assert.equal(await entryOf(lan), before, "the entry is still the old one");
    const seconds = await pages.gapSince(since) / 1000;
    assert.notEqual(await entryOf(lan), before);
    console.log(`pages again after ${seconds.toFixed(1)} s`);
  },
);

function openPages({ lan, client }: SpeakerLan): PageReader {
  return openPageReader({ client, nodes: NODES.map((node) => lan.machine(node)) }, VIP);
}

function nextOwner(prober: Prober, since: number): Promise<Handover> {
  return eventually(
    "another node to answer",
    10,
    () => Promise.resolve(handovers(prober.sights(VIP, since))[0]),
  );
}

/**
 * The client drops gratuitous ARP, and is quick to doubt: an entry is stale after a second or so, and probed a second
 * after the next use, three times (net.ipv4.neigh; by default 15 to 45 s, 5 s and 3 s).
 */
async function ignoreAnnouncements({ client }: SpeakerLan): Promise<void> {
  const rule = `table arp strict {
    chain input {
      type filter hook input priority 0
      arp saddr ip ${VIP} arp daddr ip ${VIP} drop
    }
  }
`;
  const loaded = await client.run(["nft", "-f", "-"], { stdin: rule });
  assert.equal(loaded.code, 0, loaded.stderr);
  const at = "/proc/sys/net/ipv4/neigh/eth0";
  const script = `echo 1000 > ${at}/base_reachable_time_ms; echo 1 > ${at}/delay_first_probe_time`;
  assert.equal((await client.run(["sh", "-c", script])).code, 0);
}

/** The MAC that the client has for the address. */
async function entryOf({ client }: SpeakerLan): Promise<string | undefined> {
  const { stdout } = await client.run(["ip", "neigh", "show", "to", VIP, "dev", "eth0"]);
  return /lladdr (\S+)/.exec(stdout)?.[1];
}
