import type { Config, Pool } from "../config/config.ts";
import { equalIp, formatIp, type IpAddress } from "../ip/address.ts";
import type { MoveAllowance } from "./move_limit.ts";
import type { Occupancy } from "./occupancy.ts";
import { candidates, isUndecided } from "./pool_choice.ts";
import type { Quarantine, Sighting } from "./quarantine.ts";
import type { Request } from "./request.ts";

/** A Service leaves an address that a stranger uses, for another. */
export interface Departure {
  readonly from: Sighting;
  readonly to: IpAddress;
}

/**
 * Why a Service stays on an address that a stranger uses:
 *
 * - `requested-by-name`: it asks for this one;
 * - `shared-address`: it shares it with one that stays;
 * - `request-not-understood`: nobody knows what it should have instead;
 * - `move-delayed`: as many as may were moved in the last minute;
 * - `nothing-free`: no pool has another that it could have.
 */
export type StayReason =
  | "requested-by-name"
  | "shared-address"
  | "request-not-understood"
  | "move-delayed"
  | "nothing-free";

/** A Service stays on an address that a stranger uses. */
export interface Stay {
  readonly on: Sighting;
  readonly reason: StayReason;
}

/** A Service and what it has so far in this decision. */
export interface Tenant {
  readonly request: Request;
  readonly addresses: readonly IpAddress[];
}

/** What becomes of one tenant. */
export interface Relocation {
  /** What it has from now on, in the same order. */
  readonly addresses: readonly IpAddress[];
  readonly moved: readonly Departure[];
  readonly stays: readonly Stay[];
}

/** What a decision on departures looks at. */
export interface Departures {
  readonly config: Config;
  readonly occupancy: Occupancy;
  readonly quarantine: Quarantine;
  readonly allowance: MoveAllowance;
}

/**
 * Decides who leaves addresses that strangers use, and takes what they get instead. All Services that share
 * an address leave it together for the same other one, or none does. The result, by key of the Service, has
 * only those that have such an address.
 */
export function depart(
  it: Departures,
  tenants: readonly Tenant[],
): ReadonlyMap<string, Relocation> {
  const done = new Map<string, Relocation>();
  let { left } = it.allowance;
  const groups = groupByAddress(it.quarantine, tenants);
  for (const [key, sighting] of it.quarantine) {
    const group = groups.get(key);
    if (group === undefined || !sighting.isActive) continue;
    const isBegun = it.allowance.begun.has(key);
    const current = group.map(({ request, addresses }) => ({
      request,
      addresses: done.get(request.key)?.addresses ?? addresses,
    }));
    const to = targetOf(it, sighting.address, current, left > 0 || isBegun);
    if (typeof to !== "string" && !isBegun) left--;
    for (const tenant of current) settle(it, done, tenant, sighting, to);
  }
  return done;
}

function settle(
  { occupancy }: Departures,
  done: Map<string, Relocation>,
  { request, addresses }: Tenant,
  sighting: Sighting,
  to: IpAddress | StayReason,
): void {
  const before = done.get(request.key) ?? { addresses, moved: [], stays: [] };
  if (typeof to === "string") {
    const reason = ownReason(request, sighting.address, to);
    done.set(request.key, { ...before, stays: [...before.stays, { on: sighting, reason }] });
    return;
  }
  occupancy.occupy(request, to);
  done.set(request.key, {
    ...before,
    addresses: before.addresses.map((each) => equalIp(each, sighting.address) ? to : each),
    moved: [...before.moved, { from: sighting, to }],
  });
}

function groupByAddress(
  quarantine: Quarantine,
  tenants: readonly Tenant[],
): ReadonlyMap<string, readonly Tenant[]> {
  const groups = new Map<string, Tenant[]>();
  if (quarantine.size === 0) return groups;
  for (const tenant of tenants) {
    for (const address of tenant.addresses) {
      const key = formatIp(address);
      if (!quarantine.has(key)) continue;
      const group = groups.get(key) ?? [];
      group.push(tenant);
      groups.set(key, group);
    }
  }
  return groups;
}

/** Where all of them can go, or why they stay. */
function targetOf(
  it: Departures,
  from: IpAddress,
  group: readonly Tenant[],
  isAllowed: boolean,
): IpAddress | StayReason {
  for (const { request } of group) {
    if (asksFor(request, from)) return "requested-by-name";
    const isUnknown = isUndecided(it.config, request.applicant);
    if (request.wish.kind !== "wish" || isUnknown) return "request-not-understood";
  }
  const [first, ...others] = group;
  if (first === undefined) return "nothing-free";
  const isOpenToAll = (pool: Pool): boolean =>
    others.every((tenant) => poolsFor(it, tenant, from).includes(pool));
  for (const pool of poolsFor(it, first, from).filter(isOpenToAll)) {
    const to = placeFor(it, pool, from, group);
    if (to !== undefined) return isAllowed ? to : "move-delayed";
  }
  return "nothing-free";
}

/** The lowest address that all of them can have: one that they may share with others, or a free one. */
function placeFor(
  { occupancy }: Departures,
  pool: Pool,
  { family }: IpAddress,
  group: readonly Tenant[],
): IpAddress | undefined {
  const [first, ...others] = group;
  if (first === undefined) return undefined;
  const lowest = occupancy.lowest(pool, family, first.request);
  const isForAll = lowest !== undefined &&
    others.every(({ request }) => occupancy.refusalOf(request, lowest) === undefined);
  return isForAll ? lowest : occupancy.lowestFree(pool, family);
}

/** As for a new Service; the pool of the other address where it has one, since both are of one pool. */
function poolsFor(
  { config, occupancy }: Departures,
  { request, addresses }: Tenant,
  from: IpAddress,
): readonly Pool[] {
  if (request.wish.kind !== "wish") return [];
  const other = addresses.find((address) => !equalIp(address, from));
  if (other === undefined) {
    const { applicant, wish: { pool } } = request;
    return candidates(config, { applicant, pool });
  }
  const pool = occupancy.poolOf(other);
  return pool === undefined ? [] : [pool];
}

function asksFor({ wish }: Request, address: IpAddress): boolean {
  return wish.kind === "wish" && wish.addresses.some((wanted) => equalIp(wanted, address));
}

/** The reason of the group is that of one of them; the others stay for its sake. */
function ownReason(request: Request, address: IpAddress, reason: StayReason): StayReason {
  const isCause = reason === "requested-by-name"
    ? asksFor(request, address)
    : reason !== "request-not-understood" || request.wish.kind !== "wish";
  return isCause ? reason : "shared-address";
}
