import type { IpAddress } from "../ip/address.ts";
import { AddressMap } from "./address_map.ts";

/** Addresses and their holders that have to be judged together. */
export interface HolderGroup {
  readonly addresses: readonly IpAddress[];
  readonly keys: ReadonlySet<string>;
}

/** Who holds, or may hold, which addresses: keys of Services. Mutable. */
export class HolderIndex {
  /** Almost always there is one, which takes no list. */
  readonly #keysOf = new AddressMap<string | readonly string[]>();

  /** A Service held the first and holds the second from now on. */
  replace(key: string, before: readonly IpAddress[], now: readonly IpAddress[]): void {
    for (const address of before) {
      const others = this.#holdersOf(address).filter((other) => other !== key);
      if (others.length === 0) this.#keysOf.delete(address);
      else this.#keysOf.set(address, others);
    }
    for (const address of now) {
      const others = this.#holdersOf(address);
      if (others.length === 0) this.#keysOf.set(address, key);
      else if (!others.includes(key)) this.#keysOf.set(address, [...others, key]);
    }
  }

  /**
   * These addresses, their holders, what else these hold, who else holds that, and so on.
   *
   * @param addressesOf what a Service holds, as it was told to `replace`
   */
  groupOf(
    seeds: Iterable<IpAddress>,
    addressesOf: (key: string) => readonly IpAddress[],
  ): HolderGroup {
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
      for (const key of this.#holdersOf(address)) {
        if (keys.has(key)) continue;
        keys.add(key);
        addressesOf(key).forEach(add);
      }
    }
    return { addresses, keys };
  }

  #holdersOf(address: IpAddress): readonly string[] {
    const keys = this.#keysOf.get(address) ?? [];
    return typeof keys === "string" ? [keys] : keys;
  }
}
