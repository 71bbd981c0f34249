import type { Config, Pool } from "../config/config.ts";
import { equalIp, type Family, type IpAddress } from "../ip/address.ts";
import {
  type Case,
  closedTo,
  differentPools,
  exhausted,
  NO_POOLS,
  outsideRequestedPool,
  quarantined,
  secondFamily,
  unknownPool,
  unseen,
} from "./choice_refusals.ts";
import type { Occupancy } from "./occupancy.ts";
import { isUndecided, poolTiers } from "./pool_choice.ts";
import type { Refusal } from "./refusal.ts";
import type { Request } from "./request.ts";

/** The addresses a Service shall have, and why they are not what it asks for. */
export interface Choice {
  /** In order of the Service's families; those it holds where nothing better can be had. */
  readonly addresses: readonly IpAddress[];
  readonly refusal: Refusal | undefined;
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
  if (isUndecided(config, request.applicant)) return { addresses: kept, refusal: unseen(request) };
  const it: Case = { config, occupancy, request, wish, kept };
  return wish.addresses.length > 0 ? chooseByName(it) : chooseAny(it);
}

function chooseByName(it: Case): Choice {
  const { wish, kept, request, occupancy } = it;
  const isHeld = kept.length === wish.addresses.length &&
    kept.every((address, i) => isEqual(address, wish.addresses[i]));
  const inUse = wish.addresses.map((address) => occupancy.refusalOf(request, address));
  const refusal = unknownPool(it) ?? inUse.find((r) => r?.kind === "outside-pools") ??
    outsideRequestedPool(it) ?? closedTo(it) ??
    (isHeld ? undefined : differentPools(it) ?? inUse.find(Boolean)) ??
    quarantined(it);
  return refusal === undefined
    ? { addresses: wish.addresses, refusal: undefined }
    : { addresses: kept, refusal };
}

function chooseAny(it: Case): Choice {
  const { wish, kept } = it;
  const refusal = unknownPool(it) ?? closedTo(it);
  if (refusal !== undefined) return { addresses: kept, refusal };
  const isInPool = wish.pool === undefined ||
    kept.every((address) => it.occupancy.poolOf(address)?.name === wish.pool);
  if (isInPool && kept.length === wish.families.length) {
    return { addresses: kept, refusal: undefined };
  }
  const first = kept[0];
  if (isInPool && first !== undefined) return completePair(it, first);
  return chooseNew(it);
}

/**
 * One family of two is held: adds the other from the same pool. Where that pool has none, another pool that has both
 * is only looked for where both are needed, or where the Service had both and lost one.
 */
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
  if (wish.dualStack === "required") return chooseNew(it);
  const hasLost = request.held.some((address) => address.family === other);
  const pair = hasLost ? firstInTiers(it, wish.families) : undefined;
  if (pair !== undefined) return { addresses: pair.addresses, refusal: undefined };
  return { addresses: kept, refusal: secondFamily(pool?.name ?? "", other ?? "IPv6") };
}

function chooseNew(it: Case): Choice {
  const { wish, kept } = it;
  const tiers = tiersOf(it);
  for (const pools of tiers) {
    const found = firstPool(it, pools, wish.families);
    if (found !== undefined) return { addresses: found.addresses, refusal: undefined };
    const single = wish.dualStack === "preferred" ? firstOfOneFamily(it, pools) : undefined;
    if (single !== undefined) return single;
  }
  return { addresses: kept, refusal: exhausted(it, tiers.flat()) };
}

/** For PreferDualStack, where no pool has both: one family, the primary one rather than the other. */
function firstOfOneFamily(it: Case, pools: readonly Pool[]): Choice | undefined {
  const { families } = it.wish;
  if (families.length < 2) return undefined;
  for (const family of families) {
    const single = firstPool(it, pools, [family]);
    if (single === undefined) continue;
    const missing = family === "IPv4" ? "IPv6" : "IPv4";
    return { addresses: single.addresses, refusal: secondFamily(single.pool.name, missing) };
  }
  return undefined;
}

function tiersOf({ config, request: { applicant }, wish }: Case): readonly (readonly Pool[])[] {
  return poolTiers(config, { applicant, pool: wish.pool });
}

interface Found {
  readonly pool: Pool;
  readonly addresses: readonly IpAddress[];
}

function firstInTiers(it: Case, families: readonly Family[]): Found | undefined {
  return firstPool(it, tiersOf(it).flat(), families);
}

/** The lowest addresses of the first pool that has one of each family. */
function firstPool(
  it: Case,
  pools: readonly Pool[],
  families: readonly Family[],
): Found | undefined {
  for (const pool of it.occupancy.poolsFor(pools, families, it.request)) {
    const addresses = families.flatMap((family) =>
      it.occupancy.lowest(pool, family, it.request) ?? []
    );
    if (addresses.length === families.length) return { pool, addresses };
  }
  return undefined;
}

function isEqual(a: IpAddress, b: IpAddress | undefined): boolean {
  return b !== undefined && equalIp(a, b);
}
