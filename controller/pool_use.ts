import type { Config, Pool } from "../config/config.ts";
import { poolOf } from "../config/select.ts";
import type { Family, IpAddress } from "../ip/address.ts";
import { AddressMap } from "./address_map.ts";
import { capacityOf, type PoolUsage } from "./usage.ts";

type PerFamily<T> = Readonly<Record<Family, T>>;

interface Count {
  readonly total: PerFamily<bigint>;
  readonly used: Record<Family, number>;
}

/** How full the pools are, kept up to date with each Service that gets or loses addresses. Mutable. */
export class PoolUse {
  readonly #config: Config;
  readonly #counts: ReadonlyMap<Pool, Count>;
  /** How many Services have an address. */
  readonly #users = new AddressMap<number>();
  readonly #changed: Set<Pool>;

  constructor(config: Config) {
    this.#config = config;
    this.#counts = new Map(config.pools.map((pool) => [pool, {
      total: { IPv4: capacityOf(pool, "IPv4"), IPv6: capacityOf(pool, "IPv6") },
      used: { IPv4: 0, IPv6: 0 },
    }]));
    this.#changed = new Set(config.pools);
  }

  /** A Service had the first and has the second now. */
  replace(before: readonly IpAddress[], now: readonly IpAddress[]): void {
    for (const address of now) this.#add(address, 1);
    for (const address of before) this.#add(address, -1);
  }

  /** The pools whose numbers may have changed since this was last asked; at first all. */
  takeChanged(): readonly PoolUsage[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed.flatMap((pool) => {
      const count = this.#counts.get(pool);
      return count === undefined
        ? []
        : [{ pool: pool.name, total: count.total, used: { ...count.used } }];
    });
  }

  #add(address: IpAddress, more: 1 | -1): void {
    const before = this.#users.get(address) ?? 0;
    const now = before + more;
    if (now === 0) this.#users.delete(address);
    else this.#users.set(address, now);
    if (before > 0 && now > 0) return;
    const pool = poolOf(this.#config, address);
    const count = pool && this.#counts.get(pool);
    if (pool === undefined || count === undefined) return;
    count.used[address.family] += more;
    this.#changed.add(pool);
  }
}
