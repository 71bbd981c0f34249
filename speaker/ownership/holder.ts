import type { Station } from "./ownership_state.ts";
import type { Watch } from "./watch.ts";

/**
 * What a holder is known by: one station on one link. A node with several interfaces on a segment answers
 * on all of them and is one holder; on two segments it is two, since one of them may fail alone.
 */
export function holderId(linkIndex: number, station: Station): string {
  return `${linkIndex} ${nameOf(station)}`;
}

/** What all nodes call a station: the node's name, or a stranger's MAC. */
export function nameOf({ node, mac }: Station): string {
  return node ?? mac;
}

/** A station that answers for addresses that this node may hold. */
export class Holder {
  readonly id: string;
  /** As it was last heard. */
  station: Station;
  watch: Watch;
  /** Until then this node is known to be first for none of its addresses. */
  idleUntil = -Infinity;
  readonly #addresses: string[] = [];
  readonly #position = new Map<string, number>();
  #turn = 0;

  constructor(id: string, station: Station, watch: Watch) {
    this.id = id;
    this.station = station;
    this.watch = watch;
  }

  /** Its addresses, in no particular order. Live: copy it before changing the holder. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** Whether it is believed to hold the address. */
  has(address: string): boolean {
    return this.#position.has(address);
  }

  add(address: string): void {
    if (this.#position.has(address)) return;
    this.#position.set(address, this.#addresses.length);
    this.#addresses.push(address);
  }

  remove(address: string): void {
    const position = this.#position.get(address);
    if (position === undefined) return;
    this.#position.delete(address);
    const last = this.#addresses.pop();
    if (last === undefined || last === address) return;
    this.#addresses[position] = last;
    this.#position.set(last, position);
  }

  /** The address whose turn it is; all have theirs in as many calls as there are addresses. */
  next(): string | undefined {
    if (this.#addresses.length === 0) return undefined;
    this.#turn = (this.#turn + 1) % this.#addresses.length;
    return this.#addresses[this.#turn];
  }
}
