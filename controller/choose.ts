import type { Config, Pool } from "../config/config.ts";
import { equalIp, type Family, formatIp, type IpAddress } from "../ip/address.ts";
import type { Occupancy } from "./occupancy.ts";
import { describeSighting } from "./quarantine.ts";
import { quoteList, type Refusal } from "./refusal.ts";
import type { Request, Wish } from "./request.ts";

/** The addresses a Service shall have, and why they are not what it asks for. */
export interface Choice {
  /** In order of the Service's families; those it holds where nothing better can be had. */
  readonly addresses: readonly IpAddress[];
  readonly refusal: Refusal | undefined;
}

/** What one choice looks at. */
interface Case {
  readonly config: Config;
  readonly occupancy: Occupancy;
  readonly request: Request;
  readonly wish: Wish;
  /** What it holds and may keep, in order of its families. */
  readonly kept: readonly IpAddress[];
}

/**
 * Chooses the addresses of one Service. What it holds stays as long as it does what is asked for, and
 * also when the addresses that are asked for instead cannot be had.
 */
export function choose(
  config: Config,
  occupancy: Occupancy,
  request: Request,
  kept: readonly IpAddress[],
): Choice {
  const { wish } = request;
  if (wish.kind !== "wish") return { addresses: kept, refusal: wish };
  if (config.pools.length === 0) return { addresses: kept, refusal: NO_POOLS };
  const it: Case = { config, occupancy, request, wish, kept };
  return wish.addresses.length > 0 ? chooseByName(it) : chooseAny(it);
}

function chooseByName(it: Case): Choice {
  const { wish, kept, request, occupancy } = it;
  const isHeld = kept.length === wish.addresses.length &&
    kept.every((address, i) => isEqual(address, wish.addresses[i]));
  const inUse = wish.addresses.map((address) => occupancy.refusalOf(request, address));
  const refusal = unknownPool(it) ?? inUse.find((r) => r?.kind === "outside-pools") ??
    outsideRequestedPool(it) ?? (isHeld ? undefined : differentPools(it) ?? inUse.find(Boolean)) ??
    quarantined(it);
  return refusal === undefined
    ? { addresses: wish.addresses, refusal: undefined }
    : { addresses: kept, refusal };
}

function chooseAny(it: Case): Choice {
  const { wish, kept, config } = it;
  const unknown = unknownPool(it);
  if (unknown !== undefined) return { addresses: kept, refusal: unknown };
  const isInPool = wish.pool === undefined ||
    kept.every((address) => it.occupancy.poolOf(address)?.name === wish.pool);
  if (isInPool && kept.length === wish.families.length) {
    return { addresses: kept, refusal: undefined };
  }
  const first = kept[0];
  if (isInPool && first !== undefined) return completePair(it, first);
  return chooseNew(it, candidates(config, wish));
}

/** One family of two is held: adds the other from the same pool. */
function completePair(it: Case, held: IpAddress): Choice {
  const { wish, kept, occupancy, request } = it;
  const pool = occupancy.poolOf(held);
  const other = wish.families.find((family) => family !== held.family);
  const added = pool === undefined || other === undefined
    ? undefined
    : occupancy.lowest(pool, other, request);
  if (added !== undefined) {
    const pair = wish.families[0] === held.family ? [held, added] : [added, held];
    return { addresses: pair, refusal: undefined };
  }
  if (wish.dualStack === "required") return chooseNew(it, candidates(it.config, wish));
  return { addresses: kept, refusal: secondFamily(pool?.name ?? "", other ?? "IPv6") };
}

function chooseNew(it: Case, pools: readonly Pool[]): Choice {
  const { wish, kept } = it;
  const found = firstPool(it, pools, wish.families);
  if (found !== undefined) return { addresses: found.addresses, refusal: undefined };
  if (wish.dualStack === "preferred" && wish.families.length === 2) {
    for (const family of wish.families) {
      const single = firstPool(it, pools, [family]);
      if (single === undefined) continue;
      const missing = family === "IPv4" ? "IPv6" : "IPv4";
      return { addresses: single.addresses, refusal: secondFamily(single.pool.name, missing) };
    }
  }
  return { addresses: kept, refusal: exhausted(it, pools) };
}

/** The lowest addresses of the first pool that has one of each family. */
function firstPool(
  it: Case,
  pools: readonly Pool[],
  families: readonly Family[],
): { readonly pool: Pool; readonly addresses: readonly IpAddress[] } | undefined {
  for (const pool of it.occupancy.poolsFor(pools, families, it.request)) {
    const addresses = families.flatMap((family) =>
      it.occupancy.lowest(pool, family, it.request) ?? []
    );
    if (addresses.length === families.length) return { pool, addresses };
  }
  return undefined;
}

/** The pools to try, in order of name: the requested one, or all that are given out unasked. */
export function candidates(config: Config, wish: Wish): readonly Pool[] {
  return config.pools.filter((pool) =>
    wish.pool === undefined ? pool.autoAssign : pool.name === wish.pool
  );
}

function isEqual(a: IpAddress, b: IpAddress | undefined): boolean {
  return b !== undefined && equalIp(a, b);
}

const NO_POOLS: Refusal = {
  kind: "no-pools",
  message: "no available IPs",
  remedy: "create an address pool: the configuration in force has none",
};

function unknownPool({ config, wish }: Case): Refusal | undefined {
  if (wish.pool === undefined || config.pools.some((pool) => pool.name === wish.pool)) {
    return undefined;
  }
  const known = config.pools.map((pool) => pool.name).join(", ");
  return {
    kind: "unknown-pool",
    message: `unknown pool "${wish.pool}"`,
    remedy: `create the pool, or request one of these: ${known}`,
  };
}

function outsideRequestedPool({ wish, occupancy }: Case): Refusal | undefined {
  const { pool } = wish;
  if (pool === undefined) return undefined;
  if (wish.addresses.every((address) => occupancy.poolOf(address)?.name === pool)) return undefined;
  return {
    kind: "outside-requested-pool",
    message: `requested loadBalancer IP(s) ${quoteList(wish.addresses.map(formatIp))} ` +
      `is not compatible with requested address pool ${pool}`,
    remedy: "request an address of that pool, or remove annotation metallb.io/address-pool",
  };
}

/** What it has it may keep; nothing is newly given out while a stranger uses it. */
function quarantined({ wish, kept, occupancy }: Case): Refusal | undefined {
  const wanted = wish.addresses.filter((address) => !kept.some((each) => equalIp(each, address)));
  const sighting = wanted.flatMap((address) => occupancy.sightingOf(address) ?? [])[0];
  if (sighting === undefined) return undefined;
  return {
    kind: "quarantined",
    message: describeSighting(sighting),
    remedy: sighting.isActive
      ? "take the address away from that machine, or request another one"
      : "wait until the address is given out again, or request another one",
  };
}

function differentPools({ wish, occupancy }: Case): Refusal | undefined {
  const pools = new Set(wish.addresses.map((address) => occupancy.poolOf(address)?.name));
  if (pools.size < 2) return undefined;
  return {
    kind: "different-pools",
    message: `requested loadBalancer IP(s) ${quoteList(wish.addresses.map(formatIp))} ` +
      `are of different pools: ${[...pools].join(", ")}`,
    remedy: "request two addresses of one pool",
  };
}

function secondFamily(pool: string, missing: Family): Refusal {
  return {
    kind: "second-family",
    message: `no available IPs in pool "${pool}"`,
    remedy: `add ${missing} addresses to pool "${pool}", or free one`,
  };
}

function exhausted({ wish, occupancy }: Case, pools: readonly Pool[]): Refusal {
  const families = wish.families.join(" and ");
  const isOffered = pools.some((pool) =>
    wish.families.every((family) => pool.ranges.some((range) => range.family === family))
  );
  const where = wish.pool === undefined ? "a pool with auto-assign" : `pool "${wish.pool}"`;
  return {
    kind: "exhausted",
    message: wish.pool === undefined
      ? "no available IPs"
      : `no available IPs in pool "${wish.pool}"`,
    remedy:
      (isOffered
        ? `free an address, or add ${families} addresses to ${where}`
        : `add ${families} addresses to ${where}: there are none`) +
      (occupancy.isBeset(pools)
        ? ", or take those in quarantine away from the machines that use them"
        : ""),
  };
}
