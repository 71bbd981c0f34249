/**
 * All addresses of one node: routes packets, kernel results and time to the state machines of each address
 * and of each holder, and keeps their timers. Mutable, but free of I/O: every method takes `now` and returns
 * what is to be done. O(log n) for each event.
 */
import { type Family, formatIp, type IpAddress } from "../../ip/address.ts";
import { BurstBook } from "./burst_book.ts";
import { type Claimable, type Desired, NOTHING_DESIRED } from "../desired/claimable.ts";
import { HandOvers } from "./hand_overs.ts";
import { type HolderAction, HolderBook } from "./holder_book.ts";
import { LinkTrust } from "./link_trust.ts";
import { isProbe, isSeek, type NeighborPacket } from "../wire/neighbor.ts";
import { Outbox } from "./outbox.ts";
import { step } from "./ownership.ts";
import {
  hasLapsed,
  type Held,
  isSameStation,
  occupantOf,
  type Ownership,
  type OwnershipAction,
  type OwnershipEvent,
  wakeAt,
} from "./ownership_state.ts";
import { linksOf } from "./links_of.ts";
import { Peers } from "./peers.ts";
import { StallGuard } from "./stall_guard.ts";
import type { Place, TableAction } from "./table_action.ts";
import type { KernelEvent, TableEntry } from "./table_entry.ts";
import type { TableOptions } from "./table_options.ts";
import { earliest, TimerQueue } from "./timer_queue.ts";
import { DEFAULT_TIMINGS, type Timings } from "./timings.ts";

interface Entry extends TableEntry {
  state: Ownership | undefined;
  claimable: Claimable | undefined;
  /** The silent node it was taken from. */
  takenFrom: string | undefined;
}

export class Table {
  readonly #node: string;
  readonly #peers: Peers;
  readonly #stall: StallGuard;
  readonly #timings: Timings;
  readonly #step: typeof step;
  readonly #entries = new Map<string, Entry>();
  readonly #timers = new TimerQueue<string>();
  readonly #bursts: BurstBook;
  readonly #holders: HolderBook;
  readonly #handOvers: HandOvers;
  readonly #out: Outbox;
  readonly #trust = new LinkTrust();
  #desired: Desired = NOTHING_DESIRED;

  constructor(options: TableOptions) {
    const { node, timings = DEFAULT_TIMINGS, onStranger = "yield", step: decide = step } = options;
    this.#node = node;
    this.#timings = timings;
    this.#step = decide;
    this.#bursts = new BurstBook(timings);
    this.#handOvers = new HandOvers(timings);
    this.#out = new Outbox(timings);
    this.#holders = new HolderBook({
      node,
      timings,
      claimable: (key) => this.#entries.get(key)?.claimable,
    });
    const isSilent = (other: string): boolean => this.#holders.isSilent(other);
    const isHolder = (other: string): boolean => this.#holders.isHolder(other);
    this.#peers = new Peers({ node, timings, onStranger, isSilent, isHolder });
    this.#stall = new StallGuard({
      stallMs: timings.stallMs,
      listenMs: timings.listenAfterStallMs,
    });
  }

  /** Goes on with an address that the kernel already has from an earlier run: held, and nothing is sent. */
  adopt(at: Place, renewedAt: number, now: number): void {
    const state: Held = { kind: "held", since: now, renewedAt, defendedAt: undefined };
    this.#entries.set(at.key, { at, state, claimable: undefined, takenFrom: undefined });
    this.#bursts.resume(at.key, now);
  }

  /** Takes over what the API says now. */
  setDesired(desired: Desired, now: number): readonly TableAction[] {
    this.#desired = desired;
    this.#peers.learn(desired.nodeOfMac);
    for (const [key, entry] of this.#entries) {
      const claimable = desired.claimable.get(key);
      const isMoved = claimable !== undefined && claimable.linkIndex !== entry.at.linkIndex;
      if (claimable !== undefined && !isMoved) {
        this.#identify(entry, now);
        continue;
      }
      const then = desired.assigned.has(key) ? "hand-over" : "forget";
      this.#apply(entry, { kind: "unwanted", then }, now);
    }
    for (const claimable of desired.claimable.values()) this.#want(claimable, now);
    this.#holders.reconsider(now);
    this.#handOvers.retain(desired.assigned);
    return this.#out.take();
  }

  /** A packet was received on a link. */
  onPacket(packet: NeighborPacket, linkIndex: number, now: number): readonly TableAction[] {
    const node = this.#peers.nodeOf(packet.senderMac);
    if (node === this.#node) return this.#out.take();
    if (this.#trust.hear(linkIndex)) this.#wantAll(linkIndex, now);
    if (node !== undefined && this.#holders.hear(node, now)) this.#reassert(node, now);
    if (isProbe(packet)) this.#onProbe(packet, linkIndex, node, now);
    else if (this.heeds(packet, linkIndex)) this.#onUse(packet, linkIndex, now);
    return this.#out.take();
  }

  /** Whether the packet means what it says: not if a stranger's use of an address means nothing, see `OnStranger`. */
  heeds({ senderMac, senderIp }: NeighborPacket, linkIndex: number): boolean {
    return this.#peers.counts(senderMac) || this.#entryOf(senderIp, linkIndex) === undefined;
  }

  /** The kernel did what it was asked to, or something happened to an address in it. */
  onKernel(key: string, event: KernelEvent, now: number): readonly TableAction[] {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#apply(entry, event, now);
    return this.#out.take();
  }

  /** A link was up when this process began. */
  onLinkFound(linkIndex: number, now: number): void {
    this.#trust.doubt(linkIndex, now + this.#timings.linkFoundDoubtMs);
  }

  /** A link has a carrier, or another MAC: what is held there is announced anew. */
  onLinkUp(linkIndex: number, now: number): readonly TableAction[] {
    this.#trust.doubt(linkIndex, now + this.#timings.linkUpDoubtMs);
    this.#askAnew(linkIndex, now);
    for (const entry of this.#entriesOn(linkIndex)) {
      if (entry.state?.kind === "held") this.#bursts.begin(entry.at.key, now);
    }
    return this.#out.take();
  }

  /** A link did not take a question: whoever was asked has not been. */
  onNotAsked(linkIndex: number, now: number): readonly TableAction[] {
    this.#trust.distrust(linkIndex, now + this.#timings.bindRetryMs);
    this.#askAnew(linkIndex, now);
    return this.#out.take();
  }

  /** Lets go of everything, so that other nodes take over at once. */
  handOverAll(now: number): readonly TableAction[] {
    this.#desired = { ...this.#desired, claimable: new Map() };
    for (const entry of this.#entries.values()) {
      this.#apply(entry, { kind: "unwanted", then: "hand-over" }, now);
    }
    return this.#out.take();
  }

  /** Serves what is due. To be called at `nextWake()`; earlier does no harm, later is a stall. */
  wake(now: number): readonly TableAction[] {
    if (!this.#stall.wake(now)) return this.#out.take();
    for (const linkIndex of this.#trust.expire(now)) this.#wantAll(linkIndex, now);
    this.#perform(this.#holders.wake(now), now);
    this.#serve(this.#timers, now, (entry) => this.#apply(entry, { kind: "timer" }, now));
    this.#serve(this.#bursts.timers, now, (entry) => this.#announce(entry, now));
    return this.#out.take();
  }

  /** When `wake` is to be called next; absent when nothing is waited for. */
  nextWake(): number | undefined {
    const paced = earliest(this.#timers.peek(), this.#bursts.timers.peek());
    const pacedAt = paced === undefined ? undefined : this.#out.nextRoom(paced);
    const at = earliest(earliest(this.#holders.nextWake(), pacedAt), this.#trust.nextExpiry());
    return this.#stall.promise(at);
  }

  /** What is held, in no particular order: for the kernel lease and for metrics. */
  *held(): IterableIterator<{ readonly at: Place; readonly state: Held }> {
    for (const { at, state } of this.#entries.values()) {
      if (state?.kind === "held") yield { at, state };
    }
  }

  /** What is known of one address. */
  entry(key: string): TableEntry | undefined {
    return this.#entries.get(key);
  }

  /** Links that an address of this family is held or wanted on. */
  linksInUse(family: Family): ReadonlySet<number> {
    const held = this.#entries.values().map(({ at }) => at);
    return linksOf(family, [held, this.#desired.claimable.values()]);
  }

  #want(claimable: Claimable, now: number): void {
    const known = this.#entries.get(claimable.key);
    const isWanted = known?.state !== undefined && known.state.kind !== "leaving";
    if (known !== undefined && isWanted) {
      known.claimable = claimable;
      this.#holders.compare(known.at, occupantOf(known.state), now);
      return this.#rank(known, now);
    }
    const { key, address, linkIndex } = claimable;
    if (known?.state?.kind === "leaving" && known.at.linkIndex !== linkIndex) return;
    if (!this.#trust.isTrusted(linkIndex)) return;
    const at = { key, address, linkIndex };
    const entry = known ?? { at, state: undefined, claimable, takenFrom: undefined };
    entry.claimable = claimable;
    this.#entries.set(key, entry);
    this.#apply(entry, { kind: "wanted", waitMs: this.#peers.waitMs(entry) }, now);
  }

  /** A wait may be shorter than when it began: somebody who ranked before is out of account. */
  #rank(entry: Entry, now: number): void {
    if (entry.state?.kind !== "listening" || entry.state.waitMs === 0) return;
    this.#apply(entry, { kind: "ranked", waitMs: this.#peers.waitMs(entry) }, now);
  }

  /** The API may tell now who the station is that answers, or that it does not count. */
  #identify(entry: Entry, now: number): void {
    const occupant = occupantOf(entry.state);
    if (occupant === undefined) return;
    const by = this.#peers.identify(occupant);
    if (by !== undefined) this.#apply(entry, { kind: "identified", by }, now);
    else if (occupant.node === undefined && !this.#peers.counts(occupant.mac)) {
      this.#vacate(entry.at.key, this.#timings.probeCount, now);
    }
  }

  /** Claims on this link may begin now. */
  #wantAll(linkIndex: number, now: number): void {
    for (const claimable of this.#desired.claimable.values()) {
      if (claimable.linkIndex === linkIndex) this.#want(claimable, now);
    }
  }

  /** Claims that have begun on this link begin anew when it is trusted. */
  #askAnew(linkIndex: number, now: number): void {
    for (const entry of this.#entriesOn(linkIndex)) {
      if (entry.state?.kind !== "listening" && entry.state?.kind !== "probing") continue;
      this.#apply(entry, { kind: "unwanted", then: "forget" }, now);
    }
  }

  *#entriesOn(linkIndex: number): IterableIterator<Entry> {
    for (const entry of this.#entries.values()) if (entry.at.linkIndex === linkIndex) yield entry;
  }

  /** Somebody looks whether an address is free. */
  #onProbe(packet: NeighborPacket, linkIndex: number, node: string | undefined, now: number): void {
    const entry = this.#entryOf(packet.targetIp, linkIndex);
    if (entry === undefined) return;
    const occupant = occupantOf(entry.state);
    if (occupant !== undefined && !isSameStation(occupant, { mac: packet.senderMac, node })) {
      if (node === undefined) return;
      const rank = this.#peers.isNear(entry, occupant.node) ? "near" : "far";
      return this.#perform(this.#holders.tell(occupant, entry.at, rank, now), now);
    }
    const isBehind = this.#stall.isBehind(now);
    if (!isBehind && isSeek(packet) && this.#handOvers.isDue(entry, node, now)) {
      return this.#apply(entry, { kind: "sought" }, now);
    }
    const by = this.#peers.partyOf(packet.senderMac, entry);
    // One that probes what it held has let go of it: it is not counted among those who wait.
    const waitMs = this.#peers.waitMs(entry, occupant === undefined ? undefined : node);
    const probes = isBehind ? 1 : this.#timings.confirmProbes;
    this.#apply(entry, { kind: "probed", by, waitMs, probes }, now);
  }

  /** Somebody uses an address as its own. */
  #onUse(packet: NeighborPacket, linkIndex: number, now: number): void {
    const entry = this.#entryOf(packet.senderIp, linkIndex);
    if (entry === undefined) return;
    const by = this.#peers.partyOf(packet.senderMac, entry);
    this.#apply(entry, { kind: "answered", by }, now);
    this.#perform(this.#holders.answered(by, entry.at, now), now);
  }

  #entryOf(address: IpAddress, linkIndex: number): Entry | undefined {
    const entry = this.#entries.get(formatIp(address));
    return entry?.at.linkIndex === linkIndex ? entry : undefined;
  }

  #apply(entry: Entry, event: OwnershipEvent, now: number): void {
    const before = entry.state;
    const [state, actions] = this.#step(before, event, now, this.#timings);
    entry.state = state;
    if (state !== before) {
      this.#timers.set(entry.at.key, wakeAt(state));
      if (before?.kind === "held" && state?.kind !== "held") this.#bursts.end(entry.at.key);
      this.#holders.move(entry.at, occupantOf(before), occupantOf(state), now);
      if (state === undefined) this.#entries.delete(entry.at.key);
    }
    for (const action of actions) this.#emit(entry, action, now);
    if (state === undefined && before?.kind === "leaving") this.#wantAgain(entry.at.key, now);
  }

  /** An address that left one link may be wanted on another. */
  #wantAgain(key: string, now: number): void {
    const claimable = this.#desired.claimable.get(key);
    if (claimable !== undefined) this.#want(claimable, now);
  }

  #emit(entry: Entry, action: OwnershipAction, now: number): void {
    const { at } = entry;
    switch (action.kind) {
      case "probe":
        return this.#out.probe(at, undefined, now);
      case "ask":
        return this.#out.probe(at, action.mac, now);
      case "burst":
        this.#bursts.begin(at.key, now);
        return this.#announce(entry, now);
      default:
        this.#out.put({ ...action, at });
    }
  }

  #perform(actions: readonly HolderAction[], now: number): void {
    for (const action of actions) {
      switch (action.kind) {
        case "ask":
        case "probe":
        case "seek":
          this.#probe(action.address, action.kind, now);
          break;
        case "missing":
          this.#vacate(action.address, 0, now);
          break;
        case "silent":
          this.#onSilent(action.holder, action.asked, now);
          break;
        default:
          action satisfies never;
      }
    }
  }

  /** Asks the holder of an address alone, or for it, at the interface that answered last; or everybody. */
  #probe(key: string, how: "ask" | "probe" | "seek", now: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    const to = how === "probe" ? undefined : occupantOf(entry.state)?.mac;
    if (how !== "seek") this.#out.probe(entry.at, to, now);
    else if (to !== undefined) this.#out.seek(entry.at, to, now);
  }

  #onSilent(id: string, asked: ReadonlySet<string>, now: number): void {
    const holder = this.#holders.get(id);
    const addresses = [...holder?.addresses ?? []];
    if (holder === undefined || !addresses.some((key) => this.#isAskable(key))) return;
    const { mac, node } = holder.station;
    if (node !== undefined) this.#holders.silence(node, now);
    this.#out.put({ kind: "silent", mac, node, addresses });
    for (const key of addresses) this.#vacate(key, asked.has(key) ? 0 : 1, now);
    for (const entry of this.#entries.values()) this.#rank(entry, now);
  }

  #vacate(key: string, probes: number, now: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || !this.#isAskable(key)) return;
    const node = occupantOf(entry.state)?.node;
    entry.takenFrom = node;
    this.#apply(entry, { kind: "vacated", waitMs: this.#peers.waitMs(entry, node), probes }, now);
  }

  /** Whether silence about the address means something. */
  #isAskable(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.#trust.isTrusted(entry.at.linkIndex);
  }

  /** A node thought dead is heard again: if it still holds what was taken from it, it shall know. */
  #reassert(node: string, now: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.takenFrom !== node) continue;
      entry.takenFrom = undefined;
      if (entry.state?.kind === "held") this.#bursts.begin(entry.at.key, now);
    }
  }

  #announce(entry: Entry, now: number): void {
    if (entry.state?.kind === "held" && hasLapsed(entry.state, now, this.#timings)) {
      // Another may hold it: a process that wakes says nothing before it has looked.
      return this.#apply(entry, { kind: "timer" }, now);
    }
    this.#out.announce(entry.at, now);
    this.#bursts.advance(entry.at.key);
  }

  #serve(queue: TimerQueue<string>, now: number, serve: (entry: Entry) => void): void {
    while (this.#out.hasRoom(now)) {
      const key = queue.pop(now);
      if (key === undefined) return;
      const entry = this.#entries.get(key);
      if (entry !== undefined) serve(entry);
    }
  }
}
