/**
 * Everybody who answers for addresses that this node may hold, and the watch over each. Mutable, free of I/O.
 */
import type { Mac } from "../ip/mac.ts";
import type { Claimable } from "./claimable.ts";
import { Duties, type Duty } from "./duties.ts";
import { Holder } from "./holder.ts";
import { TimerQueue } from "./timer_queue.ts";
import type { Timings } from "./timings.ts";
import {
  type HolderView,
  startWatch,
  stepWatch,
  type WatchAction,
  type WatchEvent,
  watchWakeAt,
} from "./watch.ts";

export interface HolderBookOptions {
  /** This node's name. */
  readonly node: string;
  readonly timings: Timings;
  /** What is known of an address that this node may hold. */
  readonly claimable: (key: string) => Claimable | undefined;
  /** Whose interface it is; absent for a stranger. */
  readonly nodeOf: (mac: Mac) => string | undefined;
}

/** What is wanted for one holder. */
export type HolderAction = WatchAction & { readonly mac: Mac };

export class HolderBook {
  readonly #options: HolderBookOptions;
  readonly #holders = new Map<Mac, Holder>();
  readonly #timers = new TimerQueue<Mac>();
  readonly #silent = new Set<string>();
  readonly #duties: Duties;

  constructor(options: HolderBookOptions) {
    this.#options = options;
    this.#duties = new Duties({ ...options, isSilent: (other) => this.#silent.has(other) });
  }

  /** An address went from one holder to another; absent is none. */
  move(key: string, from: Mac | undefined, to: Mac | undefined, now: number): void {
    if (from === to) return;
    if (from !== undefined) this.#remove(key, from);
    if (to !== undefined) this.#add(key, to, now);
  }

  /** The addresses that a holder is believed to have. Live. */
  addressesOf(mac: Mac): readonly string[] {
    return this.#holders.get(mac)?.addresses ?? [];
  }

  /** Whether the node was found silent and has not been heard since. */
  isSilent(node: string): boolean {
    return this.#silent.has(node);
  }

  /** The node answers no more: it is counted no longer, neither in rank nor as a watcher. */
  silence(node: string, now: number): void {
    this.#silent.add(node);
    this.reconsider(now);
  }

  /** The node was heard. Returns whether it had been silent. */
  hear(node: string, now: number): boolean {
    if (!this.#silent.delete(node)) return false;
    this.reconsider(now);
    return true;
  }

  /** Who watches whom may have changed: nobody shall begin later than the new duty says. */
  reconsider(now: number): void {
    this.#duties.reconsider();
    for (const holder of this.#holders.values()) {
      const { intervalMs } = this.#dutyFor(holder);
      if (holder.watch.kind !== "resting" || holder.watch.askAt <= now + intervalMs) continue;
      holder.watch = { ...holder.watch, askAt: now + intervalMs };
      this.#timers.set(holder.mac, holder.watch.askAt);
    }
  }

  /** A holder used an address of its own as sender. */
  answered(mac: Mac, address: string, now: number): readonly HolderAction[] {
    return this.#step(mac, { kind: "answered", address }, now);
  }

  /** Another node of ours looks whether this holder is alive. */
  tell(mac: Mac, address: string, now: number): readonly HolderAction[] {
    return this.#step(mac, { kind: "told", address }, now);
  }

  /** Serves the watches that are due. */
  wake(now: number): readonly HolderAction[] {
    const actions: HolderAction[] = [];
    for (let mac = this.#timers.pop(now); mac !== undefined; mac = this.#timers.pop(now)) {
      actions.push(...this.#step(mac, { kind: "timer" }, now));
    }
    return actions;
  }

  /** When the next watch is due. */
  nextWake(): number | undefined {
    return this.#timers.peek();
  }

  #step(mac: Mac, event: WatchEvent, now: number): readonly HolderAction[] {
    const holder = this.#holders.get(mac);
    if (holder === undefined) return [];
    const [watch, actions] = stepWatch(
      holder.watch,
      event,
      now,
      this.#viewOf(holder),
      this.#options.timings,
    );
    holder.watch = watch;
    this.#timers.set(mac, watchWakeAt(watch));
    return actions.map((action) => ({ ...action, mac }));
  }

  #add(key: string, mac: Mac, now: number): void {
    const known = this.#holders.get(mac);
    if (known !== undefined) return known.add(key);
    const holder = new Holder(mac, startWatch(now));
    holder.add(key);
    this.#holders.set(mac, holder);
    holder.watch = startWatch(now + this.#dutyFor(holder).firstMs);
    this.#timers.set(mac, watchWakeAt(holder.watch));
  }

  #remove(key: string, mac: Mac): void {
    const holder = this.#holders.get(mac);
    if (holder === undefined) return;
    holder.remove(key);
    if (holder.addresses.length > 0) return;
    this.#holders.delete(mac);
    this.#duties.forget(mac);
    this.#timers.set(mac, undefined);
  }

  #viewOf(holder: Holder): HolderView {
    return {
      intervalMs: this.#dutyFor(holder).intervalMs,
      holds: (address) => holder.has(address),
      next: () => holder.next(),
      mine: () => this.#mineOf(holder),
    };
  }

  /** Some of the holder's addresses for which this node is first, did the holder not exist. */
  #mineOf(holder: Holder): readonly string[] {
    const { timings, claimable, nodeOf } = this.#options;
    const holderNode = nodeOf(holder.mac);
    const isSkipped = (other: string): boolean => other === holderNode || this.#silent.has(other);
    const mine: string[] = [];
    for (const key of holder.addresses) {
      if (claimable(key)?.standing.place(isSkipped, 1) !== 0) continue;
      if (mine.push(key) >= timings.suspectAddresses) break;
    }
    return mine;
  }

  #dutyFor({ mac, addresses }: Holder): Duty {
    return this.#duties.of({ name: mac, node: this.#options.nodeOf(mac), addresses });
  }
}
