/**
 * Everybody who answers for addresses that this node may hold, and the watch over each. Mutable, free of I/O.
 */
import type { Claimable } from "../desired/claimable.ts";
import { Duties, type Duty, type Watched } from "./duties.ts";
import { Holder, holderId, nameOf } from "./holder.ts";
import type { Station } from "./ownership_state.ts";
import { Seeking, type Sought } from "./seeking.ts";
import { earliest, TimerQueue } from "./timer_queue.ts";
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
}

/** What is wanted for one holder; `holder` is its id. */
export type HolderAction = (WatchAction | SeekAction) & { readonly holder: string };

/** The holder of this address is to know that this node is preferred. */
interface SeekAction {
  readonly kind: "seek";
  readonly address: string;
}

type HolderActions = readonly HolderAction[];

/** An address on one link. */
export interface Seat {
  readonly key: string;
  readonly linkIndex: number;
}

export class HolderBook {
  readonly #options: HolderBookOptions;
  readonly #holders = new Map<string, Holder>();
  readonly #timers = new TimerQueue<string>();
  readonly #silent = new Set<string>();
  readonly #duties: Duties;
  readonly #seeking: Seeking;

  constructor(options: HolderBookOptions) {
    this.#options = options;
    this.#seeking = new Seeking(options.timings);
    this.#duties = new Duties({ ...options, isSilent: (other) => this.#silent.has(other) });
  }

  /** An address of a link went from one station to another; absent is none. */
  move(at: Seat, from: Station | undefined, to: Station | undefined, now: number): void {
    const fromId = from === undefined ? undefined : holderId(at.linkIndex, from);
    const toId = to === undefined ? undefined : holderId(at.linkIndex, to);
    if (fromId !== undefined && fromId !== toId) this.#remove(at.key, fromId);
    if (toId !== undefined && to !== undefined) this.#add(at.key, toId, to, now);
    this.compare(at, to, now);
  }

  /** This node may be to have an address rather than the station that has it, or not any more. */
  compare(at: Seat, by: Station | undefined, now: number): void {
    this.#seeking.set(at.key, by === undefined ? undefined : this.#soughtFrom(by, at), now);
  }

  /** One holder. Live. */
  get(id: string): Holder | undefined {
    return this.#holders.get(id);
  }

  /** Whether the node is believed to hold an address. */
  isHolder(node: string): boolean {
    return this.#holders.values().some(({ station }) => station.node === node);
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

  /** Who watches whom may have changed: nobody shall begin later than with the new duty. */
  reconsider(now: number): void {
    this.#duties.reconsider();
    for (const holder of this.#holders.values()) {
      this.#hasten(holder, now, this.#dutyFor(holder).firstMs);
    }
  }

  /** A station used an address of its own as sender. */
  answered(by: Station, { key, linkIndex }: Seat, now: number): readonly HolderAction[] {
    return this.#step(holderId(linkIndex, by), { kind: "answered", address: key }, now);
  }

  /**
   * Another node of ours looks whether the holder of this address is alive. A node that ranks far back for it
   * looks as well only where it is first for another address of this holder.
   */
  tell(by: Station, { key, linkIndex }: Seat, rank: "near" | "far", now: number): HolderActions {
    const id = holderId(linkIndex, by);
    const holder = this.#holders.get(id);
    if (holder === undefined || (rank === "far" && !this.#isFirst(holder, now))) return [];
    return this.#step(id, { kind: "told", address: key }, now);
  }

  /** Serves the watches that are due, and what this node is to have. */
  wake(now: number): readonly HolderAction[] {
    const actions = this.#seeking.take(now)
      .map(({ key, holder }): HolderAction => ({ kind: "seek", address: key, holder }));
    for (let id = this.#timers.pop(now); id !== undefined; id = this.#timers.pop(now)) {
      actions.push(...this.#step(id, { kind: "timer" }, now));
    }
    return actions;
  }

  /** When `wake` is to be called next. */
  nextWake(): number | undefined {
    return earliest(this.#timers.peek(), this.#seeking.nextWake());
  }

  #step(id: string, event: WatchEvent, now: number): readonly HolderAction[] {
    const holder = this.#holders.get(id);
    if (holder === undefined) return [];
    const [watch, actions] = stepWatch(
      holder.watch,
      event,
      now,
      this.#viewOf(holder),
      this.#options.timings,
    );
    holder.watch = watch;
    this.#timers.set(id, watchWakeAt(watch));
    return actions.map((action) => ({ ...action, holder: id }));
  }

  #add(key: string, id: string, station: Station, now: number): void {
    const known = this.#holders.get(id);
    if (known !== undefined) {
      known.station = station;
      known.add(key);
      return this.#hasten(known, now, this.#intervalMs(known));
    }
    const holder = new Holder(id, station, startWatch(now));
    holder.add(key);
    this.#holders.set(id, holder);
    holder.watch = startWatch(now + this.#dutyFor(holder).firstMs);
    this.#timers.set(id, watchWakeAt(holder.watch));
  }

  #remove(key: string, id: string): void {
    const holder = this.#holders.get(id);
    if (holder === undefined) return;
    holder.remove(key);
    if (holder.addresses.length > 0) return;
    this.#holders.delete(id);
    this.#duties.forget(watchedOf(holder));
    this.#timers.set(id, undefined);
  }

  /** Where it would be asked later than an interval from now: `withinMs` from now. */
  #hasten(holder: Holder, now: number, withinMs: number): void {
    const { watch } = holder;
    const intervalMs = this.#intervalMs(holder);
    if (watch.kind !== "resting" || watch.askAt <= now + intervalMs) return;
    holder.watch = { ...watch, askAt: now + Math.min(withinMs, intervalMs) };
    this.#timers.set(holder.id, holder.watch.askAt);
  }

  /** From one question to the next: a stranger leaves one address alone, so each is asked for as often. */
  #intervalMs(holder: Holder): number {
    const { intervalMs } = this.#dutyFor(holder);
    if (holder.station.node !== undefined) return intervalMs;
    return intervalMs / Math.min(holder.addresses.length, this.#options.timings.suspectAddresses);
  }

  #viewOf(holder: Holder): HolderView {
    return {
      intervalMs: this.#intervalMs(holder),
      isStranger: holder.station.node === undefined,
      holds: (address) => holder.has(address),
      next: () => holder.next(),
      mine: () => this.#mineOf(holder),
      others: (asked) => {
        const others = holder.addresses.values().filter((address) => !asked.has(address));
        return others.take(this.#options.timings.suspectAddresses).toArray();
      },
    };
  }

  /** Whether this node would follow the holder in any address; not looked at anew for each probe of a round. */
  #isFirst(holder: Holder, now: number): boolean {
    if (now < holder.idleUntil) return false;
    if (this.#mineOf(holder, 1).length > 0) return true;
    holder.idleUntil = now + this.#options.timings.suspectIntervalMs;
    return false;
  }

  /** Some of the holder's addresses for which this node is first, did the holder not exist. */
  #mineOf(holder: Holder, most = this.#options.timings.suspectAddresses): readonly string[] {
    const { claimable } = this.#options;
    const isSkipped = (other: string): boolean =>
      other === holder.station.node || this.#silent.has(other);
    const mine: string[] = [];
    for (const key of holder.addresses) {
      if (claimable(key)?.standing.place(isSkipped, 1) !== 0) continue;
      if (mine.push(key) >= most) break;
    }
    return mine;
  }

  #soughtFrom(by: Station, { key, linkIndex }: Seat): Sought | undefined {
    const { claimable, timings } = this.#options;
    const { node } = by;
    const standing = claimable(key)?.standing;
    if (node === undefined || standing?.preferenceFor(node) !== "less") return undefined;
    const isSkipped = (other: string): boolean => other === node || this.#silent.has(other);
    const place = standing.place(isSkipped, timings.seekers);
    return place < timings.seekers ? { holder: holderId(linkIndex, by), place } : undefined;
  }

  #dutyFor(holder: Holder): Duty {
    return this.#duties.of(watchedOf(holder));
  }
}

function watchedOf({ id, station, addresses }: Holder): Watched {
  return { id, name: nameOf(station), node: station.node, addresses };
}
