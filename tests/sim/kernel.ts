import type { Timeline } from "./event_queue.ts";
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
  readonly queue: Timeline;
  readonly clock: NodeClock;
  readonly random: Random;
  readonly validMs: number;
  readonly onBound: (key: string) => void;
  readonly onGone: (key: string, linkIndex: number, why: Departure) => void;
  /** A lifetime that was over was set anew, by a decision made after its end. */
  readonly onLateRenewal: (key: string) => void;
}

/** Measured on Linux: an address vanishes so much later than its lifetime ends. */
const LATE_MS = 430;

/** What was due while the machine stood still is done so long after it goes on, at most. */
const OVERDUE_MS = 10;

/** The part of one machine's kernel that matters: addresses that expire by themselves. */
export class Kernel {
  /** Whether it refuses every write (ENOBUFS, ENOMEM). */
  refuses = false;
  readonly #options: KernelOptions;
  /** Addresses that it was asked to unbind, and refused to. */
  readonly #orphans = new Set<string>();
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

  /** Whether nobody in the process knows that it still has the address. */
  isOrphan(key: string): boolean {
    return this.#orphans.has(key);
  }

  /** It was asked to unbind an address, and refused. */
  orphan(key: string): void {
    if (this.#addresses.has(key)) this.#orphans.add(key);
  }

  /**
   * Adds an address, or sets the lifetime of one that it has anew.
   *
   * @param decidedAt when the process decided to; this machine's clock
   */
  replace(key: string, linkIndex: number, decidedAt: number): void {
    const { queue, clock, random, validMs, onBound, onLateRenewal } = this.#options;
    const known = this.#addresses.get(key);
    const isNew = known === undefined;
    if (known !== undefined && decidedAt - known.setAt > validMs) onLateRenewal(key);
    this.#orphans.delete(key);
    const setAt = clock.local(queue.now);
    const bound = { linkIndex, setAt };
    this.#addresses.set(key, bound);
    const endsAt = clock.global(setAt + validMs) + random.between(0, LATE_MS);
    const expire = (): void => {
      if (this.#addresses.get(key) === bound) this.remove(key, "expired");
    };
    queue.at(endsAt, () => {
      // A machine that stood still gets to it a little after it goes on.
      if (queue.now > endsAt) queue.after(random.between(0, OVERDUE_MS), expire);
      else expire();
    });
    if (isNew) onBound(key);
  }

  remove(key: string, why: Departure): void {
    const bound = this.#addresses.get(key);
    if (bound === undefined) return;
    this.#addresses.delete(key);
    this.#options.onGone(key, bound.linkIndex, why);
    this.#orphans.delete(key);
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
