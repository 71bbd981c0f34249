import { Random } from "./random.ts";
import type { Fault, Scenario, Scheduled, SimAddress, SimNode } from "./scenario.ts";

export interface GenerateOptions {
  readonly seed: number;
  /** How many nodes; absent: chosen, mostly few. */
  readonly nodes?: number;
}

/** A fault, and what ends it. */
interface Episode {
  readonly begin: Fault;
  readonly end?: (forMs: number) => Fault;
  /** How long it lasts: from, to. */
  readonly lastsMs?: readonly [number, number];
}

type Draw = (random: Random, cluster: Pick<Scenario, "nodes" | "addresses">) => Episode;

/** After the last fault: longer than anything takes that is allowed to take time. */
const CALM_MS = 130_000;

const START_MS = 6_000;

/** A scenario of some minutes to some hours, chosen by the seed. */
export function generate({ seed, nodes }: GenerateOptions): Scenario {
  const random = new Random(seed);
  const cluster = drawCluster(random, nodes);
  const isBusy = random.chance(0.5);
  const meanMs = isBusy ? random.between(1_500, 20_000) : random.between(30_000, 600_000);
  const count = random.whole(3, isBusy ? 30 : 20);
  const kinds = random.shuffle(DRAWS).slice(0, random.whole(1, DRAWS.length));
  const schedule: Scheduled[] = [];
  let atMs = START_MS;
  for (let i = 0; i < count; i++) {
    // Now and then several things at once.
    atMs += random.chance(0.15) ? random.between(0, 300) : -Math.log(1 - random.next()) * meanMs;
    const { begin, end, lastsMs } = random.pick(kinds)(random, cluster);
    schedule.push({ atMs: Math.round(atMs), fault: begin });
    if (end === undefined) continue;
    const forMs = Math.round(spread(random, ...lastsMs ?? [50, 120_000]));
    schedule.push({ atMs: Math.round(atMs) + forMs, fault: end(forMs) });
  }
  schedule.sort((a, b) => a.atMs - b.atMs);
  const durationMs = (schedule.at(-1)?.atMs ?? 0) + CALM_MS;
  return { seed, ...cluster, durationMs, schedule };
}

function drawCluster(random: Random, nodes?: number): Pick<Scenario, "nodes" | "addresses"> {
  const size = random.next();
  const count = nodes ??
    (size < 0.6 ? random.whole(2, 6) : size < 0.93 ? random.whole(7, 24) : random.whole(30, 200));
  const domains = random.chance(0.7) ? 1 : random.whole(2, 3);
  const all = Array.from({ length: domains }, (_, domain) => domain);
  const list = Array.from({ length: count }, (_, i): SimNode => ({
    name: `n${i + 1}`,
    domains: random.chance(0.5) ? all : [i % domains],
  }));
  const addresses = Array.from({ length: random.whole(1, count > 24 ? 4 : 9) }, (_, i) => {
    const domain = random.whole(0, domains - 1);
    return { key: `10.${domain}.1.${i + 1}`, domain } satisfies SimAddress;
  });
  return { nodes: list, addresses };
}

/** Evenly over orders of magnitude. */
function spread(random: Random, least: number, most: number): number {
  return least * (most / least) ** random.next();
}

function nodeOf(random: Random, { nodes }: Pick<Scenario, "nodes">): SimNode {
  return random.pick(nodes);
}

function some(random: Random, { nodes }: Pick<Scenario, "nodes">): readonly string[] {
  const names = random.shuffle(nodes).map(({ name }) => name);
  return names.slice(0, random.whole(1, Math.max(1, names.length - 1)));
}

const DRAWS: readonly Draw[] = [
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const silentMs = random.chance(0.5) ? 0 : Math.round(random.between(0, 950));
    return { begin: { kind: "crash", node }, end: () => ({ kind: "boot", node, silentMs }) };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "freeze", node }, end: () => ({ kind: "thaw", node }) };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "freeze-at-write", node }, end: () => ({ kind: "thaw", node }) };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const lastsMs = [300, 60_000] as const;
    return { begin: { kind: "kill", node }, end: () => ({ kind: "restart", node }), lastsMs };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const lastsMs = [300, 60_000] as const;
    return { begin: { kind: "release", node }, end: () => ({ kind: "restart", node }), lastsMs };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const upToMs = Math.round(spread(random, 2, 60));
    const end = (): Fault => ({ kind: "slow", node, upToMs: 0 });
    return { begin: { kind: "slow", node, upToMs }, end, lastsMs: [1_000, 60_000] };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "stall", node, ms: Math.round(spread(random, 5, 3_000)) } };
  },
  (random, cluster) => {
    const { name: node, domains } = nodeOf(random, cluster);
    const domain = random.pick(domains);
    const silentMs = random.chance(0.3) ? 0 : Math.round(spread(random, 10, 31_000));
    return {
      begin: { kind: "unplug", node, domain },
      end: () => ({ kind: "plug", node, domain, silentMs }),
    };
  },
  (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    return {
      begin: { kind: "cut", domain, nodes: some(random, cluster) },
      end: () => ({ kind: "heal", domain }),
    };
  },
  (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    const [from, to] = [nodeOf(random, cluster).name, nodeOf(random, cluster).name];
    return {
      begin: { kind: "one-way", domain, from, to },
      end: () => ({ kind: "both-ways", domain }),
    };
  },
  (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    const share = spread(random, 0.001, 0.5);
    return {
      begin: { kind: "loss", domain, share },
      end: () => ({ kind: "loss", domain, share: 0 }),
    };
  },
  (random, cluster) => {
    const nodes = random.chance(0.5) ? some(random, cluster) : cluster.nodes.map((n) => n.name);
    return {
      begin: { kind: "api-away", nodes },
      end: () => ({ kind: "api-back", nodes }),
      lastsMs: [1_000, 600_000],
    };
  },
  (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "exclude", node }, end: () => ({ kind: "include", node }) };
  },
  (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return { begin: { kind: "delete", address }, end: () => ({ kind: "create", address }) };
  },
  (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return {
      begin: { kind: "endpoints", address, nodes: some(random, cluster) },
      end: () => ({
        kind: "endpoints",
        address,
        nodes: random.chance(0.5) ? undefined : some(random, cluster),
      }),
    };
  },
  (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    return {
      begin: { kind: "advertise", domain, how: "not" },
      end: () => ({ kind: "advertise", domain, how: "again" }),
    };
  },
  (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return { begin: { kind: "take-away", node: nodeOf(random, cluster).name, address } };
  },
  (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return {
      begin: { kind: "stranger", address },
      end: () => ({ kind: "stranger-leaves", address }),
    };
  },
];
