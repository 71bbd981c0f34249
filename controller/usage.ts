import type { Config, Pool } from "../config/config.ts";
import { poolOf } from "../config/select.ts";
import type { Family, IpAddress } from "../ip/address.ts";
import { type IpRange, rangeSize } from "../ip/range.ts";

/** How full one pool is, per family. */
export interface PoolUsage {
  readonly pool: string;
  /** Addresses that the pool may give out. */
  readonly total: Readonly<Record<Family, bigint>>;
  /** Distinct addresses that Services have. */
  readonly used: Readonly<Record<Family, number>>;
}

/** Counts the addresses of each pool, in order of name. Shared addresses count once. */
export function usageOf(
  config: Config,
  assigned: Iterable<readonly IpAddress[]>,
): readonly PoolUsage[] {
  const used = new Map<Pool, Record<Family, Set<bigint>>>(
    config.pools.map((pool) => [pool, { IPv4: new Set(), IPv6: new Set() }]),
  );
  for (const addresses of assigned) {
    for (const address of addresses) {
      const pool = poolOf(config, address);
      if (pool !== undefined) used.get(pool)?.[address.family].add(address.value);
    }
  }
  return config.pools.map((pool) => ({
    pool: pool.name,
    total: { IPv4: capacityOf(pool, "IPv4"), IPv6: capacityOf(pool, "IPv6") },
    used: {
      IPv4: used.get(pool)?.IPv4.size ?? 0,
      IPv6: used.get(pool)?.IPv6.size ?? 0,
    },
  }));
}

/** How many of these addresses each pool has, by its name; pools that have none are left out. */
export function countByPool(
  config: Config,
  addresses: Iterable<{ readonly address: IpAddress }>,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { address } of addresses) {
    const name = poolOf(config, address)?.name;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How many addresses of a family a pool may give out: those that it avoids are not counted. */
export function capacityOf(pool: Pool, family: Family): bigint {
  return pool.ranges
    .filter((range) => range.family === family)
    .reduce(
      (sum, range) => sum + rangeSize(range) - (isAvoiding(pool, family) ? ends(range) : 0n),
      0n,
    );
}

function isAvoiding(pool: Pool, family: Family): boolean {
  return pool.avoidBuggyIPs && family === "IPv4";
}

/** How many addresses of the range end in .0 or .255. */
function ends(range: IpRange): bigint {
  return endsBelow(range.last + 1n) - endsBelow(range.first);
}

function endsBelow(value: bigint): bigint {
  const rest = value & 0xffn;
  return (value >> 8n) * 2n + (rest > 0n ? 1n : 0n);
}
