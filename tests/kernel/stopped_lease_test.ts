// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { signalInside } from "../../demo/lan/holder.ts";
import type { Machine } from "../../demo/lan/lan.ts";
import { readLines } from "../../demo/wire/watcher.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { openProber } from "../wire/open_prober.ts";
import { doubles, handovers } from "../wire/sight.ts";
import { nodeName, NODES, ofNode, openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
/** How long the woken process is listened to: its leases are looked at each second, a claim takes 150 ms. */
const LISTEN_MS = 4_000;

testWith(
  ["netns", "arping", "tcpdump"],
  "a process stopped for longer than the kernel lease loses the address, and wakes without it",
  async () => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = nodeName(await lan.settled(VIP));
    await using prober = await openProber(lan.lan.hub, [VIP], { interfaceName: "br0" });

    await ofNode(speakers, first).signal("SIGSTOP");
    const stoppedAt = prober.now;
    const { lastAt, firstAt } = await eventually(
      "another to claim it",
      45,
      () => Promise.resolve(handovers(prober.sights(VIP, stoppedAt))[0]),
    );
    const line = `answered for ${((lastAt - stoppedAt) / 1000).toFixed(1)} s more, then silent for`;
    console.log(`${line} ${(firstAt - lastAt).toFixed(0)} ms`);
    const second = await lan.settled(VIP);
    assert.notEqual(second, first);

    const claims = await captureClaims(lan.lan.hub, `port${1 + NODES.indexOf(first)}`);
    const wokenAt = prober.now;
    await ofNode(speakers, first).signal("SIGCONT");
    await eventually("the woken process to give it up", 10, async () => {
      const log = await lan.log();
      return log.some((text) => text.startsWith(first) && text.includes('"event":"released"')) ||
        undefined;
    });
    await eventually(
      "time to pass",
      20,
      () => Promise.resolve(prober.now > wokenAt + LISTEN_MS || undefined),
    );
    assert.equal(await claims.end(), "", "frames of the woken process that claim the address");
    const { stdout } = await lan.lan.machine(first).run(["ip", "-o", "addr", "show"]);
    assert.ok(!stdout.includes(VIP), stdout);
    assert.deepEqual(doubles(prober.sights(VIP, stoppedAt)), []);
    assert.equal(handovers(prober.sights(VIP, stoppedAt)).length, 1);
  },
);

/** Listens at a port of the hub for ARP with the address as its sender: answers and announcements alike. */
async function captureClaims(
  hub: Machine,
  port: string,
): Promise<{ readonly end: () => Promise<string> }> {
  const filter = ["arp", "src", "host", VIP];
  const child = hub.command(["tcpdump", "-l", "-n", "-e", "-Q", "in", "-i", port, ...filter], {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const frames = child.stdout.text();
  const listening = Promise.withResolvers<void>();
  const complaints = readLines(child.stderr, (line) => {
    if (line.startsWith("listening on")) listening.resolve();
  });
  const failed = child.status.then(() => {
    throw new Error(`tcpdump on "${port}" ended by itself`);
  });
  await Promise.race([listening.promise, failed]);
  // From here on its end is wanted.
  failed.catch(() => undefined);
  return {
    end: async () => {
      // Itself: it has given up the rights of its parent, and with them the wish to die with it.
      await signalInside(child, "SIGTERM");
      await Promise.all([child.status, complaints]);
      return (await frames).trim();
    },
  };
}
