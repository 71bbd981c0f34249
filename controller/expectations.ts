import type { IpAddress } from "../ip/address.ts";
import { isOlderVersion, keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { ChangedKeys } from "./changed_keys.ts";
import type { Input } from "./holdings.ts";

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
  readonly #changed = new ChangedKeys();

  /** A write succeeded and this is what the API has now. */
  wrote(service: Service): void {
    const key = keyOf(service.meta);
    this.#written.set(key, service);
    this.#doubts.delete(key);
    this.#changed.add([key]);
  }

  /** A write to this version of the Service, giving it these addresses, got no answer. */
  doubted(service: Service, addresses: readonly IpAddress[]): void {
    const key = keyOf(service.meta);
    const { resourceVersion } = service.meta;
    this.#doubts.set(key, { resourceVersion, addresses });
    this.#changed.add([key]);
  }

  /** Of which Services more is known since this was last asked; what caches show aside. */
  takeChanged(): ReadonlySet<string> {
    return this.#changed.take();
  }

  /** One cached Service, corrected by what is known better. Forgets what the cache has caught up with. */
  view(key: string, cached: Service | undefined): Input {
    const written = this.#written.get(key);
    const isAhead = written !== undefined && cached !== undefined && isOlder(cached, written);
    if (written !== undefined && !isAhead) this.#written.delete(key);
    const service = isAhead ? written : cached;
    const doubt = this.#doubts.get(key);
    if (doubt === undefined) return { service, doubtful: NONE };
    if (doubt.resourceVersion === service?.meta.resourceVersion) {
      return { service, doubtful: doubt.addresses };
    }
    this.#doubts.delete(key);
    return { service, doubtful: NONE };
  }
}

const NONE: readonly IpAddress[] = [];

/** Whether `a` is an older state of the same object; where that is not known, the cache is believed. */
function isOlder(a: Service, b: Service): boolean {
  return a.meta.uid === b.meta.uid && isOlderVersion(a.meta, b.meta);
}
