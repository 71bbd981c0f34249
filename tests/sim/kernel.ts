import type { EventQueue } from "./event_queue.ts";
import type { NodeClock } from "./node_clock.ts";
import type { Random } from "./random.ts";

/** An address of ours that a kernel has. */
export interface BoundAddress {
  readonly linkIndex: number;
  /** When its lifetime was last set; this machine's clock. */
  readonly setAt: number;
}

/** Why an address is in the kernel no more. */
export type Departure = "unbound" | "expired" | "taken-away" | "power";

export interface KernelOptions {
  readonly queue: EventQueue;
  readonly clock: NodeClock;
  readonly random: Random;
  readonly validMs: number;
  readonly onBound: (key: string) => void;
  readonly onGone: (key: string, linkIndex: number, why: Departure) => void;
}

/** Measured on Linux: an address vanishes so much later than its lifetime ends. */
const LATE_MS = 430;

/** The part of one machine's kernel that matters: addresses that expire by themselves. */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #addresses = new Map<string, BoundAddress>();

  constructor(options: KernelOptions) {
    this.#options = options;
  }

  has(key: string): boolean {
    return this.#addresses.has(key);
  }

  get addresses(): ReadonlyMap<string, BoundAddress> {
    return this.#addresses;
  }

  /** Adds an address, or sets the lifetime of one that it has anew. */
  replace(key: string, linkIndex: number): void {
    const { queue, clock, random, validMs, onBound } = this.#options;
    const isNew = !this.#addresses.has(key);
    const setAt = clock.local(queue.now);
    const bound = { linkIndex, setAt };
    this.#addresses.set(key, bound);
    const endsAt = clock.global(setAt + validMs) + random.between(0, LATE_MS);
    queue.at(endsAt, () => {
      if (this.#addresses.get(key) === bound) this.remove(key, "expired");
    });
    if (isNew) onBound(key);
  }

  remove(key: string, why: Departure): void {
    const bound = this.#addresses.get(key);
    if (bound === undefined) return;
    this.#addresses.delete(key);
    this.#options.onGone(key, bound.linkIndex, why);
  }

  /** The power is gone. */
  clear(): void {
    for (const key of [...this.#addresses.keys()]) this.remove(key, "power");
  }

  /** The rest of a lifetime as netlink tells it, in whole seconds. */
  secondsLeft(bound: BoundAddress): number {
    const { queue, clock, validMs } = this.#options;
    return validMs / 1_000 - Math.floor((clock.local(queue.now) - bound.setAt) / 1_000);
  }
}
