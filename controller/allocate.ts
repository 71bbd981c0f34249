import type { Config } from "../config/config.ts";
import { equalIp, type Family, formatIp, type IpAddress } from "../ip/address.ts";
import { type Choice, choose } from "./choose.ts";
import { depart, type Departure, type Relocation, type Stay } from "./departure.ts";
import type { MoveAllowance } from "./move_limit.ts";
import { Occupancy, type Sharer } from "./occupancy.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Refusal } from "./refusal.ts";
import { accessRefusal } from "./pool_access.ts";
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
  /** What it leaves because a stranger uses it, and what it gets instead. */
  readonly moved: readonly Departure[];
  /** What it has although a stranger uses it. */
  readonly stays: readonly Stay[];
}

/** A Service that is not ours, and the addresses in its status: nobody else may have them. */
export interface ForeignHolder extends Sharer {
  readonly held: readonly IpAddress[];
}

/** The addresses that strangers use, and how many of them Services may be moved away from. */
export interface SetAside {
  readonly quarantine: Quarantine;
  readonly allowance: MoveAllowance;
}

const NOTHING_SET_ASIDE: SetAside = {
  quarantine: new Map(),
  allowance: { left: 0, begun: new Set() },
};

/**
 * Decides which Service has which address. Everything held is adopted before anything is given out, the
 * older Service first; then the wishes that remain are served, those by name before the others, again by
 * age. The result does not depend on the order of the requests. Nothing that is given up in one decision
 * is given out in the same one.
 *
 * An address in quarantine is given to nobody. A Service that has one which a stranger uses now, and does
 * not ask for it by name, gets another, after the wishes by name; if there is none it keeps what it has.
 *
 * Without a configuration in force nothing that is held is judged: only Services that hold nothing get a
 * decision, which says so.
 */
export function allocate(
  config: Config | undefined,
  requests: readonly Request[],
  foreign: readonly ForeignHolder[] = [],
  { quarantine, allowance }: SetAside = NOTHING_SET_ASIDE,
): ReadonlyMap<string, Decision> {
  const byAge = requests.toSorted(compareAge);
  if (config === undefined) return withoutConfiguration(byAge);
  const occupancy = new Occupancy(config.pools, quarantine);
  const adopted = adopt(occupancy, byAge);
  for (const holder of foreign.toSorted(compareKey)) reserveAll(occupancy, holder, holder.held);
  for (const request of byAge) {
    reserveAll(occupancy, request, [...request.held, ...request.doubtful]);
  }
  const keptBy = (request: Request): readonly IpAddress[] => adopted.get(request.key)?.kept ?? [];
  const choices = new Map<string, Choice>();
  const serve = (request: Request, kept: readonly IpAddress[]): void => {
    const choice = choose(config, occupancy, request, kept);
    for (const address of choice.addresses) occupancy.occupy(request, address);
    choices.set(request.key, choice);
  };
  for (const request of byAge.filter(asksByName)) serve(request, keptBy(request));
  const tenants = byAge.map((request) => ({
    request,
    addresses: choices.get(request.key)?.addresses ?? keptBy(request),
  }));
  const relocations = depart({ config, occupancy, quarantine, allowance }, tenants);
  for (const request of byAge.filter((request) => !asksByName(request))) {
    serve(request, relocations.get(request.key)?.addresses ?? keptBy(request));
  }
  return new Map(
    byAge.toSorted((a, b) => urgency(a) - urgency(b)).map((request) => {
      const choice = choices.get(request.key) ?? { addresses: keptBy(request), refusal: undefined };
      const { cleared = [] } = adopted.get(request.key) ?? {};
      const decision = decisionOf(occupancy, choice, cleared, relocations.get(request.key));
      return [request.key, decision];
    }),
  );
}

function decisionOf(
  occupancy: Occupancy,
  { addresses: chosen, refusal }: Choice,
  cleared: readonly Refusal[],
  relocation: Relocation | undefined,
): Decision {
  const { moved = [], stays = [] } = relocation ?? {};
  const addresses = chosen.map((address) =>
    moved.find(({ from }) => equalIp(from.address, address))?.to ?? address
  );
  const [first] = addresses;
  return {
    addresses,
    pool: first === undefined ? undefined : occupancy.poolOf(first)?.name,
    refusal,
    cleared,
    moved: moved.filter(({ to }) => addresses.some((address) => equalIp(address, to))),
    stays: stays.filter(({ on }) => addresses.some((address) => equalIp(address, on.address))),
  };
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
    const pool = occupancy.poolOf(address);
    const refusal = familyRefusal(request, kept, address) ??
      (pool && accessRefusal(pool, request.applicant)) ?? occupancy.refusalOf(request, address);
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
function asksByName({ wish }: Request): boolean {
  return wish.kind === "wish" && wish.addresses.length > 0;
}

function urgency(request: Request): number {
  return asksByName(request) ? 0 : 1;
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
  const none = { addresses: [], pool: undefined, refusal, cleared: [], moved: [], stays: [] };
  return new Map(pending.map(({ key }) => [key, none]));
}
