import type { Pool } from "../config/config.ts";
import { isAvoided } from "../config/select.ts";
import { type Family, formatIp, type IpAddress } from "../ip/address.ts";
import type { IpRange } from "../ip/range.ts";
import { FreeRanges } from "./free_ranges.ts";
import type { Quarantine, Sighting } from "./quarantine.ts";
import type { Refusal } from "./refusal.ts";
import type { Request } from "./request.ts";
import { areKeysCompatible } from "./sharing.ts";

/** A Service as far as the use of an address is concerned. */
export type Sharer = Pick<Request, "key" | "sharing">;

/** One configured range of a pool. */
interface Slot {
  readonly pool: Pool;
  readonly range: IpRange;
  /** Position among the ranges of the pool. */
  readonly order: number;
  readonly free: FreeRanges;
}

/** Who uses one address, and on which terms. */
interface Usage {
  readonly users: Set<string>;
  key: string;
  backend: string;
  /** `TCP/80` to the key of the Service that has it. */
  readonly ports: Map<string, string>;
}

/**
 * Who has which address during one allocation. It only fills: an address that a Service gives up stays
 * occupied until a later snapshot shows that the API has taken it from the status, so that no crash or
 * refused write in between can leave two owners.
 */
export class Occupancy {
  readonly #slots: Readonly<Record<Family, readonly Slot[]>>;
  readonly #slotsOfPool: ReadonlyMap<string, readonly Slot[]>;
  readonly #usages: Readonly<Record<Family, Map<bigint, Usage>>> = {
    IPv4: new Map(),
    IPv6: new Map(),
  };
  /** Addresses in use by sharing key, the candidates for the next Service with that key. */
  readonly #byKey = new Map<string, IpAddress[]>();

  readonly #quarantine: Quarantine;

  /** Addresses in quarantine are given to nobody; whoever has one may keep it. */
  constructor(pools: readonly Pool[], quarantine: Quarantine = new Map()) {
    this.#quarantine = quarantine;
    const slots = pools.map((pool) =>
      pool.ranges.map((range, order): Slot => ({ pool, range, order, free: new FreeRanges(range) }))
    );
    this.#slotsOfPool = new Map(pools.map((pool, i) => [pool.name, slots[i] ?? []]));
    this.#slots = { IPv4: sortSlots(slots.flat(), "IPv4"), IPv6: sortSlots(slots.flat(), "IPv6") };
    for (const { address } of quarantine.values()) this.#slotOf(address)?.free.take(address.value);
  }

  /** The pool that may give out this address; addresses that `avoidBuggyIPs` excludes have none. */
  poolOf(address: IpAddress): Pool | undefined {
    const pool = this.#slotOf(address)?.pool;
    return pool === undefined || isAvoided(pool, address) ? undefined : pool;
  }

  /** Why this Service cannot have this address; `undefined` where it can. */
  refusalOf(sharer: Sharer, address: IpAddress): Refusal | undefined {
    const text = formatIp(address);
    if (this.poolOf(address) === undefined) return outsidePools(text);
    const usage = this.#usages[address.family].get(address.value);
    if (usage === undefined) return undefined;
    const others = [...usage.users].filter((user) => user !== sharer.key);
    if (others.length === 0) return undefined;
    if (!areKeysCompatible(usage, sharer.sharing)) return inUse(sharer.key, text, others);
    const port = sharer.sharing.ports.find((port) => isTakenFrom(usage, port, sharer.key));
    return port === undefined ? undefined : portInUse(port, text);
  }

  /** Why the address is in quarantine; `undefined` where it is not. */
  sightingOf(address: IpAddress): Sighting | undefined {
    return this.#quarantine.size === 0 ? undefined : this.#quarantine.get(formatIp(address));
  }

  /** Whether an address of one of these pools is in quarantine. */
  isBeset(pools: readonly Pool[]): boolean {
    return this.#quarantine.values().some(({ address }) => {
      const pool = this.poolOf(address);
      return pool !== undefined && pools.includes(pool);
    });
  }

  /** Gives the address to the Service, on its sharing terms. Ask `refusalOf` first. */
  occupy({ key, sharing }: Sharer, address: IpAddress): void {
    const usage = this.#use(key, address);
    if (usage.users.size === 1) {
      usage.key = sharing.key;
      usage.backend = sharing.backend;
    }
    for (const port of sharing.ports) usage.ports.set(port, key);
    if (sharing.key === "" || usage.users.size > 1) return;
    const candidates = this.#byKey.get(sharing.key) ?? [];
    candidates.push(address);
    this.#byKey.set(sharing.key, candidates);
  }

  /**
   * Keeps the address from others while this Service may still have it, entitled or not. Where somebody
   * is entitled to it, only the ports that are left are kept.
   */
  reserve({ key, sharing }: Sharer, address: IpAddress): void {
    const usage = this.#usages[address.family].get(address.value);
    if (usage === undefined) {
      this.#use(key, address);
      return;
    }
    for (const port of sharing.ports) if (!usage.ports.has(port)) usage.ports.set(port, key);
  }

  /** The first address of a pool, in configured order, that is free or that the Service may share. */
  lowest(pool: Pool, family: Family, sharer: Sharer): IpAddress | undefined {
    const shared = this.#lowestShared(pool, family, sharer);
    const free = this.lowestFree(pool, family);
    if (shared === undefined || free === undefined) return shared ?? free;
    return this.#compare(free, shared) < 0 ? free : shared;
  }

  /** The first address of a pool, in configured order, that nobody has. */
  lowestFree(pool: Pool, family: Family): IpAddress | undefined {
    for (const slot of this.#slotsOfPool.get(pool.name) ?? []) {
      const value = slot.range.family === family ? lowestUsable(slot) : undefined;
      if (value !== undefined) return { family, value };
    }
    return undefined;
  }

  #lowestShared(pool: Pool, family: Family, sharer: Sharer): IpAddress | undefined {
    const candidates = this.#byKey.get(sharer.sharing.key) ?? [];
    let best: IpAddress | undefined;
    for (const address of candidates) {
      if (address.family !== family || this.poolOf(address) !== pool) continue;
      if (this.sightingOf(address) !== undefined) continue;
      if (best !== undefined && this.#compare(best, address) <= 0) continue;
      if (this.refusalOf(sharer, address) === undefined) best = address;
    }
    return best;
  }

  /** Orders addresses of one pool and family as the pool gives them out. */
  #compare(a: IpAddress, b: IpAddress): number {
    const order = (this.#slotOf(a)?.order ?? 0) - (this.#slotOf(b)?.order ?? 0);
    return order || (a.value < b.value ? -1 : 1);
  }

  #use(key: string, address: IpAddress): Usage {
    this.#slotOf(address)?.free.take(address.value);
    const usages = this.#usages[address.family];
    const usage = usages.get(address.value) ??
      { users: new Set(), key: "", backend: "", ports: new Map() };
    usages.set(address.value, usage);
    usage.users.add(key);
    return usage;
  }

  #slotOf(address: IpAddress): Slot | undefined {
    const slots = this.#slots[address.family];
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const slot = slots[middle];
      if (slot !== undefined && slot.range.first <= address.value) low = middle + 1;
      else high = middle;
    }
    const slot = slots[low - 1];
    return slot !== undefined && address.value <= slot.range.last ? slot : undefined;
  }
}

function sortSlots(slots: readonly Slot[], family: Family): readonly Slot[] {
  return slots.filter((slot) => slot.range.family === family)
    .toSorted((a, b) => (a.range.first < b.range.first ? -1 : 1));
}

/** Takes the unusable addresses in front out of the way: each is met once in the life of the slot. */
function lowestUsable(slot: Slot): bigint | undefined {
  const { family } = slot.range;
  for (;;) {
    const value = slot.free.lowest();
    if (value === undefined || !isAvoided(slot.pool, { family, value })) return value;
    slot.free.take(value);
  }
}

function isTakenFrom(usage: Usage, port: string, key: string): boolean {
  const owner = usage.ports.get(port);
  return owner !== undefined && owner !== key;
}

function outsidePools(ip: string): Refusal {
  return {
    kind: "outside-pools",
    message: `"${ip}" is not allowed in config`,
    remedy: "add the address to a pool, or request one that a pool has",
  };
}

function inUse(key: string, ip: string, others: readonly string[]): Refusal {
  const users = others.toSorted();
  return {
    kind: "address-in-use",
    message: `can't change sharing key for "${key}", address also in use by ${users.join(",")}`,
    remedy:
      `free "${ip}", or give all its Services the same annotation metallb.io/allow-shared-ip and the ` +
      "same externalTrafficPolicy, with Local the same selector too",
  };
}

function portInUse(port: string, ip: string): Refusal {
  return {
    kind: "port-in-use",
    message: `port ${port} is already in use on "${ip}"`,
    remedy: "use another port, or another address",
  };
}
