import type { Mac } from "../ip/mac.ts";
import type { Watch } from "./watch.ts";

/** A station that answers for addresses that this node may hold. */
export class Holder {
  readonly mac: Mac;
  watch: Watch;
  readonly #addresses: string[] = [];
  readonly #position = new Map<string, number>();
  #turn = 0;

  constructor(mac: Mac, watch: Watch) {
    this.mac = mac;
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
