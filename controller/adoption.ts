import { type Family, formatIp, type IpAddress } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import type { Occupancy, Sharer } from "./occupancy.ts";
import { accessRefusal } from "./pool_access.ts";
import type { Refusal } from "./refusal.ts";
import { compareAge, heldBy, type Request } from "./request.ts";
import type { SharingTerms } from "./sharing.ts";

/** A Service that is not ours, and the addresses in its status: nobody else may have them. */
export interface ForeignHolder extends Sharer {
  readonly held: readonly IpAddress[];
}

/** What keeps the addresses of a Service that is not ours from others; `undefined` where it has none. */
export function foreignHolderOf(service: Service): ForeignHolder | undefined {
  if (service.ingress.length === 0) return undefined;
  return { key: keyOf(service.meta), held: heldBy(service), sharing: NO_SHARING };
}

const NO_SHARING: SharingTerms = { key: "", backend: "", ports: [] };

/** What a Service may keep of what it holds. */
export interface Adoption {
  /** In order of its families. */
  readonly kept: readonly IpAddress[];
  /** Why the others cannot stay with it. */
  readonly cleared: readonly Refusal[];
}

/** All who hold an address that one of the others holds. */
export interface Holders {
  readonly requests: readonly Request[];
  readonly foreign: readonly ForeignHolder[];
}

/**
 * Gives every Service what it holds, as far as pools and sharing allow, and keeps from others what somebody
 * may still have. Of two who may not share, the one whose terms changed gives way, then the younger. The
 * result, by key, does not depend on the order of the holders, and not on holders of other addresses.
 */
export function adopt(
  occupancy: Occupancy,
  { requests, foreign }: Holders,
): ReadonlyMap<string, Adoption> {
  const byAge = requests.toSorted(compareAge);
  const changedLast = byAge.toSorted((a, b) => Number(a.hasNewTerms) - Number(b.hasNewTerms));
  const adopted = new Map(
    changedLast.map((request) => [request.key, adoptOne(occupancy, request)]),
  );
  for (const holder of foreign.toSorted(compareKey)) reserveAll(occupancy, holder, holder.held);
  for (const request of byAge) {
    reserveAll(occupancy, request, request.held);
    reserveAll(occupancy, request, request.doubtful);
  }
  return adopted;
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
  // What is kept for as long as the Service lives takes no more room than need be.
  if (cleared.length === 0 && kept.length < 2) return { kept: request.held, cleared: NONE };
  return { kept: inFamilyOrder(request, kept), cleared };
}

const NONE: readonly never[] = [];

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
