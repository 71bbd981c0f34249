// deno-lint-ignore-file no-console
/**
 * What one changed Service costs the leader, in CPU time: decided by change, as the leader does (`Book`), and as
 * everything at once (`decide`), in one run. No input or output is part of it.
 *
 *     deno run -A bench/change.ts [Services...]     [100 1000 10000]
 */
import { cpuUsage } from "node:process";
import type { Config } from "../config/mod.ts";
import { Book } from "../controller/book.ts";
import { decide } from "../controller/decide.ts";
import { applyTo, configOf, serviceOf, testPool } from "../controller/testing.ts";
import { keyOf, type Service } from "../kube/mod.ts";

const NOW = "2026-01-01T00:00:00Z";
const ALLOWANCE = { left: 0, begun: new Set<string>() };

/** A cluster at rest, and what happens in it. */
interface Scenario {
  readonly name: string;
  readonly config: (count: number) => Config;
  readonly services: (count: number) => readonly Service[];
  /** The Services that change in one round. */
  readonly change: (world: ReadonlyMap<string, Service>, round: number) => readonly Change[];
}

type Change = readonly [key: string, service: Service | undefined];

/** A network that is large enough: whatever its size, it costs the same. */
const ONE_POOL = configOf(testPool("default", ["10.0.0.0/8"]));

/** So many pools that the Services fill all but a few of them. */
function manyPools(count: number): Config {
  const pools = Array.from({ length: 1_000 }, (_, i) => {
    const size = Math.ceil(count * 1.01 / 1_000);
    const first = i * 64;
    const ip = (n: number): string => `10.${n >> 16}.${n >> 8 & 255}.${n & 255}`;
    return testPool(`p${`${i}`.padStart(4, "0")}`, [`${ip(first)}-${ip(first + size - 1)}`]);
  });
  return configOf(...pools);
}

function servicesOf(count: number, more: Partial<Parameters<typeof serviceOf>[0]> = {}): Service[] {
  return Array.from({ length: count }, (_, i) => serviceOf({ name: `s${i}`, age: i, ...more }));
}

const ONE_MORE: Scenario["change"] = (_, round) => {
  const service = serviceOf({ name: `new${round}`, age: 1_000_000 + round });
  return [[keyOf(service.meta), service]];
};

const LABEL: Scenario["change"] = (world, round) => {
  const [key, service] = world.entries().drop(round).next().value ?? [];
  if (key === undefined || service === undefined) return [];
  return [[key, { ...service, meta: { ...service.meta, labels: { round: `${round}` } } }]];
};

const DELETE: Scenario["change"] = (world, round) => {
  const [key] = world.entries().drop(round * 3).find(([, { ingress }]) => ingress.length > 0) ?? [];
  return key === undefined ? [] : [[key, undefined]];
};

const SCENARIOS: readonly Scenario[] = [
  { name: "one pool: a label", config: () => ONE_POOL, services: servicesOf, change: LABEL },
  { name: "one pool: one more", config: () => ONE_POOL, services: servicesOf, change: ONE_MORE },
  { name: "one pool: one less", config: () => ONE_POOL, services: servicesOf, change: DELETE },
  { name: "1,000 pools: one more", config: manyPools, services: servicesOf, change: ONE_MORE },
  {
    name: "half of them wait: a label",
    config: (count) => configOf(testPool("default", [`10.0.0.0-10.0.${last(count / 2)}`])),
    services: servicesOf,
    change: LABEL,
  },
  {
    name: "half of them wait: one less",
    config: (count) => configOf(testPool("default", [`10.0.0.0-10.0.${last(count / 2)}`])),
    services: servicesOf,
    change: DELETE,
  },
  {
    name: "half wait, each with a sharing key: one less",
    config: (count) => configOf(testPool("default", [`10.0.0.0-10.0.${last(count / 2)}`])),
    services: (count) =>
      servicesOf(count).map((service, i) => ({
        ...service,
        meta: { ...service.meta, annotations: { "metallb.io/allow-shared-ip": `k${i}` } },
      })),
    change: DELETE,
  },
];

function last(count: number): string {
  return `${count - 1 >> 8}.${count - 1 & 255}`;
}

interface Cost {
  readonly name: string;
  readonly count: number;
  /** CPU time in ms. */
  readonly byChange: number;
  readonly atOnce: number;
  readonly begin: number;
}

const ROUNDS = 20;

function measure({ name, config: configOfCount, services, change }: Scenario, count: number): Cost {
  const config = configOfCount(count);
  const world = settled(config, services(count));
  const book = new Book({
    config,
    quarantine: new Map(),
    namespaces: new Map(),
    lbClass: undefined,
  });
  for (const [key, service] of world) book.put(key, { service, doubtful: [] });
  const look = (): void => book.look({ allowance: ALLOWANCE, now: NOW });
  const begin = timed(look);
  const byChange: number[] = [];
  const atOnce: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const changes = change(world, round).map(([key, service]): Change => [key, renewed(service)]);
    for (const [key, service] of changes) {
      if (service === undefined) world.delete(key);
      else world.set(key, service);
    }
    byChange.push(timed(() => {
      for (const [key, service] of changes) book.put(key, { service, doubtful: [] });
      look();
      return book.actions;
    }));
    if (round < 5) {
      atOnce.push(
        timed(() =>
          decide({ config, services: [...world.values()], lbClass: undefined, now: NOW })
        ),
      );
    }
    // The writes that follow come back as changes.
    for (const action of book.actions) {
      const key = keyOf(action.service.meta);
      const before = world.get(key);
      if (before === undefined) continue;
      const after = applyTo(before, [action]);
      world.set(key, after);
      book.put(key, { service: after, doubtful: [] });
    }
    look();
  }
  return { name, count, byChange: median(byChange), atOnce: median(atOnce), begin };
}

/** The Services by key, after everything that is to be written about them was. */
function settled(config: Config, services: readonly Service[]): Map<string, Service> {
  const { actions } = decide({ config, services, lbClass: undefined, now: NOW });
  const byKey = new Map(actions.map((action) => [keyOf(action.service.meta), action]));
  return new Map(services.map((service) => {
    const key = keyOf(service.meta);
    const action = byKey.get(key);
    return [key, action === undefined ? service : applyTo(service, [action])];
  }));
}

let version = 1_000_000;

function renewed(service: Service | undefined): Service | undefined {
  if (service === undefined) return undefined;
  return { ...service, meta: { ...service.meta, resourceVersion: `${++version}` } };
}

function timed(work: () => unknown): number {
  const before = cpuUsage();
  work();
  const { user, system } = cpuUsage(before);
  return (user + system) / 1_000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

if (import.meta.main) {
  const counts = Deno.args.length === 0 ? [100, 1_000, 10_000] : Deno.args.map(Number);
  console.log("CPU ms".padEnd(46) + "Services   by change     at once      begin");
  for (const scenario of SCENARIOS) {
    for (const count of counts) {
      const { name, byChange, atOnce, begin } = measure(scenario, count);
      const cells = [byChange.toFixed(3), atOnce.toFixed(1), begin.toFixed(1)];
      console.log(
        name.padEnd(46) + `${count}`.padStart(8) + cells.map((c) => c.padStart(12)).join(""),
      );
    }
  }
}
