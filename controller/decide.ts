import type { Config } from "../config/config.ts";
import type { IpAddress } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Namespace, Service } from "../kube/types.ts";
import { type ForeignHolder, foreignHolderOf } from "./adoption.ts";
import { allocate, type Decision, type SetAside } from "./allocate.ts";
import { type Action, plan } from "./plan.ts";
import { ownershipOf, type Request, requestOf } from "./request.ts";

/** The world as one decision sees it. */
export interface Snapshot {
  readonly config: Config | undefined;
  readonly services: readonly Service[];
  /** By name. @default none is seen */
  readonly namespaces?: ReadonlyMap<string, Namespace>;
  /** Addresses that writes with unknown outcome may have given out, by `namespace/name`. */
  readonly doubtful?: ReadonlyMap<string, readonly IpAddress[]>;
  /** Addresses that strangers use. @default none */
  readonly setAside?: SetAside;
  /** The class this leader serves; `undefined`: Services without class. */
  readonly lbClass: string | undefined;
  /** RFC 3339. */
  readonly now: string;
}

export interface Verdict {
  /** By `namespace/name`, for the Services that are ours. */
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly actions: readonly Action[];
}

/** From all that is known to all that must be written: reads requests, allocates and plans. */
export function decide(snapshot: Snapshot): Verdict {
  const { config, services, namespaces, doubtful, setAside, lbClass, now } = snapshot;
  const requests: Request[] = [];
  const foreign: ForeignHolder[] = [];
  for (const service of services) {
    const key = keyOf(service.meta);
    if (ownershipOf(service, lbClass) === "ours") {
      requests.push(requestOf(service, doubtful?.get(key), namespaces));
    } else {
      const holder = foreignHolderOf(service);
      if (holder !== undefined) foreign.push(holder);
    }
  }
  const decisions = allocate(config, requests, foreign, setAside);
  return { decisions, actions: plan({ services, decisions, config, lbClass, now }) };
}
