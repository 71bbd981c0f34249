import type { Family, IpAddress } from "../ip/address.ts";

/** A map whose keys are addresses, compared by value. Mutable. */
export class AddressMap<V> {
  readonly #values: Readonly<Record<Family, Map<bigint, V>>> = { IPv4: new Map(), IPv6: new Map() };

  /** How many addresses have a value. */
  get size(): number {
    return this.#values.IPv4.size + this.#values.IPv6.size;
  }

  get({ family, value }: IpAddress): V | undefined {
    return this.#values[family].get(value);
  }

  set({ family, value }: IpAddress, content: V): void {
    this.#values[family].set(value, content);
  }

  /** Whether there was a value. */
  delete({ family, value }: IpAddress): boolean {
    return this.#values[family].delete(value);
  }

  /** Each address once, IPv4 first, else in the order in which they were set. */
  *keys(): Generator<IpAddress> {
    for (const value of this.#values.IPv4.keys()) yield { family: "IPv4", value };
    for (const value of this.#values.IPv6.keys()) yield { family: "IPv6", value };
  }
}
