import { DRAWS, FAULT_NAMES, type FaultName } from "./draws.ts";
import { Random, spread } from "./random.ts";
import type { Scenario, Scheduled, SimAddress, SimNode } from "./scenario.ts";

export interface GenerateOptions {
  readonly seed: number;
  /** How many nodes; absent: chosen, mostly few. */
  readonly nodes?: number;
  /** How many addresses; absent: chosen, a few. */
  readonly addresses?: number;
  /** Which kinds of faults may come. @default all */
  readonly kinds?: readonly FaultName[];
}

/** After the last fault: longer than anything takes that is allowed to take time. */
const CALM_MS = 130_000;

const START_MS = 6_000;

/** More nodes than these are a large cluster. */
const MANY_NODES = 24;

/** A scenario of some minutes to some hours, chosen by the seed. */
export function generate(
  { seed, nodes, addresses, kinds = FAULT_NAMES }: GenerateOptions,
): Scenario {
  const random = new Random(seed);
  const cluster = drawCluster(random, nodes, addresses);
  const isLarge = cluster.nodes.length > MANY_NODES;
  const isBusy = random.chance(0.5);
  const meanMs = isBusy ? random.between(1_500, 20_000) : random.between(20_000, 150_000);
  const count = random.whole(3, isLarge ? 60 : isBusy ? 30 : 20);
  const draws = kinds.map((kind) => DRAWS[kind]);
  const some = random.shuffle(draws).slice(0, random.whole(1, draws.length));
  const schedule: Scheduled[] = [];
  let atMs = START_MS;
  for (let i = 0; i < count; i++) {
    // Now and then several things at once.
    atMs += random.chance(0.15) ? random.between(0, 300) : -Math.log(1 - random.next()) * meanMs;
    const { begin, end, lastsMs } = random.pick(some)(random, cluster);
    schedule.push({ atMs: Math.round(atMs), fault: begin });
    if (end === undefined) continue;
    const forMs = Math.round(spread(random, ...lastsMs ?? [50, 120_000]));
    schedule.push({ atMs: Math.round(atMs) + forMs, fault: end(forMs) });
  }
  schedule.sort((a, b) => a.atMs - b.atMs);
  const durationMs = (schedule.at(-1)?.atMs ?? 0) + CALM_MS;
  return { seed, ...cluster, durationMs, schedule };
}

function drawCluster(
  random: Random,
  nodes?: number,
  addresses?: number,
): Pick<Scenario, "nodes" | "addresses"> {
  const size = random.next();
  const count = nodes ??
    (size < 0.55 ? random.whole(2, 6) : size < 0.85 ? random.whole(7, 24) : random.whole(30, 200));
  const domains = random.chance(0.7) ? 1 : random.whole(2, 3);
  const all = Array.from({ length: domains }, (_, domain) => domain);
  const list = Array.from({ length: count }, (_, i): SimNode => ({
    name: `n${i + 1}`,
    domains: random.chance(0.5) ? all : [i % domains],
  }));
  const services = addresses ?? random.whole(1, count > MANY_NODES ? 4 : 9);
  const named = Array.from({ length: services }, (_, i) => drawService(random, i, domains)).flat();
  return { nodes: list, addresses: named.slice(0, addresses ?? named.length) };
}

/** A Service with an address of one family, or of each. */
function drawService(random: Random, i: number, domains: number): readonly SimAddress[] {
  const domain = random.whole(0, domains - 1);
  const service = `service-${i + 1}`;
  const ipv4 = { key: `10.${domain}.1.${i + 1}`, domain, service };
  const ipv6 = { key: `fd00:${domain + 1}::1:${(i + 1).toString(16)}`, domain, service };
  const families = random.next();
  return families < 0.5 ? [ipv4] : families < 0.75 ? [ipv6] : [ipv4, ipv6];
}
