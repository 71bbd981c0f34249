// deno-lint-ignore-file no-console
/**
 * A healthy LAN that is busy: three speakers hold 50 addresses while TCP and UDP flow between the machines and each node
 * computes. Nothing is to move. Counts what the speakers did all the same, and what an independent witness saw. Needs
 * root, as the demo does.
 *
 *     deno run -A bench/calm.ts [--minutes N] [--loops N] [--rate N]
 *
 * --minutes N  how long                                         [60]
 * --loops N    busy loops on each node                          [1]
 * --rate N     MB/s of each of six TCP transfers                [5]
 *
 * Exit code 1 where an address moved, was claimed, or had two owners.
 */
import { parseArgs } from "node:util";
import { eventually } from "../tests/eventually.ts";
import { openProber, type Prober } from "../tests/wire/open_prober.ts";
import { doubles, handovers, unanswered } from "../tests/wire/sight.ts";
import {
  type Lab,
  machineOf,
  type NodeName,
  NODES,
  openLab,
  openLoad,
  poolAddresses,
} from "./lab/lab.ts";
import { prepareLanlord } from "./lab/lanlord.ts";
import { labelValues, sumOf } from "./lab/scrape.ts";
import { openTraffic } from "./lab/traffic.ts";

const ADDRESSES = poolAddresses(50);
/** The witness asks for all addresses at once, each of these ms. */
const ASK_EVERY_MS = 200;
const SENT = "lanlord_arp_frames_sent_total";

/** What one node's metrics said at the beginning and at the end. */
interface Window {
  readonly node: NodeName;
  readonly before: string;
  readonly after: string;
}

async function main(options: {
  readonly minutes: number;
  readonly loops: number;
  readonly rate: number;
}): Promise<number> {
  await using lab = await openLab();
  const lanlord = await prepareLanlord(lab, ADDRESSES);
  await Promise.all(NODES.map((node) => lanlord.start(node)));
  const witness = { pauseMs: ASK_EVERY_MS };
  await using prober = await openProber(machineOf(lab, "witness"), ADDRESSES, witness);
  await eventually("an owner for each address", 30, () => {
    const all = ADDRESSES.every((address) => prober.owner(address) !== undefined);
    return Promise.resolve(all || undefined);
  });
  await using _load = await openLoad(lab, options.loops);
  await using _traffic = openTraffic(lab, ADDRESSES[0] ?? "", {
    megabytesPerSecond: options.rate,
  });
  // Announcements after the claims are over by then, and the traffic is there.
  await sleep(10_000);
  const since = prober.now;
  const before = await Promise.all(NODES.map((node) => scrape(lab, node)));
  const carriedBefore = await carried(lab);
  await sleep(options.minutes * 60_000);
  const after = await Promise.all(NODES.map((node) => scrape(lab, node)));
  const windows = NODES.map((node, i) => ({
    node,
    before: before[i] ?? "",
    after: after[i] ?? "",
  }));
  const seconds = (prober.now - since) / 1000;
  const { bytes, frames } = await carried(lab);
  const megabytes = ((bytes - carriedBefore.bytes) / seconds / 1e6).toFixed(0);
  console.log(
    `${(seconds / 60).toFixed(1)} minutes, ${ADDRESSES.length} addresses; the hub carried ` +
      `${megabytes} MB/s in ${((frames - carriedBefore.frames) / seconds).toFixed(0)} frames/s`,
  );
  windows.forEach((window) => console.log(describe(window, seconds)));
  const seen = look(prober, since);
  console.log(seen.text);
  const claims = windows.reduce((sum, window) => sum + grew(window, "lanlord_claims_total"), 0);
  return seen.isCalm && claims === 0 ? 0 : 1;
}

/** One node: what it did that it need not have done, frames by kind, and what they cost. */
function describe(window: Window, seconds: number): string {
  const kinds = labelValues(window.after, SENT, "kind").map((kind) =>
    `${kind} ${(grew(window, SENT, [`kind="${kind}"`]) / seconds).toFixed(2)}`
  );
  const cpu = grew(window, "process_cpu_seconds_total") / seconds * 100;
  const addresses = sumOf(window.after, "metallb_speaker_announced");
  return `${window.node}: ${addresses} addresses; ` +
    `claims ${grew(window, "lanlord_claims_total")}, ` +
    `releases ${grew(window, "lanlord_releases_total")}, ` +
    `holders found silent ${grew(window, "lanlord_silent_holders_total")}, ` +
    `conflicts ${grew(window, "lanlord_conflicts_total")}; ` +
    `ARP frames sent per s: ${kinds.join(", ")}; CPU ${cpu.toFixed(1)} % of a core`;
}

function look(
  prober: Prober,
  since: number,
): { readonly text: string; readonly isCalm: boolean } {
  const all = ADDRESSES.map((address) => prober.sights(address, since));
  const moves = all.reduce((sum, sights) => sum + handovers(sights).length, 0);
  const twice = all.reduce((sum, sights) => sum + doubles(sights).length, 0);
  const missing = all.reduce((sum, sights) => sum + unanswered(sights), 0);
  const asked = all.reduce((sum, sights) => sum + sights.length, 0);
  return {
    text: `witness: ${moves} moves, ${twice} times two owners, ` +
      `${missing} of ${asked} questions unanswered`,
    isCalm: moves === 0 && twice === 0,
  };
}

function grew(
  { before, after }: Window,
  name: string,
  labels: readonly string[] = [],
): number {
  return sumOf(after, name, labels) - sumOf(before, name, labels);
}

/** What has come into the hub from all machines so far. */
async function carried(
  { lan }: Lab,
): Promise<{ readonly bytes: number; readonly frames: number }> {
  const { stdout } = await lan.hub.run(["ip", "-s", "-j", "link", "show", "master", "br0"]);
  const ports: readonly { stats64: { rx: { bytes: number; packets: number } } }[] = JSON.parse(
    stdout,
  );
  const sum = (valueOf: (port: typeof ports[number]) => number): number =>
    ports.reduce((total, port) => total + valueOf(port), 0);
  return {
    bytes: sum(({ stats64 }) => stats64.rx.bytes),
    frames: sum(({ stats64 }) => stats64.rx.packets),
  };
}

async function scrape(lab: Lab, node: NodeName): Promise<string> {
  const url = "http://127.0.0.1:7472/metrics";
  const { code, stdout } = await machineOf(lab, node).run(["curl", "-sf", "-m5", url]);
  if (code !== 0) throw new Error(`Cannot read the metrics of "${node}": curl ended with ${code}`);
  return stdout;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      minutes: { type: "string", default: "60" },
      loops: { type: "string", default: "1" },
      rate: { type: "string", default: "5" },
    },
  });
  const { minutes, loops, rate } = values;
  const options = { minutes: Number(minutes), loops: Number(loops), rate: Number(rate) };
  Deno.exitCode = await main(options);
}
