import type { Pool } from "../config/config.ts";
import { insertByAge, removeByAge } from "./by_age.ts";
import type { Request } from "./request.ts";

/** What a queue of Services waits for. */
export interface Position {
  /** Equal for Services of which none can have what another cannot. */
  readonly text: string;
  /** Where they would be given something; asked for once for all in the same position. */
  readonly pools: () => Iterable<Pool>;
}

/** Services that wait for any address, in the same position. */
export interface Queue {
  /** See `Position`. */
  readonly text: string;
  /** Where they would be given something. */
  readonly pools: ReadonlySet<Pool>;
  /** With whom they would share; empty: with nobody. */
  readonly sharingKey: string;
  /** By age, not empty: as long as the first gets nothing, no other does. */
  readonly requests: readonly Request[];
}

interface OpenQueue extends Queue {
  readonly requests: Request[];
}

/**
 * The Services that wait for any address of some pools. However many wait in the same position, only the
 * first has to be looked at when something becomes free. Mutable.
 */
export class Queues {
  readonly #queues = new Map<string, OpenQueue>();
  readonly #queueOf = new Map<string, { readonly queue: OpenQueue; readonly request: Request }>();
  readonly #bySharingKey = new Map<string, Set<OpenQueue>>();

  join(request: Request, position: Position): void {
    this.leave(request.key);
    const queue = this.#queues.get(position.text) ?? this.#open(request.sharing.key, position);
    insertByAge(queue.requests, request);
    this.#queueOf.set(request.key, { queue, request });
  }

  /** Nothing happens where it does not wait. */
  leave(key: string): void {
    const place = this.#queueOf.get(key);
    if (place === undefined) return;
    this.#queueOf.delete(key);
    removeByAge(place.queue.requests, place.request);
    if (place.queue.requests.length === 0) this.#close(place.queue);
  }

  /** Those who may use what became free in one of these pools. */
  *of(pools: ReadonlySet<Pool>): Generator<Queue> {
    if (pools.size === 0) return;
    for (const queue of this.#queues.values()) {
      if (!queue.pools.isDisjointFrom(pools)) yield queue;
    }
  }

  /** Those who may share an address of this pool that others use with this sharing key. */
  *ofSharers(sharingKey: string, pool: Pool): Generator<Queue> {
    for (const queue of this.#bySharingKey.get(sharingKey) ?? []) {
      if (queue.pools.has(pool)) yield queue;
    }
  }

  #open(sharingKey: string, { text, pools }: Position): OpenQueue {
    const queue = { text, pools: new Set(pools()), sharingKey, requests: [] };
    this.#queues.set(text, queue);
    const sharers = this.#bySharingKey.get(sharingKey) ?? new Set();
    this.#bySharingKey.set(sharingKey, sharers.add(queue));
    return queue;
  }

  #close(queue: OpenQueue): void {
    this.#queues.delete(queue.text);
    const sharers = this.#bySharingKey.get(queue.sharingKey);
    sharers?.delete(queue);
    if (sharers?.size === 0) this.#bySharingKey.delete(queue.sharingKey);
  }
}
