import type { IpAddress } from "../ip/address.ts";
import { AddressMap } from "./address_map.ts";

/** The Services that ask for addresses by name and are refused, by key, and for which they wait. Mutable. */
export class NameWaiters {
  readonly #keysOf = new AddressMap<Set<string>>();
  readonly #addressesOf = new Map<string, readonly IpAddress[]>();

  wait(key: string, addresses: readonly IpAddress[]): void {
    this.leave(key);
    this.#addressesOf.set(key, addresses);
    for (const address of addresses) {
      this.#keysOf.set(address, (this.#keysOf.get(address) ?? new Set()).add(key));
    }
  }

  /** Nothing happens where it does not wait. */
  leave(key: string): void {
    for (const address of this.#addressesOf.get(key) ?? []) {
      const keys = this.#keysOf.get(address);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysOf.delete(address);
    }
    this.#addressesOf.delete(key);
  }

  /** Who waits for this address. */
  of(address: IpAddress): Iterable<string> {
    return this.#keysOf.get(address) ?? [];
  }
}
