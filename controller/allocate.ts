import type { Config } from "../config/config.ts";
import { equalIp, type IpAddress } from "../ip/address.ts";
import { adopt, type ForeignHolder } from "./adoption.ts";
import { type Choice, choose } from "./choose.ts";
import { depart, type Departure, type Relocation, type Stay } from "./departure.ts";
import type { MoveAllowance } from "./move_limit.ts";
import { Occupancy } from "./occupancy.ts";
import type { Quarantine } from "./quarantine.ts";
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
  /** What it leaves because a stranger uses it, and what it gets instead. */
  readonly moved: readonly Departure[];
  /** What it has although a stranger uses it. */
  readonly stays: readonly Stay[];
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
  const inTurn = byAge.toSorted((a, b) => urgency(a) - urgency(b));
  if (config === undefined) return withoutConfiguration(inTurn);
  const occupancy = new Occupancy(config.pools, quarantine);
  const adopted = adopt(occupancy, { requests: byAge, foreign });
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
    inTurn.map((request) => {
      const choice = choices.get(request.key) ?? { addresses: keptBy(request), refusal: undefined };
      const { cleared = [] } = adopted.get(request.key) ?? {};
      const decision = decisionOf(occupancy, choice, cleared, relocations.get(request.key));
      return [request.key, decision];
    }),
  );
}

/** What a Service has from now on, from what was chosen for it. */
export function decisionOf(
  occupancy: Occupancy,
  { addresses: chosen, refusal }: Choice,
  cleared: readonly Refusal[],
  relocation: Relocation | undefined,
): Decision {
  const { moved = NONE, stays = NONE } = relocation ?? {};
  const addresses = moved.length === 0
    ? chosen
    : chosen.map((address) =>
      moved.find(({ from }) => equalIp(from.address, address))?.to ?? address
    );
  const [first] = addresses;
  return {
    addresses,
    pool: first === undefined ? undefined : occupancy.poolOf(first)?.name,
    refusal,
    cleared,
    moved: moved.length === 0
      ? NONE
      : moved.filter(({ to }) => addresses.some((address) => equalIp(address, to))),
    stays: stays.length === 0
      ? NONE
      : stays.filter(({ on }) => addresses.some((address) => equalIp(address, on.address))),
  };
}

// There is a decision for every Service for as long as it lives: nothing need not take room in each.
const NONE: readonly never[] = [];

/** Whether it asks for named addresses. It is served before the others: it has no second choice. */
export function asksByName({ wish }: Request): boolean {
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
