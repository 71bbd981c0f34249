import { type Family, formatIp } from "../ip/address.ts";
import type { EmitEvent, ObjectReference } from "../kube/mod.ts";
import type { InterfaceAddress, Netlink, NetlinkChange, Route } from "../netlink/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { Alarm } from "./alarm.ts";
import { KernelWriter } from "./apply.ts";
import { Bulletin } from "./bulletin.ts";
import type { Desired } from "./claimable.ts";
import { DIALECTS } from "./dialect.ts";
import type { History } from "./history.ts";
import type { Announced } from "./l2_status_plan.ts";
import { leaseDuty, misplaced, renewedAtOf } from "./lease.ts";
import { LinkLayer } from "./link_layer.ts";
import type { SpeakerMetrics } from "./metrics.ts";
import { type LostLease, NodeNetwork } from "./node_network.ts";
import { mayBind } from "./ownership_state.ts";
import { Table } from "./table.ts";
import type { Place, TableAction } from "./table_action.ts";
import type { Timings } from "./timings.ts";

export interface EngineDeps {
  readonly node: string;
  readonly timings: Timings;
  readonly netlink: Netlink;
  readonly route: Route;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: SpeakerMetrics;
  readonly history: History;
  readonly emit: EmitEvent;
  /** The node's interfaces, or their subnets, are different. */
  readonly onInterfaces: () => void;
  /** An address was claimed or released. */
  readonly onAnnounced: () => void;
  /** Interfaces on which nothing is announced, by name. */
  readonly isExcluded: (interfaceName: string) => boolean;
}

const FAMILIES: readonly Family[] = ["IPv4", "IPv6"];

/** From one look at the leases to the next. */
const LEASE_TICK_MS = 1_000;

/**
 * The speaker's one loop: packets, kernel news, desires and time go into the table, and what it wants is
 * carried out at once. Nothing here waits for the API.
 */
export class Engine implements AsyncDisposable {
  readonly table: Table;
  readonly network: NodeNetwork;
  readonly #deps: EngineDeps;
  readonly #links: Readonly<Record<Family, LinkLayer>>;
  readonly #writer: KernelWriter;
  readonly #alarm: Alarm;
  readonly #signal: AbortSignal;
  readonly #bulletin: Bulletin;
  /** Addresses that are moved in the kernel's list: their going away is our own doing. */
  readonly #moving = new Set<string>();
  #review: Promise<void> | undefined;
  /** What the alarm was set to last. */
  #wakeAt: number | undefined;

  constructor(deps: EngineDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    const { node, timings, clock } = deps;
    this.network = new NodeNetwork(deps.isExcluded);
    this.table = new Table({ node, timings });
    const servicesOf = (key: string): readonly ObjectReference[] =>
      this.table.entry(key)?.claimable?.services ?? [];
    this.#bulletin = new Bulletin({ ...deps, servicesOf });
    this.#alarm = new Alarm(clock.now, () => {
      if (clock.now() - (this.#wakeAt ?? Infinity) > timings.stallMs) deps.metrics.stalled();
      this.#drain();
      this.#do(this.table.wake(clock.now()));
    });
    this.#links = { IPv4: this.#linkLayer("IPv4"), IPv6: this.#linkLayer("IPv6") };
    this.#writer = new KernelWriter({
      ...deps,
      nameOf: (index) => this.network.nameOf(index),
      catchUp: () => this.#drain(),
      mayWrite: (operation, key, now) => this.#mayWrite(operation, key, now),
      onResult: (key, event) => this.#do(this.table.onKernel(key, event, clock.now())),
    }, signal);
  }

  /** Reads the kernel, goes on with what an earlier run left there, and renews it before anything else. */
  async start(): Promise<void> {
    const { clock, timings, log } = this.#deps;
    // Before the kernel says what is left of the lifetimes: whoever sleeps in between has less.
    const now = clock.now();
    const leased = await this.#load();
    for (const address of leased) {
      const at = {
        key: formatIp(address.address),
        address: address.address,
        linkIndex: address.linkIndex,
      };
      if (this.table.entry(at.key) !== undefined) this.#writer.unbind(at);
      else this.table.adopt(at, renewedAtOf(address, now, timings), now);
    }
    if (leased.length > 0) log("info", "adopted", { addresses: leased.length });
    for (const { at } of this.table.held()) {
      this.#bulletin.tellAdopted(at.key);
      this.#writer.renew(at);
    }
    for (const { index, hasCarrier } of this.network.faces) {
      if (hasCarrier) this.table.onLinkFound(index, now);
    }
    this.#useLinks();
    await this.#writer.idle();
  }

  /** Takes over what is desired; the first time, what was adopted counts as told. */
  desire(desired: Desired, time: "first" | "later"): void {
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
        this.#useLinks();
        if (news.cameUp !== undefined) this.#do(this.table.onLinkUp(news.cameUp, now));
        return this.#deps.onInterfaces();
      case "own-address":
        this.#startReview();
        return this.#deps.onInterfaces();
      case "lease-gone":
        return this.#onLeaseGone(news, now);
      case "resync":
        this.#deps.metrics.resynced();
        return this.#startReview();
      default:
        news satisfies never;
    }
  }

  /** Renews what is due until the signal aborts, and gives up what lapsed. */
  async keepLeases(beat: () => void): Promise<void> {
    const { clock, timings } = this.#deps;
    while (!this.#signal.aborted) {
      const now = clock.now();
      for (const { at, state } of [...this.table.held()]) {
        const duty = leaseDuty(state, now, timings);
        if (duty === "renew") this.#writer.renew(at);
        if (duty === "lapsed") this.#do(this.table.onKernel(at.key, { kind: "timer" }, now));
      }
      this.#useLinks();
      beat();
      await clock.sleep(LEASE_TICK_MS, this.#signal);
    }
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
    for (const links of Object.values(this.#links)) await links[Symbol.asyncDispose]();
    await this.#writer.idle();
    await this.#review;
  }

  /** Takes in what others said while this process did something else, or nothing. */
  #drain(): void {
    for (const links of Object.values(this.#links)) links.drain();
  }

  #do(actions: readonly TableAction[]): void {
    for (const action of actions) this.#perform(action);
    this.#wakeAt = this.table.nextWake();
    this.#alarm.set(this.#wakeAt);
  }

  #perform(action: TableAction): void {
    switch (action.kind) {
      case "probe":
        this.#noteSuspicion(action);
        if (this.#linksFor(action.at).probe(action.at.address, action.at.linkIndex, action.to)) {
          return;
        }
        return this.#do(this.table.onNotAsked(action.at.linkIndex, this.#deps.clock.now()));
      case "announce":
        this.#deps.metrics.announced(action.at.key);
        return this.#linksFor(action.at).announce(action.at.address, action.at.linkIndex);
      case "bind":
        return this.#writer.bind(action.at);
      case "unbind":
        return this.#writer.unbind(action.at);
      case "claimed":
      case "released":
      case "conflict":
      case "conflict-over":
      case "silent":
        return this.#bulletin.tell(action);
      default:
        action satisfies never;
    }
  }

  /** Of what another station holds, only a suspicion asks everybody. */
  #noteSuspicion({ at, to }: Extract<TableAction, { readonly kind: "probe" }>): void {
    if (to !== undefined || this.table.entry(at.key)?.state?.kind !== "occupied") return;
    this.#bulletin.tellSuspected(at.key);
  }

  #onLeaseGone({ key, linkIndex, isDuplicate = false }: LostLease, now: number): void {
    if (this.#moving.delete(key)) return;
    const entry = this.table.entry(key);
    if (entry?.state?.kind !== "held" || entry.at.linkIndex !== linkIndex) return;
    this.#deps.metrics.takenAway(isDuplicate ? "duplicate" : "removed");
    this.#deps.log("warn", "addressTakenAway", { address: key, isDuplicate });
    // What the kernel found to be somebody else's is asked for again before it is bound.
    const kind = isDuplicate ? "bind-failed" : "gone";
    this.#do(this.table.onKernel(key, { kind }, now));
  }

  #mayWrite(operation: "bind" | "renew" | "move", key: string, now: number): boolean {
    const state = this.table.entry(key)?.state;
    return (operation === "bind" || state?.kind === "held") &&
      mayBind(state, now, this.#deps.timings);
  }

  /** Sockets for every link that an address is held or wanted on. */
  #useLinks(): void {
    for (const family of FAMILIES) {
      this.#links[family].use(this.table.linksInUse(family), this.network.faces);
    }
  }

  #linkLayer(family: Family): LinkLayer {
    const dialect = DIALECTS[family];
    return new LinkLayer({
      ...this.#deps,
      dialect,
      metrics: this.#deps.metrics.frames[dialect.filter],
      onPacket: (packet, linkIndex, now) => {
        this.#bulletin.hear(packet, now);
        this.#do(this.table.onPacket(packet, linkIndex, now));
      },
    });
  }

  #linksFor({ address }: Place): LinkLayer {
    return this.#links[address.family];
  }

  async #load(): Promise<readonly InterfaceAddress[]> {
    const { route } = this.#deps;
    const links = await route.listLinks(this.#signal);
    const addresses = await route.listAddresses(this.#signal);
    this.network.load(links, addresses);
    return addresses.filter((address) => this.network.isLeased(address));
  }

  /** Whether the table has the address on this link, comes to have it, or is about to take it away. */
  #isBoundOn(linkIndex: number, key: string): boolean {
    const entry = this.table.entry(key);
    const kind = entry?.state?.kind;
    return entry?.at.linkIndex === linkIndex &&
      (kind === "held" || kind === "claiming" || kind === "leaving");
  }

  #startReview(): void {
    this.#review ??= this.#reviewKernel()
      .catch((error) => {
        if (!this.#signal.aborted) this.#deps.log("warn", "kernelNotReviewed", { error });
      })
      .finally(() => {
        this.#review = undefined;
      });
  }

  /** Compares the kernel with the table: takes away what is not held, misses what is, and puts ours last. */
  async #reviewKernel(): Promise<void> {
    const { clock, route } = this.#deps;
    await this.#writer.idle();
    this.#moving.clear();
    const startedAt = clock.now();
    const present = new Set<string>();
    for (const { address, linkIndex } of await this.#load()) {
      const key = formatIp(address);
      present.add(`${linkIndex} ${key}`);
      if (!this.#isBoundOn(linkIndex, key)) this.#writer.unbind({ key, address, linkIndex });
    }
    for (const { at, state } of [...this.table.held()]) {
      if (present.has(`${at.linkIndex} ${at.key}`) || state.since > startedAt) continue;
      this.#onLeaseGone(at, clock.now());
    }
    const behind = misplaced(
      await route.listAddresses(this.#signal),
      (index) => this.network.nameOf(index),
    );
    for (const { address, linkIndex } of behind) {
      const key = formatIp(address);
      this.#moving.add(key);
      this.#writer.move({ key, address, linkIndex });
    }
    await this.#writer.idle();
    this.#deps.onInterfaces();
  }
}
