import type { Config, Pool } from "../config/config.ts";
import type { IpAddress } from "../ip/address.ts";
import { NameWaiters } from "./name_waiters.ts";
import type { Occupancy } from "./occupancy.ts";
import { positionOf } from "./position.ts";
import { type Queue, Queues } from "./queues.ts";
import type { Request } from "./request.ts";
import type { Called } from "./serve.ts";

/** The Services that did not get what they ask for, by what could change that. Mutable. */
export class Waiting {
  readonly #config: Config;
  readonly #occupancy: Occupancy;
  readonly #queues = new Queues();
  readonly #names = new NameWaiters();

  constructor(config: Config, occupancy: Occupancy) {
    this.#config = config;
    this.#occupancy = occupancy;
  }

  /** A Service was refused, and has no more than what it may keep. */
  add(request: Request, kept: readonly IpAddress[]): void {
    const { wish } = request;
    // What cannot be understood waits for another request, not for addresses.
    if (wish.kind !== "wish") return;
    if (wish.addresses.length > 0) return this.#names.wait(request.key, wish.addresses);
    const world = { config: this.#config, occupancy: this.#occupancy };
    this.#queues.join(request, positionOf(world, request, wish, kept));
  }

  /** Nothing happens where it does not wait. */
  leave(key: string): void {
    this.#queues.leave(key);
    this.#names.leave(key);
  }

  /** Those who ask for this address by name. */
  namedFor(address: IpAddress): Iterable<string> {
    return this.#names.of(address);
  }

  /**
   * The queues for which one of these addresses may be something, of which it is known that their use may
   * have changed: the free ones for all who may use the pool, those in use for sharers with the same key.
   */
  calledBy(addresses: Iterable<IpAddress>): Called {
    const queues = new Set<Queue>();
    const freed = new Set<Pool>();
    for (const address of addresses) {
      const pool = this.#occupancy.poolOf(address);
      if (pool === undefined) continue;
      const sharingKey = this.#occupancy.sharingKeyOf(address);
      if (sharingKey === undefined) freed.add(pool);
      else if (sharingKey !== "") {
        for (const queue of this.#queues.ofSharers(sharingKey, pool)) queues.add(queue);
      }
    }
    for (const queue of this.#queues.of(freed)) queues.add(queue);
    return { queues, freed };
  }
}
