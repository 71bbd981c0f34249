import type { IpAddress } from "../ip/address.ts";
import type { Service } from "../kube/types.ts";
import { adopt, type Adoption, type ForeignHolder, foreignHolderOf } from "./adoption.ts";
import { HolderIndex } from "./holder_index.ts";
import type { Occupancy } from "./occupancy.ts";
import { ownershipOf, type Request, requestOf } from "./request.ts";

/** One Service as it is now. */
export interface Input {
  /** `undefined`: it is gone. */
  readonly service: Service | undefined;
  /** See `Request`. */
  readonly doubtful: readonly IpAddress[];
}

/** One Service that is there. */
export interface Known {
  readonly service: Service;
  readonly role: Role;
  /** What it may keep; nothing where it is not ours. */
  readonly adoption: Adoption;
}

/** What a Service is to this leader. */
export type Role =
  | { readonly kind: "ours"; readonly request: Request }
  | {
    readonly kind: "other-type" | "other-class";
    /** What it keeps from others; absent where it has nothing. */
    readonly holder: ForeignHolder | undefined;
  };

/** What came of an update. */
export interface Update {
  /** Services that came, changed or went, and all whose addresses were judged anew for that. */
  readonly keys: ReadonlySet<string>;
  /** The addresses that were judged anew. */
  readonly addresses: readonly IpAddress[];
}

interface Entry extends Known {
  service: Service;
  adoption: Adoption;
}

/**
 * All Services, and who of them may keep which of the addresses in their status: what `adopt` says of all,
 * asked again only for those that hold the same addresses as one that changed. Mutable.
 */
export class Holdings {
  readonly #occupancy: Occupancy;
  readonly #lbClass: string | undefined;
  readonly #index = new HolderIndex();
  readonly #entries = new Map<string, Entry>();

  /** `occupancy` has what is adopted, and nothing else while `update` runs. */
  constructor(occupancy: Occupancy, lbClass: string | undefined) {
    this.#occupancy = occupancy;
    this.#lbClass = lbClass;
  }

  get(key: string): Known | undefined {
    return this.#entries.get(key);
  }

  /** What a Service may keep. */
  keptBy(key: string): readonly IpAddress[] {
    return this.#entries.get(key)?.adoption.kept ?? [];
  }

  /** Takes over what changed. A Service in the version that is known is no change. */
  update(inputs: ReadonlyMap<string, Input>): Update {
    const keys = new Set<string>();
    const seeds: IpAddress[] = [];
    for (const [key, { service, doubtful }] of inputs) {
      const known = this.#entries.get(key);
      if (known !== undefined && service !== undefined && isSame(known, service, doubtful)) {
        known.service = service;
        continue;
      }
      keys.add(key);
      const role = service && this.#roleOf(service, doubtful);
      const held = role === undefined ? [] : heldAs(role);
      seeds.push(...this.#index.addressesOf(key), ...held);
      this.#index.replace(key, held);
      if (service === undefined || role === undefined) this.#entries.delete(key);
      else this.#entries.set(key, { service, role, adoption: NOTHING });
    }
    const group = this.#index.groupOf(seeds);
    this.#adopt(group.addresses, group.keys);
    return { keys: keys.union(group.keys), addresses: group.addresses };
  }

  #roleOf(service: Service, doubtful: readonly IpAddress[]): Role {
    const kind = ownershipOf(service, this.#lbClass);
    return kind === "ours"
      ? { kind, request: requestOf(service, doubtful) }
      : { kind, holder: foreignHolderOf(service) };
  }

  #adopt(addresses: readonly IpAddress[], keys: ReadonlySet<string>): void {
    for (const address of addresses) this.#occupancy.clear(address);
    const requests: Request[] = [];
    const foreign: ForeignHolder[] = [];
    for (const key of keys) {
      const role = this.#entries.get(key)?.role;
      if (role?.kind === "ours") requests.push(role.request);
      else if (role?.holder !== undefined) foreign.push(role.holder);
    }
    for (const [key, adoption] of adopt(this.#occupancy, { requests, foreign })) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) entry.adoption = adoption;
    }
  }
}

const NOTHING: Adoption = { kept: [], cleared: [] };

function heldAs(role: Role): readonly IpAddress[] {
  if (role.kind !== "ours") return role.holder?.held ?? [];
  const { held, doubtful } = role.request;
  return doubtful.length === 0 ? held : [...held, ...doubtful];
}

/** Whether it is in the version that is known, and nothing more is in doubt or known of it. */
function isSame(known: Known, { meta }: Service, doubtful: readonly IpAddress[]): boolean {
  const { uid, resourceVersion } = known.service.meta;
  const wasCertain = known.role.kind !== "ours" || known.role.request.doubtful.length === 0;
  return wasCertain && doubtful.length === 0 && resourceVersion !== "" &&
    uid === meta.uid && resourceVersion === meta.resourceVersion;
}
