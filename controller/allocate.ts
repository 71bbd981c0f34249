import type { Config } from "../config/config.ts";
import { type Family, formatIp, type IpAddress } from "../ip/address.ts";
import { choose } from "./choose.ts";
import { Occupancy, type Sharer } from "./occupancy.ts";
import type { Refusal } from "./refusal.ts";
import { compareAge, type Request } from "./request.ts";

/** What a Service has from now on, and what it asked for in vain. */
export interface Decision {
  /** In order of the Service's families; empty: none. */
  readonly addresses: readonly IpAddress[];
  /** The pool of the first address. */
  readonly pool: string | undefined;
  /** Why it does not get what it asks for; the addresses are then those it held and may keep. */
  readonly refusal: Refusal | undefined;
  /** Why addresses that it held cannot stay with it, other than by its own wish. */
  readonly cleared: readonly Refusal[];
}

/** A Service that is not ours, and the addresses in its status: nobody else may have them. */
export interface ForeignHolder extends Sharer {
  readonly held: readonly IpAddress[];
}

/**
 * Decides which Service has which address. Everything held is adopted before anything is given out, the
 * older Service first; then the wishes that remain are served, those by name before the others, again by
 * age. The result does not depend on the order of the requests. Nothing that is given up in one decision
 * is given out in the same one.
 *
 * Without a configuration in force nothing that is held is judged: only Services that hold nothing get a
 * decision, which says so.
 */
export function allocate(
  config: Config | undefined,
  requests: readonly Request[],
  foreign: readonly ForeignHolder[] = [],
): ReadonlyMap<string, Decision> {
  const byAge = requests.toSorted(compareAge);
  if (config === undefined) return withoutConfiguration(byAge);
  const occupancy = new Occupancy(config.pools);
  const adopted = adopt(occupancy, byAge);
  for (const holder of foreign.toSorted(compareKey)) reserveAll(occupancy, holder, holder.held);
  for (const request of byAge) {
    reserveAll(occupancy, request, [...request.held, ...request.doubtful]);
  }
  const decisions = new Map<string, Decision>();
  for (const request of byAge.toSorted((a, b) => urgency(a) - urgency(b))) {
    const { kept, cleared } = adopted.get(request.key) ?? { kept: [], cleared: [] };
    const { addresses, refusal } = choose(config, occupancy, request, kept);
    for (const address of addresses) occupancy.occupy(request, address);
    const pool = addresses[0] === undefined ? undefined : occupancy.poolOf(addresses[0])?.name;
    decisions.set(request.key, { addresses, pool, refusal, cleared });
  }
  return decisions;
}

interface Adoption {
  readonly kept: readonly IpAddress[];
  readonly cleared: readonly Refusal[];
}

/** Gives every Service what it holds, as far as pools and sharing allow. */
function adopt(occupancy: Occupancy, byAge: readonly Request[]): ReadonlyMap<string, Adoption> {
  const changedLast = byAge.toSorted((a, b) => Number(a.hasNewTerms) - Number(b.hasNewTerms));
  return new Map(changedLast.map((request) => [request.key, adoptOne(occupancy, request)]));
}

function adoptOne(occupancy: Occupancy, request: Request): Adoption {
  const kept: IpAddress[] = [];
  const cleared: Refusal[] = [];
  for (const address of request.held) {
    const refusal = familyRefusal(request, kept, address) ?? occupancy.refusalOf(request, address);
    if (refusal !== undefined) {
      cleared.push(refusal);
    } else {
      occupancy.occupy(request, address);
      kept.push(address);
    }
  }
  return { kept: inFamilyOrder(request, kept), cleared };
}

function reserveAll(occupancy: Occupancy, sharer: Sharer, addresses: readonly IpAddress[]): void {
  for (const address of addresses) occupancy.reserve(sharer, address);
}

function compareKey(a: Sharer, b: Sharer): number {
  return a.key < b.key ? -1 : 1;
}

function familyRefusal(
  { wish }: Request,
  kept: readonly IpAddress[],
  { family, value }: IpAddress,
): Refusal | undefined {
  const ip = formatIp({ family, value });
  if (kept.some((other) => other.family === family)) {
    return {
      kind: "second-of-family",
      message: `"${ip}" is a second ${family} address`,
      remedy: "use one Service for each address of a family",
    };
  }
  if (wish.kind !== "wish" || wish.families.includes(family)) return undefined;
  return {
    kind: "wrong-family",
    message: `"${ip}" is not of the ipFamily of the service (${wish.families.join(", ")})`,
    remedy: `add ${family} to spec.ipFamilies`,
  };
}

function inFamilyOrder(request: Request, kept: readonly IpAddress[]): readonly IpAddress[] {
  const { wish } = request;
  if (wish.kind !== "wish") return kept;
  const rank = (family: Family): number => wish.families.indexOf(family);
  return kept.toSorted((a, b) => rank(a.family) - rank(b.family));
}

/** Wishes for named addresses are served first: they have no second choice. */
function urgency({ wish }: Request): number {
  return wish.kind === "wish" && wish.addresses.length > 0 ? 0 : 1;
}

function withoutConfiguration(requests: readonly Request[]): ReadonlyMap<string, Decision> {
  const refusal: Refusal = {
    kind: "no-configuration",
    message: "no configuration is in force",
    remedy: "create a valid configuration with an address pool",
  };
  const pending = requests.filter(({ held, wish }) =>
    held.length === 0 && wish.kind !== "being-deleted"
  );
  return new Map(
    pending.map(({ key }) => [key, { addresses: [], pool: undefined, refusal, cleared: [] }]),
  );
}
