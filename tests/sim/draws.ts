import { type Random, spread } from "./random.ts";
import type { Fault, Scenario, SimNode } from "./scenario.ts";

/** A fault, and what ends it. */
export interface Episode {
  readonly begin: Fault;
  readonly end?: (forMs: number) => Fault;
  /** How long it lasts: from, to. */
  readonly lastsMs?: readonly [number, number];
}

/** Chooses a fault for a cluster. */
export type Draw = (random: Random, cluster: Pick<Scenario, "nodes" | "addresses">) => Episode;

/** Every kind of fault, named after what begins it. */
export const FAULT_NAMES = [
  "crash",
  "freeze",
  "freeze-at-write",
  "kill",
  "release",
  "slow",
  "stall",
  "unplug",
  "cut",
  "one-way",
  "loss",
  "api-away",
  "exclude",
  "delete",
  "endpoints",
  "advertise",
  "take-away",
  "stranger",
  "refuse-sends",
  "refuse-writes",
  "pause",
  "remove",
  "pool",
] as const;

/** One of them. */
export type FaultName = (typeof FAULT_NAMES)[number];

/** How each kind of fault is chosen for a cluster. */
export const DRAWS: Readonly<Record<FaultName, Draw>> = {
  crash: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const silentMs = random.chance(0.5) ? 0 : Math.round(random.between(0, 950));
    return { begin: { kind: "crash", node }, end: () => ({ kind: "boot", node, silentMs }) };
  },
  freeze: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "freeze", node }, end: () => ({ kind: "thaw", node }) };
  },
  "freeze-at-write": (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "freeze-at-write", node }, end: () => ({ kind: "thaw", node }) };
  },
  kill: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const lastsMs = [300, 60_000] as const;
    return { begin: { kind: "kill", node }, end: () => ({ kind: "restart", node }), lastsMs };
  },
  release: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const lastsMs = [300, 60_000] as const;
    return { begin: { kind: "release", node }, end: () => ({ kind: "restart", node }), lastsMs };
  },
  slow: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const upToMs = Math.round(spread(random, 2, 60));
    const end = (): Fault => ({ kind: "slow", node, upToMs: 0 });
    return { begin: { kind: "slow", node, upToMs }, end, lastsMs: [1_000, 60_000] };
  },
  stall: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "stall", node, ms: Math.round(spread(random, 5, 3_000)) } };
  },
  unplug: (random, cluster) => {
    const { name: node, domains } = nodeOf(random, cluster);
    const domain = random.pick(domains);
    const silentMs = random.chance(0.3) ? 0 : Math.round(spread(random, 10, 31_000));
    return {
      begin: { kind: "unplug", node, domain },
      end: () => ({ kind: "plug", node, domain, silentMs }),
    };
  },
  cut: (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    return {
      begin: { kind: "cut", domain, nodes: some(random, cluster) },
      end: () => ({ kind: "heal", domain }),
    };
  },
  "one-way": (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    const [from, to] = [nodeOf(random, cluster).name, nodeOf(random, cluster).name];
    return {
      begin: { kind: "one-way", domain, from, to },
      end: () => ({ kind: "both-ways", domain }),
    };
  },
  loss: (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    const share = spread(random, 0.001, 0.5);
    return {
      begin: { kind: "loss", domain, share },
      end: () => ({ kind: "loss", domain, share: 0 }),
    };
  },
  "api-away": (random, cluster) => {
    const nodes = random.chance(0.5) ? some(random, cluster) : cluster.nodes.map((n) => n.name);
    return {
      begin: { kind: "api-away", nodes },
      end: () => ({ kind: "api-back", nodes }),
      lastsMs: [1_000, 600_000],
    };
  },
  exclude: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "exclude", node }, end: () => ({ kind: "include", node }) };
  },
  delete: (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return { begin: { kind: "delete", address }, end: () => ({ kind: "create", address }) };
  },
  endpoints: (random, cluster) => {
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
  advertise: (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    return {
      begin: { kind: "advertise", domain, how: "not" },
      end: () => ({ kind: "advertise", domain, how: "again" }),
    };
  },
  "take-away": (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return { begin: { kind: "take-away", node: nodeOf(random, cluster).name, address } };
  },
  stranger: (random, cluster) => {
    const address = random.pick(cluster.addresses).key;
    return {
      begin: { kind: "stranger", address },
      end: () => ({ kind: "stranger-leaves", address }),
    };
  },
  "refuse-sends": (random, cluster) => {
    const { name: node, domains } = nodeOf(random, cluster);
    const domain = random.pick(domains);
    return {
      begin: { kind: "refuse-sends", node, domain },
      end: () => ({ kind: "take-sends", node, domain }),
    };
  },
  "refuse-writes": (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return {
      begin: { kind: "refuse-writes", node },
      end: () => ({ kind: "take-writes", node }),
    };
  },
  pause: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    const clock = random.chance(0.5) ? "stops" : "runs";
    return {
      begin: { kind: "pause", node, clock },
      end: () => ({ kind: "resume", node }),
      lastsMs: [20, 600_000],
    };
  },
  remove: (random, cluster) => {
    const node = nodeOf(random, cluster).name;
    return { begin: { kind: "remove", node }, end: () => ({ kind: "add", node }) };
  },
  pool: (random, cluster) => {
    const { domain } = random.pick(cluster.addresses);
    const there = cluster.addresses.filter((address) => address.domain === domain);
    const without = random.shuffle(there).slice(0, random.whole(1, there.length));
    return {
      begin: { kind: "pool", domain, without: without.map(({ key }) => key) },
      end: () => ({ kind: "pool", domain, without: [] }),
    };
  },
};

function nodeOf(random: Random, { nodes }: Pick<Scenario, "nodes">): SimNode {
  return random.pick(nodes);
}

function some(random: Random, { nodes }: Pick<Scenario, "nodes">): readonly string[] {
  const names = random.shuffle(nodes).map(({ name }) => name);
  return names.slice(0, random.whole(1, Math.max(1, names.length - 1)));
}
