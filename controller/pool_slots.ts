import type { Pool } from "../config/config.ts";
import { isAvoided } from "../config/select.ts";
import type { Family, IpAddress } from "../ip/address.ts";
import type { IpRange } from "../ip/range.ts";
import { FreeRanges } from "./free_ranges.ts";

/** One configured range of a pool. */
interface Slot {
  readonly pool: Pool;
  readonly range: IpRange;
  /** Position among the ranges of the pool. */
  readonly order: number;
  readonly free: FreeRanges;
}

/** How far a list of pools has nothing free of the families that are asked for. */
interface Walk {
  /** Of `givings`, when the list was walked. */
  readonly givings: number;
  /** Index of the first pool that has something. */
  readonly first: number;
}

/**
 * Which addresses of the pools are free. Mutable. A pool's size costs nothing: what is stored is what was
 * taken.
 */
export class PoolSlots {
  readonly #slots: Readonly<Record<Family, readonly Slot[]>>;
  readonly #slotsOf: ReadonlyMap<Pool, Readonly<Record<Family, readonly Slot[]>>>;
  /** How often addresses were given back. */
  #givings = 0;
  /** Of lists of pools that were walked. */
  readonly #walks = new WeakMap<readonly Pool[], Map<string, Walk>>();

  /** All are free. Ranges do not overlap. */
  constructor(pools: readonly Pool[]) {
    const slots = pools.map((pool) =>
      pool.ranges.map((range, order): Slot => ({ pool, range, order, free: new FreeRanges(range) }))
    );
    this.#slotsOf = new Map(pools.map((pool, i) => [pool, byFamily(slots[i] ?? [])]));
    const all = byFamily(slots.flat());
    this.#slots = { IPv4: all.IPv4.toSorted(compareSlots), IPv6: all.IPv6.toSorted(compareSlots) };
  }

  /** The pool that may give out this address; addresses that `avoidBuggyIPs` excludes have none. */
  poolOf(address: IpAddress): Pool | undefined {
    const pool = this.#slotOf(address)?.pool;
    return pool === undefined || isAvoided(pool, address) ? undefined : pool;
  }

  /** Makes an address used; nothing happens where no pool has it. */
  take(address: IpAddress): void {
    this.#slotOf(address)?.free.take(address.value);
  }

  /** Makes an address free again; nothing happens where no pool has it. */
  give(address: IpAddress): void {
    this.#slotOf(address)?.free.give(address.value);
    this.#givings++;
  }

  /**
   * Index of the first pool of a list that has a free address of each of these families; the length of the
   * list where none has. As long as nothing is given back, the same list is not walked from its start again.
   */
  firstOpen(pools: readonly Pool[], families: readonly Family[]): number {
    const walks = this.#walks.get(pools) ?? new Map<string, Walk>();
    this.#walks.set(pools, walks);
    const name = families.join();
    const known = walks.get(name);
    let first = known?.givings === this.#givings ? known.first : 0;
    for (; first < pools.length; first++) {
      const pool = pools[first];
      if (pool !== undefined && families.every((family) => this.hasFree(pool, family))) break;
    }
    walks.set(name, { givings: this.#givings, first });
    return first;
  }

  /** The first free address of a pool, in configured order. */
  lowest(pool: Pool, family: Family): IpAddress | undefined {
    for (const slot of this.#slotsOf.get(pool)?.[family] ?? []) {
      const value = lowestUsable(slot);
      if (value !== undefined) return { family, value };
    }
    return undefined;
  }

  /** Whether a pool has a free address of this family. */
  hasFree(pool: Pool, family: Family): boolean {
    const slots = this.#slotsOf.get(pool)?.[family] ?? [];
    return slots.some((slot) => lowestUsable(slot) !== undefined);
  }

  /** Orders addresses of one pool and family as the pool gives them out. */
  compare(a: IpAddress, b: IpAddress): number {
    const order = (this.#slotOf(a)?.order ?? 0) - (this.#slotOf(b)?.order ?? 0);
    return order || (a.value < b.value ? -1 : 1);
  }

  #slotOf(address: IpAddress): Slot | undefined {
    const slots = this.#slots[address.family];
    let low = 0;
    let high = slots.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const slot = slots[middle];
      if (slot !== undefined && slot.range.first <= address.value) low = middle + 1;
      else high = middle;
    }
    const slot = slots[low - 1];
    return slot !== undefined && address.value <= slot.range.last ? slot : undefined;
  }
}

function byFamily(slots: readonly Slot[]): Readonly<Record<Family, readonly Slot[]>> {
  const ofFamily = (family: Family): readonly Slot[] =>
    slots.filter(({ range }) => range.family === family);
  return { IPv4: ofFamily("IPv4"), IPv6: ofFamily("IPv6") };
}

function compareSlots(a: Slot, b: Slot): number {
  return a.range.first < b.range.first ? -1 : 1;
}

/** Takes the unusable addresses in front out of the way: each is met once until it is given back. */
function lowestUsable({ pool, range: { family }, free }: Slot): bigint | undefined {
  for (;;) {
    const value = free.lowest();
    if (value === undefined || !isAvoided(pool, { family, value })) return value;
    free.take(value);
  }
}
