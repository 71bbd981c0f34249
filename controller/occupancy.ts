import type { Pool } from "../config/config.ts";
import { type Family, formatIp, type IpAddress } from "../ip/address.ts";
import { AddressMap } from "./address_map.ts";
import { PoolSlots } from "./pool_slots.ts";
import type { Quarantine, Sighting } from "./quarantine.ts";
import type { Refusal } from "./refusal.ts";
import type { Request } from "./request.ts";
import { areKeysCompatible } from "./sharing.ts";

/** A Service as far as the use of an address is concerned. */
export type Sharer = Pick<Request, "key" | "sharing">;

/** Who uses one address, and on which terms. */
interface Usage {
  readonly address: IpAddress;
  /** The key of the first Service, almost always the only one. */
  readonly user: string;
  others: Set<string> | undefined;
  key: string;
  backend: string;
  /** `TCP/80` to the key of the Service that has it. Absent where none counts: nothing is shared. */
  ports: Map<string, string> | undefined;
}

/**
 * Who has which address. During one decision it only fills: an address that a Service gives up stays
 * occupied until a later snapshot shows that the API has taken it from the status, so that no crash or
 * refused write in between can leave two owners. Between decisions, what was only decided is taken back
 * with `rollback`, and addresses about which something new is known are cleared, to be occupied anew.
 */
export class Occupancy {
  readonly #slots: PoolSlots;
  readonly #quarantine: Quarantine;
  readonly #usages = new AddressMap<Usage>();
  /** Usages of addresses by sharing key and pool, the candidates for the next Service with that key. */
  readonly #byKey = new Map<string, Map<Pool, Set<Usage>>>();
  /** How usages were before `begin`; undefined: there was none. */
  #before: Map<Usage, Usage | undefined> | undefined;

  /** Addresses in quarantine are given to nobody; whoever has one may keep it. */
  constructor(pools: readonly Pool[], quarantine: Quarantine = new Map()) {
    this.#quarantine = quarantine;
    this.#slots = new PoolSlots(pools);
    for (const { address } of quarantine.values()) this.#slots.take(address);
  }

  /** What happens from now on is undone by the next `rollback`. */
  begin(): void {
    this.#before = new Map();
  }

  /** Takes back everything since `begin`, and tells whose use has changed by that. */
  rollback(): readonly IpAddress[] {
    const before = this.#before ?? new Map<Usage, Usage | undefined>();
    this.#before = undefined;
    for (const [usage, old] of before) {
      if (old === undefined) this.clear(usage.address);
      else {
        this.#setTerms(usage, old.key, old.backend);
        usage.others = old.others;
        usage.ports = old.ports;
      }
    }
    return Array.from(before.keys(), ({ address }) => address);
  }

  /** Nobody has this address any more. Not between `begin` and `rollback`. */
  clear(address: IpAddress): void {
    const usage = this.#usages.get(address);
    if (usage === undefined) return;
    this.#setTerms(usage, "", "");
    this.#usages.delete(address);
    if (this.sightingOf(address) === undefined) this.#slots.give(address);
  }

  /** The pool that may give out this address; addresses that `avoidBuggyIPs` excludes have none. */
  poolOf(address: IpAddress): Pool | undefined {
    return this.#slots.poolOf(address);
  }

  /** The sharing key of those who have this address: empty where they share it with nobody, absent where it is free. */
  sharingKeyOf(address: IpAddress): string | undefined {
    return this.#usages.get(address)?.key;
  }

  /** Whether somebody has an address of a pool that is shared with this key. */
  isShared(sharingKey: string): boolean {
    return this.#byKey.has(sharingKey);
  }

  /** Whether a pool has an address that nobody has. */
  hasFree(pool: Pool): boolean {
    return this.#slots.hasFree(pool, "IPv4") || this.#slots.hasFree(pool, "IPv6");
  }

  /** Who has this address, as far as somebody is entitled to it; else for whom it is kept. */
  usersOf(address: IpAddress): readonly string[] {
    const usage = this.#usages.get(address);
    return usage === undefined ? [] : usersOf(usage);
  }

  /** Why this Service cannot have this address; `undefined` where it can. */
  refusalOf(sharer: Sharer, address: IpAddress): Refusal | undefined {
    const text = formatIp(address);
    if (this.poolOf(address) === undefined) return outsidePools(text);
    const usage = this.#usages.get(address);
    if (usage === undefined || !hasOthers(usage, sharer)) return undefined;
    if (!areKeysCompatible(usage, sharer.sharing)) return inUse(usage, text, sharer);
    const port = takenPort(usage, sharer);
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
    if (usage.others === undefined) this.#setTerms(usage, sharing.key, sharing.backend);
    // Without a key there is nobody whose ports could be in the way of others.
    if (sharing.key === "" || sharing.ports.length === 0) return;
    const ports = usage.ports ??= new Map();
    for (const port of sharing.ports) ports.set(port, key);
  }

  /**
   * Keeps the address from others while this Service may still have it, entitled or not. Where somebody
   * is entitled to it, only the ports that are left are kept.
   */
  reserve({ key, sharing }: Sharer, address: IpAddress): void {
    const usage = this.#usages.get(address);
    if (usage === undefined) {
      this.#use(key, address);
      return;
    }
    if (sharing.ports.length === 0) return;
    this.#keep(usage);
    const ports = usage.ports ??= new Map();
    for (const port of sharing.ports) if (!ports.has(port)) ports.set(port, key);
  }

  /** The pools of a list that may have an address of each of these families for the Service, in the order of the list. */
  *poolsFor(
    pools: readonly Pool[],
    families: readonly Family[],
    { sharing }: Sharer,
  ): Generator<Pool> {
    const shared = this.#byKey.get(sharing.key);
    const first = this.#slots.firstOpen(pools, families);
    if (shared !== undefined) yield* pools.slice(0, first).filter((pool) => shared.has(pool));
    for (const pool of pools.values().drop(first)) yield pool;
  }

  /** The first address of a pool, in configured order, that is free or that the Service may share. */
  lowest(pool: Pool, family: Family, sharer: Sharer): IpAddress | undefined {
    const shared = this.#lowestShared(pool, family, sharer);
    const free = this.lowestFree(pool, family);
    if (shared === undefined || free === undefined) return shared ?? free;
    return this.#slots.compare(free, shared) < 0 ? free : shared;
  }

  /** The first address of a pool, in configured order, that nobody has. */
  lowestFree(pool: Pool, family: Family): IpAddress | undefined {
    return this.#slots.lowest(pool, family);
  }

  #lowestShared(pool: Pool, family: Family, sharer: Sharer): IpAddress | undefined {
    const candidates = this.#byKey.get(sharer.sharing.key)?.get(pool) ?? [];
    let best: IpAddress | undefined;
    for (const usage of candidates) {
      const { address } = usage;
      if (address.family !== family || this.sightingOf(address) !== undefined) continue;
      if (best !== undefined && this.#slots.compare(best, address) <= 0) continue;
      if (isOpenTo(usage, sharer)) best = address;
    }
    return best;
  }

  #use(key: string, address: IpAddress): Usage {
    const known = this.#usages.get(address);
    if (known !== undefined) {
      this.#keep(known);
      if (key !== known.user) (known.others ??= new Set()).add(key);
      return known;
    }
    this.#slots.take(address);
    const usage: Usage = {
      address,
      user: key,
      others: undefined,
      key: "",
      backend: "",
      ports: undefined,
    };
    this.#usages.set(address, usage);
    this.#before?.set(usage, undefined);
    return usage;
  }

  /** Remembers how it was, if that may be wanted back. */
  #keep(usage: Usage): void {
    if (this.#before === undefined || this.#before.has(usage)) return;
    this.#before.set(usage, {
      ...usage,
      others: usage.others && new Set(usage.others),
      ports: usage.ports && new Map(usage.ports),
    });
  }

  #setTerms(usage: Usage, key: string, backend: string): void {
    usage.backend = backend;
    if (usage.key === key) return;
    const pool = this.poolOf(usage.address);
    if (pool !== undefined && usage.key !== "") this.#forget(usage, pool);
    usage.key = key;
    if (pool === undefined || key === "") return;
    const pools = this.#byKey.get(key) ?? new Map<Pool, Set<Usage>>();
    this.#byKey.set(key, pools);
    const usages = pools.get(pool) ?? new Set();
    pools.set(pool, usages.add(usage));
  }

  /** Its address is no candidate for those with its key any more. */
  #forget(usage: Usage, pool: Pool): void {
    const pools = this.#byKey.get(usage.key);
    const usages = pools?.get(pool);
    usages?.delete(usage);
    if (usages?.size === 0) pools?.delete(pool);
    if (pools?.size === 0) this.#byKey.delete(usage.key);
  }
}

function usersOf({ user, others }: Usage): readonly string[] {
  return others === undefined ? [user] : [user, ...others];
}

function hasOthers({ user, others }: Usage, { key }: Sharer): boolean {
  return user !== key || others !== undefined;
}

function takenPort({ ports }: Usage, { key, sharing }: Sharer): string | undefined {
  return sharing.ports.find((port) => (ports?.get(port) ?? key) !== key);
}

/** Whether the Service may have an address of a pool that is in use. */
function isOpenTo(usage: Usage, sharer: Sharer): boolean {
  return !hasOthers(usage, sharer) ||
    areKeysCompatible(usage, sharer.sharing) && takenPort(usage, sharer) === undefined;
}

function outsidePools(ip: string): Refusal {
  return {
    kind: "outside-pools",
    message: `"${ip}" is not allowed in config`,
    remedy: "add the address to a pool, or request one that a pool has",
  };
}

function inUse(usage: Usage, ip: string, { key }: Sharer): Refusal {
  const others = usersOf(usage).filter((user) => user !== key).toSorted();
  return {
    kind: "address-in-use",
    message: `can't change sharing key for "${key}", address also in use by ${others.join(",")}`,
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
