// deno-lint-ignore-file no-console
/**
 * Many addresses and many nodes: what the speaker's decisions cost, and what a node with 10,000 addresses in its
 * kernel costs, how soon it is ready after a start, and how soon another has all of them after its crash. Needs root,
 * as the demo does; five minutes.
 *
 *     deno run -A bench/scale.ts [addresses] [nodes...]     10000 3 20 100 1000
 */
import { type BenchSpeaker, type CrowdedLan, openCrowdedLan, pause, until } from "./crowded_lan.ts";
import { measureDecisions } from "./decisions.ts";

/** One line of the table. */
type Row = readonly [what: string, figure: string];

const CALM_MS = 20_000;
/** After a claim: until the burst of announcements is over. */
const BURST_MS = 8_000;

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function measureKernel(addresses: number): Promise<readonly Row[]> {
  await using crowded = await openCrowdedLan(addresses, 0);
  try {
    return [
      ...await measureStart(crowded, addresses),
      ...await measureCrash(crowded, addresses),
    ];
  } catch (error) {
    console.error(await crowded.log());
    throw error;
  }
}

async function measureStart(crowded: CrowdedLan, addresses: number): Promise<readonly Row[]> {
  const isHeld = async (): Promise<boolean> => (await crowded.kernel("n1")).held === addresses;
  const begin = now();
  const first = await crowded.start("n1");
  await until("all addresses are held", isHeld);
  const claimed = now() - begin;
  await pause(BURST_MS);
  const firstLag = await first.lagSince(begin);
  await first.kill();
  await pause(4_000);
  const again = now();
  const second = await crowded.start("n1");
  await second.ready();
  const ready = now() - again;
  const least = (await crowded.kernel("n1")).leastSeconds;
  await pause(BURST_MS);
  return [
    ["start with nothing held: all held after", seconds(claimed)],
    ["  longest turn of its event loop", milliseconds(firstLag)],
    ["start with all in the kernel: ready after", seconds(ready)],
    ["  least lifetime then", `${least} s`],
    ["  longest turn of its event loop", milliseconds(await second.lagSince(again))],
    ...await measureCalm(crowded, second, "n1"),
  ];
}

/** The second node looks on, and then the first is gone. */
async function measureCrash(crowded: CrowdedLan, addresses: number): Promise<readonly Row[]> {
  const watcher = await crowded.start("n2");
  await watcher.ready();
  await pause(BURST_MS);
  const calm = await measureCalm(crowded, watcher, "n2");
  const touched = now();
  for (let i = 0; i < 5; i++) {
    crowded.touch();
    await pause(1_000);
  }
  const touchLag = await watcher.lagSince(touched);
  const crashed = now();
  await crowded.lan.unplug("n1");
  await until(
    "all addresses are announced by the other node",
    async () => (await crowded.announcedSince(crashed, "n2")).length >= addresses,
  );
  const heard = await crowded.announcedSince(crashed, "n2");
  const crashLag = await watcher.lagSince(crashed);
  await pause(BURST_MS);
  const { rssBytes, peakBytes } = await watcher.usage();
  return [
    ...calm,
    ["  longest turn of its event loop, five Services changed", milliseconds(touchLag)],
    ["crash of the holder: first address announced after", seconds(heard[0] ?? NaN)],
    ["  half of them after", seconds(heard[heard.length >> 1] ?? NaN)],
    ["  the last after", seconds(heard.at(-1) ?? NaN)],
    ["  longest turn of the event loop", milliseconds(crashLag)],
    ["  memory then, and at most", `${mega(rssBytes)}, ${mega(peakBytes)}`],
  ];
}

async function measureCalm(
  crowded: CrowdedLan,
  speaker: BenchSpeaker,
  node: "n1" | "n2",
): Promise<readonly Row[]> {
  const begin = now();
  const before = { usage: await speaker.usage(), frames: await crowded.frames(node) };
  await pause(CALM_MS);
  const after = { usage: await speaker.usage(), frames: await crowded.frames(node) };
  const took = now() - begin;
  const perSecond = (frames: number): string => (frames / took * 1_000).toFixed(0);
  const sent = perSecond(after.frames.sent - before.frames.sent);
  const received = perSecond(after.frames.received - before.frames.received);
  const cpu = (after.usage.cpuMs - before.usage.cpuMs) / took * 100;
  const who = node === "n1" ? "holder" : "watcher";
  return [
    [`${who} in calm: CPU`, `${cpu.toFixed(1)} %`],
    ["  frames sent, received per second", `${sent}, ${received}`],
    ["  longest turn of its event loop", milliseconds(await speaker.lagSince(begin))],
    ["  memory", mega(after.usage.rssBytes)],
  ];
}

function decisionTable(addresses: number, nodes: readonly number[]): readonly string[] {
  const columns = nodes.map((count) => measureDecisions(addresses, count));
  const whats = columns[0]?.map(({ what }) => what) ?? [];
  const head = ["ms", ...nodes.map((count) => `${count} nodes`)];
  const lines = whats.map((what, i) => [
    what,
    ...columns.map((column) => column[i]?.ms.toPrecision(3) ?? ""),
  ]);
  return [head, ...lines].map(([what = "", ...cells]) =>
    what.padEnd(28) + cells.map((cell) => cell.padStart(12)).join("")
  );
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(0)} ms`;
}

function mega(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

if (import.meta.main) {
  const [addresses = 10_000, ...counts] = Deno.args.map(Number);
  const nodes = counts.length === 0 ? [3, 20, 100, 1_000] : counts;
  console.log(`${addresses} addresses\n`);
  for (const line of decisionTable(addresses, nodes)) console.log(line);
  console.log("");
  for (const [what, figure] of await measureKernel(addresses)) {
    console.log(`${what.padEnd(54)}${figure.padStart(16)}`);
  }
}
