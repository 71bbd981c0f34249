import type { IpAddress } from "../ip/address.ts";
import type { Namespace, Service } from "../kube/types.ts";
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

/** What holdings are read with. */
export interface HoldingsOptions {
  /** See `ownershipOf`. */
  readonly lbClass: string | undefined;
  /** By name, as they are when something is updated: a change of one is a change of the Services in it. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
}

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
  readonly #options: HoldingsOptions;
  readonly #index = new HolderIndex();
  readonly #entries = new Map<string, Entry>();

  /** `occupancy` has what is adopted, and nothing else while `update` runs. */
  constructor(occupancy: Occupancy, options: HoldingsOptions) {
    this.#occupancy = occupancy;
    this.#options = options;
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
      if (known !== undefined && service !== undefined && this.#isSame(known, service, doubtful)) {
        known.service = service;
        continue;
      }
      keys.add(key);
      const role = service && this.#roleOf(service, doubtful);
      const before = heldAs(known?.role);
      const held = heldAs(role);
      seeds.push(...before, ...held);
      this.#index.replace(key, before, held);
      if (service === undefined || role === undefined) this.#entries.delete(key);
      else this.#entries.set(key, { service, role, adoption: NOTHING });
    }
    const group = this.#index.groupOf(seeds, (key) => heldAs(this.#entries.get(key)?.role));
    this.#adopt(group.addresses, group.keys);
    return { keys: keys.union(group.keys), addresses: group.addresses };
  }

  #roleOf(service: Service, doubtful: readonly IpAddress[]): Role {
    const { lbClass, namespaces } = this.#options;
    const kind = ownershipOf(service, lbClass);
    return kind === "ours"
      ? { kind, request: requestOf(service, doubtful, namespaces) }
      : { kind, holder: foreignHolderOf(service) };
  }

  /** Whether it is in the version that is known, in a Namespace with the same labels, and nothing is in doubt. */
  #isSame({ service, role }: Known, { meta }: Service, doubtful: readonly IpAddress[]): boolean {
    const { uid, resourceVersion } = service.meta;
    if (doubtful.length > 0 || resourceVersion === "") return false;
    if (uid !== meta.uid || resourceVersion !== meta.resourceVersion) return false;
    if (role.kind !== "ours") return true;
    const labels = this.#options.namespaces.get(meta.namespace)?.meta.labels;
    const { applicant } = role.request;
    return role.request.doubtful.length === 0 && isSameLabels(applicant.namespaceLabels, labels);
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

function heldAs(role: Role | undefined): readonly IpAddress[] {
  if (role === undefined) return [];
  if (role.kind !== "ours") return role.holder?.held ?? [];
  const { held, doubtful } = role.request;
  return doubtful.length === 0 ? held : [...held, ...doubtful];
}

/** Whether both are there and have the same labels, or neither is. */
function isSameLabels(a: Labels | undefined, b: Labels | undefined): boolean {
  if (a === b || a === undefined || b === undefined) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

type Labels = Readonly<Record<string, string>>;
