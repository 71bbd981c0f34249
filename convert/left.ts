import type { Place } from "../config/reader.ts";
import type { IpAddress } from "../ip/address.ts";
import type { IpRange } from "../ip/range.ts";
import type { JsonObject, Service } from "../kube/types.ts";
import type { Note } from "./note.ts";
import type { FoundObject } from "./objects.ts";

/** What another load balancer left in a cluster, in terms of ours. */
export interface Left {
  readonly pools: readonly PoolSketch[];
  readonly tenants: readonly Tenant[];
  readonly notes: readonly Note[];
}

/** A Service of type LoadBalancer, and the object that says so. */
export interface FoundService {
  readonly service: Service;
  readonly object: FoundObject;
}

/** Who announced the addresses of a pool, and where. */
export interface Announcement {
  /** None: every interface. */
  readonly interfaces: readonly string[];
  /** None: every node. */
  readonly nodeSelectors: readonly JsonObject[];
}

/** A pool as another program had it; pools may overlap. */
export interface PoolSketch {
  readonly name: string;
  readonly place: Place;
  readonly ranges: readonly IpRange[];
  readonly autoAssign: boolean;
  /** The namespaces whose Services may use it; none: all. */
  readonly namespaces: readonly string[];
  /** None: not by ARP and NDP. */
  readonly announcements: readonly Announcement[];
}

/** A Service that is to go on with what it has. */
export interface Tenant extends FoundService {
  /** Those that it has, else those that it asked for; at most one of each family. */
  readonly addresses: readonly IpAddress[];
  /** The pool that it named. */
  readonly pool?: string;
  /** Services with the same may share an address. */
  readonly sharingKey?: string;
  /** The interface that it named, where that is not its pool's. */
  readonly interface?: string;
}
