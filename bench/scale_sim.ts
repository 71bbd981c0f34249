// deno-lint-ignore-file no-console
/**
 * `deno run -A bench/scale_sim.ts [nodes] [addresses]`: what the protocol costs on one simulated segment, in calm, when a
 * holder crashes and when a rack of 50 nodes does. Frames are counted, the time of the tables is measured.
 * 1,000 nodes and 10,000 addresses want some 8 GB: `deno run -A --v8-flags=--max-old-space-size=12000 …`.
 */
import { ScaleLan, type Traffic } from "./scale_lan.ts";

const RACK = 50;
const CALM_MS = 10_000;

/** Longer than a burst of announcements. */
const CRASH_MS = 6_000;

function main([nodes = "200", addresses = "2000"]: readonly string[]): void {
  const startedAt = performance.now();
  const lan = new ScaleLan(Number(nodes), Number(addresses));
  console.log(`${nodes} nodes, ${addresses} addresses`);
  console.log(HEAD.join(" | "));
  report("calm", lan.run(CALM_MS), lan);
  const [first = ""] = lan.holders;
  lan.crash([first]);
  report("a holder's crash", lan.run(CRASH_MS), lan);
  lan.run(CALM_MS);
  const rack = [...lan.world.machines.keys()].filter((name) => name !== first).slice(0, RACK);
  lan.crash(rack);
  report(`a rack's crash (${RACK} nodes)`, lan.run(CRASH_MS), lan);
  console.log(`in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

const HEAD = [
  "phase",
  "frames sent per node and second: mean",
  "worst node",
  "heard: mean",
  "worst node",
  "frames on the segment per second",
  "broadcasts per second",
  "most broadcasts in 100 ms",
  "table, ms of a core per second: mean",
  "worst node",
  "unanswered, ms: median",
  "max",
  "still unanswered",
];

function report(phase: string, traffic: Traffic, lan: ScaleLan): void {
  const seconds = traffic.ms / 1_000;
  const rates = (map: ReadonlyMap<string, number>): readonly string[] => {
    const values = [...map.values()].map((value) => value / seconds);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return [mean.toFixed(2), Math.max(...values).toFixed(1)];
  };
  const gaps = lan.gaps.splice(0).toSorted((a, b) => a - b);
  const gapAt = (share: number): string =>
    gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))]?.toFixed(0) ?? "-";
  console.log([
    phase,
    ...rates(traffic.sent),
    ...rates(traffic.heard),
    (traffic.frames / seconds).toFixed(0),
    (traffic.broadcasts / seconds).toFixed(0),
    traffic.peak,
    ...rates(traffic.tableMs),
    gapAt(0.5),
    gapAt(1),
    lan.unanswered.size,
  ].join(" | "));
}

if (import.meta.main) main(Deno.args);
