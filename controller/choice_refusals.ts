import type { Config, Pool } from "../config/config.ts";
import { equalIp, type Family, formatIp, type IpAddress } from "../ip/address.ts";
import type { Occupancy } from "./occupancy.ts";
import { accessRefusal, isOpenTo } from "./pool_access.ts";
import { describeSighting } from "./quarantine.ts";
import { quoteList, type Refusal } from "./refusal.ts";
import type { Request, Wish } from "./request.ts";

/** What one choice looks at. */
export interface Case {
  readonly config: Config;
  readonly occupancy: Occupancy;
  readonly request: Request;
  readonly wish: Wish;
  /** What it holds and may keep, in order of its families. */
  readonly kept: readonly IpAddress[];
}

/** The configuration in force has no pools at all. */
export const NO_POOLS: Refusal = {
  kind: "no-pools",
  message: "no available IPs",
  remedy: "create an address pool: the configuration in force has none",
};

/** The pool that is asked for does not exist. */
export function unknownPool({ config, wish }: Case): Refusal | undefined {
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

/** The pool that is asked for, or that has an address that is asked for, is not for the Service. */
export function closedTo({ config, occupancy, request, wish }: Case): Refusal | undefined {
  const pools = [
    ...config.pools.filter(({ name }) => name === wish.pool),
    ...wish.addresses.flatMap((address) => occupancy.poolOf(address) ?? []),
  ];
  return pools.flatMap((pool) => accessRefusal(pool, request.applicant) ?? [])[0];
}

/** Nobody is told: it is a matter of a moment, unless the Namespaces are kept from the reader. */
export function unseen({ applicant: { namespace } }: Request): Refusal {
  return {
    kind: "namespace-not-seen",
    message: `namespace "${namespace}" is not seen, and pools go by the labels of namespaces`,
    remedy: "let the leader read Namespaces",
  };
}

/** Both an address and a pool are asked for, and the pool does not have the address. */
export function outsideRequestedPool({ wish, occupancy }: Case): Refusal | undefined {
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
export function quarantined({ wish, kept, occupancy }: Case): Refusal | undefined {
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

/** Two addresses are asked for that are not of one pool. */
export function differentPools({ wish, occupancy }: Case): Refusal | undefined {
  const pools = new Set(wish.addresses.map((address) => occupancy.poolOf(address)?.name));
  if (pools.size < 2) return undefined;
  return {
    kind: "different-pools",
    message: `requested loadBalancer IP(s) ${quoteList(wish.addresses.map(formatIp))} ` +
      `are of different pools: ${[...pools].join(", ")}`,
    remedy: "request two addresses of one pool",
  };
}

/** PreferDualStack has to be content with one family: its pool has none of the other. */
export function secondFamily(pool: string, missing: Family): Refusal {
  return {
    kind: "second-family",
    message: `no available IPs in pool "${pool}"`,
    remedy: `add ${missing} addresses to pool "${pool}", or free one`,
  };
}

/** None of these pools, which are those that are for the Service, has what it needs. */
export function exhausted(it: Case, pools: readonly Pool[]): Refusal {
  const { wish, occupancy } = it;
  const isOffered = pools.some((pool) => offers(pool, wish));
  const closed = isOffered ? undefined : closedPools(it);
  if (closed !== undefined) return closed;
  const families = wish.families.join(" and ");
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

/** There are pools that have what it needs and give it out unasked, but none of them is for the Service. */
function closedPools({ config, request: { applicant }, wish }: Case): Refusal | undefined {
  if (wish.pool !== undefined) return undefined;
  const closed = config.pools.filter((pool) =>
    pool.autoAssign && offers(pool, wish) && !isOpenTo(pool, applicant)
  );
  const [first, ...others] = closed.flatMap((pool) => accessRefusal(pool, applicant) ?? []);
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : `, nor is any of ${others.length} more`;
  return {
    kind: "pool-not-for-service",
    message: `no available IPs: ${first.message}${more}`,
    remedy: `${first.remedy}, or create a pool that is for the Service`,
  };
}

/** Whether the pool is of all families that are needed. */
function offers({ ranges }: Pool, { families, dualStack }: Wish): boolean {
  const has = (family: Family): boolean => ranges.some((range) => range.family === family);
  return dualStack === "required" ? families.every(has) : families.some(has);
}
