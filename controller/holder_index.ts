import type { IpAddress } from "../ip/address.ts";
import { AddressMap } from "./address_map.ts";

/** Addresses and their holders that have to be judged together. */
export interface HolderGroup {
  readonly addresses: readonly IpAddress[];
  readonly keys: ReadonlySet<string>;
}

/** Who holds, or may hold, which addresses: keys of Services. Mutable. */
export class HolderIndex {
  readonly #keysOf = new AddressMap<readonly string[]>();
  readonly #addressesOf = new Map<string, readonly IpAddress[]>();

  /** What this Service holds. */
  addressesOf(key: string): readonly IpAddress[] {
    return this.#addressesOf.get(key) ?? [];
  }

  /** A Service holds these from now on, and nothing else. */
  replace(key: string, addresses: readonly IpAddress[]): void {
    for (const address of this.addressesOf(key)) {
      const others = this.#keysOf.get(address)?.filter((other) => other !== key) ?? [];
      if (others.length === 0) this.#keysOf.delete(address);
      else this.#keysOf.set(address, others);
    }
    for (const address of addresses) {
      const others = this.#keysOf.get(address) ?? [];
      if (!others.includes(key)) this.#keysOf.set(address, [...others, key]);
    }
    if (addresses.length === 0) this.#addressesOf.delete(key);
    else this.#addressesOf.set(key, addresses);
  }

  /** These addresses, their holders, what else these hold, who else holds that, and so on. */
  groupOf(seeds: Iterable<IpAddress>): HolderGroup {
    const known = new AddressMap<true>();
    const addresses: IpAddress[] = [];
    const keys = new Set<string>();
    const add = (address: IpAddress): void => {
      if (known.get(address)) return;
      known.set(address, true);
      addresses.push(address);
    };
    for (const address of seeds) add(address);
    // The list grows while it is walked.
    for (const address of addresses) {
      for (const key of this.#keysOf.get(address) ?? []) {
        if (keys.has(key)) continue;
        keys.add(key);
        this.addressesOf(key).forEach(add);
      }
    }
    return { addresses, keys };
  }
}
