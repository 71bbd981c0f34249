import type { ConflictReport } from "../config/presence.ts";
import { type Family, formatIp } from "../ip/address.ts";
import type { ObjectReference } from "../kube/mod.ts";
import type { Netlink, NetlinkChange, Route } from "../netlink/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { AddressWriter, Left } from "./kernel/address_writer.ts";
import { Alarm } from "./alarm.ts";
import { answeringFor } from "./respond/answering.ts";
import { Bulletin } from "./told/bulletin.ts";
import type { ConflictBook } from "./stranger/conflict_book.ts";
import type { Instant } from "./stranger/conflict_watch.ts";
import type { Desired } from "./desired/claimable.ts";
import { DIALECTS } from "./wire/dialect.ts";
import type { SpeakerNote } from "./told/event_reasons.ts";
import type { History } from "./told/history.ts";
import { KernelReview } from "./kernel/kernel_review.ts";
import type { Announced } from "./told/l2_status_plan.ts";
import { createWriter, type L2Mode } from "./l2_mode.ts";
import { leaseDuty, renewedAtOf } from "./kernel/lease.ts";
import { LinkLayer } from "./wire/link_layer.ts";
import type { SpeakerMetrics } from "./told/metrics.ts";
import { type LostLease, NodeNetwork } from "./kernel/node_network.ts";
import type { OnStranger } from "./ownership/on_stranger.ts";
import { mayBind } from "./ownership/ownership_state.ts";
import { StrangerNews } from "./stranger/stranger_news.ts";
import { Table } from "./ownership/table.ts";
import type { Place, TableAction } from "./ownership/table_action.ts";
import { earliest } from "./ownership/timer_queue.ts";
import type { Timings } from "./ownership/timings.ts";

export interface EngineDeps {
  readonly node: string;
  readonly timings: Timings;
  /** Whether held addresses are bound in the kernel, which then answers, or answered for by this process. */
  readonly l2: L2Mode;
  /** What it means that a stranger uses an address. */
  readonly onStranger: OnStranger;
  readonly netlink: Netlink;
  readonly route: Route;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: SpeakerMetrics;
  readonly history: History;
  readonly emit: (note: SpeakerNote) => void;
  /** What is told of strangers, and looked after for it. */
  readonly conflicts: ConflictBook;
  /** The node's interfaces, or their subnets, are different. */
  readonly onInterfaces: () => void;
  /** An address was claimed or released. */
  readonly onAnnounced: () => void;
  /** Interfaces on which nothing is announced, by name. */
  readonly isExcluded: (interfaceName: string) => boolean;
}

const FAMILIES: readonly Family[] = ["IPv4", "IPv6"];

/** From one look at which leases are due to the next. Nothing of the kernel is polled: it tells by netlink. */
const LEASE_TICK_MS = 1_000;

/**
 * A network manager takes the node's address away and adds it again at once. That is no reason to hand over; what
 * a node without an address cannot reach meanwhile is less than what a move costs.
 */
const OWN_GONE_GRACE_MS = 50;

/**
 * The speaker's one loop: packets, kernel news, desires and time go into the table, and what it wants is
 * carried out at once. Nothing here waits for the API.
 */
export class Engine implements AsyncDisposable {
  readonly table: Table;
  readonly network: NodeNetwork;
  readonly #deps: EngineDeps;
  readonly #links: Readonly<Record<Family, LinkLayer>>;
  readonly #writer: AddressWriter;
  readonly #alarm: Alarm;
  readonly #signal: AbortSignal;
  readonly #bulletin: Bulletin;
  readonly #review: KernelReview;
  readonly #ownGone: Alarm;
  readonly #strangers: StrangerNews;
  /** What the alarm was set to last. */
  #wakeAt: number | undefined;

  constructor(deps: EngineDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    const { node, timings, onStranger, clock } = deps;
    this.network = new NodeNetwork(deps.isExcluded);
    this.table = new Table({ node, timings, onStranger });
    const servicesOf = (key: string): readonly ObjectReference[] =>
      this.table.entry(key)?.claimable?.services ?? [];
    this.#bulletin = new Bulletin({
      ...deps,
      servicesOf,
      ask: (address, linkIndex, to) => {
        this.#links[address.family].probe(address, linkIndex, to);
      },
    });
    this.#alarm = new Alarm(clock.now, () => {
      if (clock.now() - (this.#wakeAt ?? Infinity) > timings.stallMs) deps.metrics.stalled();
      this.#drain();
      this.#do(this.table.wake(clock.now()));
      this.#do(deps.conflicts.wake(this.#instant()));
    });
    this.#ownGone = new Alarm(clock.now, () => deps.onInterfaces());
    this.#strangers = new StrangerNews({
      ...deps,
      bulletin: this.#bulletin,
      entryOf: (key) => this.table.entry(key),
    });
    this.#links = { IPv4: this.#linkLayer("IPv4"), IPv6: this.#linkLayer("IPv6") };
    this.#writer = createWriter(deps.l2, {
      ...deps,
      nameOf: (index) => this.network.nameOf(index),
      catchUp: () => this.#drain(),
      mayWrite: (operation, key, now) => this.#mayWrite(operation, key, now),
      onResult: (key, event) => this.#do(this.table.onKernel(key, event, clock.now())),
    }, signal);
    this.#review = new KernelReview({
      ...deps,
      network: this.network,
      table: this.table,
      writer: this.#writer,
      onInterfaces: (cameUp) => this.#onInterfaces(cameUp),
      onMissing: ({ key }) => this.#do(this.table.onKernel(key, { kind: "gone" }, clock.now())),
    }, signal);
  }

  /** Reads the kernel, and goes on with what an earlier run left there before anything else. */
  async start(): Promise<void> {
    const { clock, timings, log } = this.#deps;
    // Before the kernel says what is left of the lifetimes: whoever sleeps in between has less.
    const now = clock.now();
    const leased = await this.#review.load();
    const left: Left[] = [];
    for (const address of leased) {
      const at = {
        key: formatIp(address.address),
        address: address.address,
        linkIndex: address.linkIndex,
      };
      const isHeld = this.table.entry(at.key) === undefined;
      const renewedAt = renewedAtOf(address, now, timings);
      if (isHeld) this.table.adopt(at, renewedAt, now);
      const isDue = now - renewedAt >= timings.renewEveryMs;
      left.push({ at, address, isHeld, isDue });
    }
    if (leased.length > 0) log("info", "adopted", { addresses: leased.length });
    for (const { at } of this.table.held()) this.#bulletin.tellAdopted(at.key);
    this.#writer.takeUp(left);
    this.#deps.conflicts.useFaces(this.network.faces, now);
    for (const { index, hasCarrier } of this.network.faces) {
      if (hasCarrier) this.table.onLinkFound(index, now);
    }
    this.#useLinks();
    await this.#writer.idle();
  }

  /** Takes over what is desired; the first time, what was adopted counts as told. */
  desire(desired: Desired, time: "first" | "later"): void {
    this.#deps.conflicts.learn(desired.nodeOfMac);
    this.#do(this.table.setDesired(desired, this.#deps.clock.now()));
    this.#useLinks();
    const how = time === "first" ? "silently" : "aloud";
    for (const { at } of this.table.held()) this.#bulletin.tellServices(at.key, how);
  }

  /** Takes in what the netlink monitor reports. */
  onNetlink(change: NetlinkChange): void {
    const news = this.network.apply(change);
    const now = this.#deps.clock.now();
    switch (news.kind) {
      case "none":
        return;
      case "interfaces":
        this.#tellOfLink(change);
        if (change.kind !== "address-gone") {
          return this.#onInterfaces(news.cameUp === undefined ? [] : [news.cameUp]);
        }
        this.#useLinks();
        return this.#ownGone.set(now + OWN_GONE_GRACE_MS);
      case "own-address":
        this.#review.start();
        return this.#deps.onInterfaces();
      case "lease-gone":
        return this.#onLeaseGone(news, now);
      case "resync":
        this.#deps.metrics.resynced();
        return this.#review.start();
      default:
        news satisfies never;
    }
  }

  /** Renews what is due until the signal aborts, and gives up what lapsed; `beat` hears of each round, and how many are held. */
  async keepLeases(beat: (held: number) => void): Promise<void> {
    await Promise.all([this.#renewLeases(beat), this.#attend()]);
  }

  async #renewLeases(beat: (held: number) => void): Promise<void> {
    const { clock, timings } = this.#deps;
    while (!this.#signal.aborted) {
      const now = clock.now();
      const held = [...this.table.held()];
      for (const { at, state } of held) {
        const duty = leaseDuty(state, now, timings);
        if (duty === "renew") this.#writer.renew(at);
        if (duty === "lapsed") this.#do(this.table.onKernel(at.key, { kind: "timer" }, now));
      }
      // A socket that could not be opened, or broke, is tried again.
      if (!FAMILIES.every((family) => this.#links[family].isComplete)) this.#useLinks();
      beat(held.length);
      await clock.sleep(LEASE_TICK_MS, this.#signal);
    }
  }

  /** Goes on with what an earlier run told of strangers. */
  resumeConflicts(reports: readonly ConflictReport[]): void {
    this.#deps.conflicts.resume(reports, this.#instant());
    this.#useLinks();
    this.#do([]);
  }

  /** Lets go of everything, and resolves when the kernel has and the others were told. */
  async handOver(): Promise<void> {
    this.#do(this.table.handOverAll(this.#deps.clock.now()));
    await this.#writer.idle();
  }

  /** What this node announces. */
  *announced(): Iterable<Announced> {
    for (const { at, state } of this.table.held()) {
      const services = this.table.entry(at.key)?.claimable?.services ?? [];
      const interfaceName = this.network.nameOf(at.linkIndex) ?? "";
      yield { key: at.key, interfaceName, since: state.since, services };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#alarm[Symbol.dispose]();
    this.#ownGone[Symbol.dispose]();
    this.#strangers[Symbol.dispose]();
    for (const links of Object.values(this.#links)) await links[Symbol.asyncDispose]();
    await this.#writer.idle();
    await this.#review[Symbol.asyncDispose]();
  }

  /** Takes in what others said while this process did something else, or nothing. */
  #drain(): void {
    for (const links of Object.values(this.#links)) links.drain();
  }

  #do(actions: readonly TableAction[]): void {
    for (const action of actions) this.#perform(action);
    this.#wakeAt = earliest(this.table.nextWake(), this.#deps.conflicts.nextWake());
    this.#alarm.set(this.#wakeAt);
  }

  #perform(action: TableAction): void {
    switch (action.kind) {
      case "probe":
        this.#noteSuspicion(action);
        if (this.#linksFor(action.at).probe(action.at.address, action.at.linkIndex, action.to)) {
          return;
        }
        this.#deps.conflicts.onNotAsked(action.at.linkIndex, this.#deps.clock.now());
        return this.#do(this.table.onNotAsked(action.at.linkIndex, this.#deps.clock.now()));
      case "seek":
        return this.#linksFor(action.at).seek(action.at.address, action.at.linkIndex, action.to);
      case "announce":
        this.#deps.metrics.announced(action.at.key);
        return this.#linksFor(action.at).announce(action.at.address, action.at.linkIndex);
      case "bind":
        return this.#writer.bind(action.at);
      case "unbind":
        return this.#writer.unbind(action.at);
      case "conflict":
      case "conflict-over":
        return this.#strangers.hear(action);
      case "claimed":
      case "released":
      case "silent":
        return this.#bulletin.tell(action);
      default:
        action satisfies never;
    }
  }

  #onInterfaces(cameUp: readonly number[]): void {
    this.#useLinks();
    for (const index of cameUp) this.#do(this.table.onLinkUp(index, this.#deps.clock.now()));
    this.#deps.onInterfaces();
  }

  #instant(): Instant {
    const { clock } = this.#deps;
    return { now: clock.now(), nowWall: clock.nowWall() };
  }

  /** Of what another station holds, only a suspicion asks everybody. */
  #noteSuspicion({ at, to }: Extract<TableAction, { readonly kind: "probe" }>): void {
    if (to !== undefined || this.table.entry(at.key)?.state?.kind !== "occupied") return;
    this.#bulletin.tellSuspected(at.key);
  }

  #onLeaseGone({ key, linkIndex, isDuplicate = false }: LostLease, now: number): void {
    if (this.#writer.keptIn !== "kernel") return;
    const entry = this.table.entry(key);
    if (entry?.state?.kind !== "held" || entry.at.linkIndex !== linkIndex) return;
    this.#deps.metrics.takenAway(isDuplicate ? "duplicate" : "removed");
    this.#deps.log("warn", "addressTakenAway", { address: key, isDuplicate });
    if (!isDuplicate) return this.#review.startWhenQuiet(now);
    // What the kernel found to be somebody else's is asked for again before it is bound.
    this.#do(this.table.onKernel(key, { kind: "bind-failed" }, now));
  }

  /** Tells what became of a link that matters here; a node has many that do not. */
  #tellOfLink(change: NetlinkChange): void {
    if (change.kind !== "link" && change.kind !== "link-gone") return;
    const index = change.kind === "link" ? change.link.index : change.index;
    if (!FAMILIES.some((family) => this.table.linksInUse(family).has(index))) return;
    if (change.kind === "link-gone") {
      return this.#deps.log("info", "linkGone", { linkIndex: index });
    }
    const { name, mac, isUp, hasCarrier, masterIndex } = change.link;
    const fields = { link: name, linkIndex: index, mac, isUp, hasCarrier, masterIndex };
    this.#deps.log("info", "linkChanged", fields);
  }

  #mayWrite(operation: "bind" | "renew" | "move", key: string, now: number): boolean {
    const entry = this.table.entry(key);
    if (entry === undefined || !this.#linksFor(entry.at).maySpeak(entry.at.linkIndex)) return false;
    const { state } = entry;
    return (operation === "bind" || state?.kind === "held") &&
      mayBind(state, now, this.#deps.timings);
  }

  /** Sockets for every link that an address is held, wanted or looked after on. */
  #useLinks(): void {
    const { conflicts, clock } = this.#deps;
    const { faces } = this.network;
    conflicts.useFaces(faces, clock.now());
    for (const family of FAMILIES) {
      const used = this.table.linksInUse(family).union(conflicts.linksInUse(family));
      this.#links[family].use(used, faces);
    }
  }

  #linkLayer(family: Family): LinkLayer {
    const dialect = DIALECTS[family];
    const metrics = this.#deps.metrics.frames[dialect.filter];
    return new LinkLayer({
      ...this.#deps,
      dialect,
      metrics,
      answering: this.#deps.l2 === "bind" ? undefined : answeringFor(family, {
        ...this.#deps,
        table: this.table,
        onLapsed: (key, now) => this.#do(this.table.onKernel(key, { kind: "lapsed" }, now)),
      }),
      onPacket: (packet, linkIndex, now) => {
        if (this.table.heeds(packet, linkIndex)) this.#bulletin.hear(packet, now);
        else metrics.dropped("stranger");
        this.#deps.conflicts.onPacket(packet, linkIndex, this.#instant());
        this.#do(this.table.onPacket(packet, linkIndex, now));
      },
    });
  }

  /** Where this process answers, reading what has come is the lease. */
  async #attend(): Promise<void> {
    const { l2, clock, timings } = this.#deps;
    while (l2 === "respond" && !this.#signal.aborted) {
      this.#drain();
      await clock.sleep(timings.readEveryMs, this.#signal);
    }
  }

  #linksFor({ address }: Place): LinkLayer {
    return this.#links[address.family];
  }
}
