import type { IpAddress } from "../ip/address.ts";
import { isOlderVersion, keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";

/** The Services as they are to be decided on. */
export interface ServicesView {
  readonly services: readonly Service[];
  /** See `Snapshot.doubtful`. */
  readonly doubtful: ReadonlyMap<string, readonly IpAddress[]>;
}

interface Doubt {
  /** The version of the Service that the write was based on. */
  readonly resourceVersion: string;
  readonly addresses: readonly IpAddress[];
}

/**
 * What we wrote and the watch has not shown yet, so that no decision rests on the world before our own
 * writes. An object returned by a write replaces the cached one until the cache has it or a newer one.
 * After a write with unknown outcome the addresses that it gave are in doubt until the Service is seen
 * in another version than the write was based on, or is gone.
 */
export class Expectations {
  readonly #written = new Map<string, Service>();
  readonly #doubts = new Map<string, Doubt>();

  /** A write succeeded and this is what the API has now. */
  wrote(service: Service): void {
    const key = keyOf(service.meta);
    this.#written.set(key, service);
    this.#doubts.delete(key);
  }

  /** A write to this version of the Service, giving it these addresses, got no answer. */
  doubted(service: Service, addresses: readonly IpAddress[]): void {
    const { resourceVersion } = service.meta;
    this.#doubts.set(keyOf(service.meta), { resourceVersion, addresses });
  }

  /** The cached Services, corrected by what is known better. Forgets what the cache has caught up with. */
  view(cached: ReadonlyMap<string, Service>): ServicesView {
    for (const [key, service] of this.#written) {
      const seen = cached.get(key);
      if (seen === undefined || !isOlder(seen, service)) this.#written.delete(key);
    }
    const services = this.#written.size === 0
      ? [...cached.values()]
      : Array.from(cached, ([key, service]) => this.#written.get(key) ?? service);
    for (const [key, doubt] of this.#doubts) {
      const seen = this.#written.get(key) ?? cached.get(key);
      if (seen?.meta.resourceVersion !== doubt.resourceVersion) this.#doubts.delete(key);
    }
    const doubtful = new Map([...this.#doubts].map(([key, { addresses }]) => [key, addresses]));
    return { services, doubtful };
  }
}

/** Whether `a` is an older state of the same object; where that is not known, the cache is believed. */
function isOlder(a: Service, b: Service): boolean {
  return a.meta.uid === b.meta.uid && isOlderVersion(a.meta, b.meta);
}
