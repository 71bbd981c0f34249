/**
 * A LAN in virtual time, for tests: one `Table` per node, a switch, and a kernel that answers for what is
 * bound until its lifetime ends. No clock, no randomness: the same calls give the same run.
 */
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { arpAnnouncements, type ArpPacket, arpProbe, isArpProbe } from "../../speaker/arp.ts";
import { type Claimable, type Desired, NOTHING_DESIRED } from "../../speaker/claimable.ts";
import { hasLapsed } from "../../speaker/ownership_state.ts";
import { RankStanding } from "../../speaker/standing.ts";
import { Table } from "../../speaker/table.ts";
import type { TableAction } from "../../speaker/table_action.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../speaker/timings.ts";
import { virtualMac } from "./virtual_mac.ts";

/** One line of what happened. */
export interface VirtualEvent {
  readonly at: number;
  readonly node: string;
  readonly action: TableAction;
}

interface Station {
  readonly name: string;
  readonly mac: Mac;
  table: Table;
  /** Bound addresses, and when the kernel lets them go. */
  readonly kernel: Map<string, number>;
  power: "on" | "off";
  /** While frozen: what would have been done. */
  frozen: (() => void)[] | undefined;
  segment: number;
  /** Until then the switch forwards nothing to or from it, carrier or not. */
  blockedUntil: number;
  desired: Desired | undefined;
  generation: number;
}

const LINK = 1;
const WIRE_MS = 0.1;
const KERNEL_MS = 1;

export class VirtualLan {
  readonly #timings: Timings;
  readonly #stations = new Map<string, Station>();
  readonly #strangers = new Map<string, Mac>();
  readonly #events: VirtualEvent[] = [];
  #queue: { readonly at: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  #now = 0;
  #frames = 0;

  constructor(nodes: readonly string[], timings: Timings = DEFAULT_TIMINGS) {
    this.#timings = timings;
    for (const [i, name] of nodes.entries()) {
      this.#stations.set(name, {
        name,
        mac: virtualMac(i + 1),
        table: new Table({ node: name, timings }),
        kernel: new Map(),
        power: "on",
        frozen: undefined,
        segment: 0,
        blockedUntil: -Infinity,
        desired: undefined,
        generation: 0,
      });
    }
  }

  /** Everything that tables wanted done, in order. */
  get events(): readonly VirtualEvent[] {
    return this.#events;
  }

  /** How many packets were sent. */
  get frames(): number {
    return this.#frames;
  }

  get now(): number {
    return this.#now;
  }

  /** Tells one node, or all, which addresses are assigned; all of `eligible` (default: all) may hold them. */
  assign(
    addresses: readonly string[],
    options: { readonly to?: string; readonly eligible?: readonly string[] } = {},
  ): void {
    const eligible = (options.eligible ?? [...this.#stations.keys()]).toSorted();
    for (const station of this.#stations.values()) {
      if (options.to !== undefined && options.to !== station.name) continue;
      station.desired = this.#desiredFor(station.name, addresses, eligible);
      if (station.power === "off") continue;
      const desired = station.desired;
      this.#run(station, (now) => station.table.setDesired(desired, now));
    }
  }

  /** Pulls the plug: the kernel answers no more, and nothing is remembered. */
  crash(name: string): void {
    const station = this.#station(name);
    station.power = "off";
    station.kernel.clear();
    station.generation++;
  }

  /**
   * Switches a crashed node on again, or replaces the process of a running one.
   *
   * @param blockedMs how long its switch port forwards nothing yet
   */
  start(name: string, blockedMs = 0): void {
    const station = this.#station(name);
    station.blockedUntil = this.#now + blockedMs;
    station.power = "on";
    station.frozen = undefined;
    station.generation++;
    station.table = new Table({ node: name, timings: this.#timings });
    for (const key of station.kernel.keys()) {
      const at = { key, address: ip(key), linkIndex: LINK };
      station.table.adopt(at, this.#now - 1_000, this.#now);
    }
    station.table.onLinkFound(LINK, this.#now);
    this.#renew(station, station.generation);
    const { desired } = station;
    if (desired === undefined) return this.#schedule(station);
    this.#run(station, (now) => station.table.setDesired(desired, now));
  }

  /** Puts the cable back; the switch port forwards nothing for a while. */
  replug(name: string, blockedMs: number): void {
    const station = this.#station(name);
    const { desired = NOTHING_DESIRED } = station;
    station.blockedUntil = this.#now + blockedMs;
    this.#run(station, (now) => station.table.onLinkUp(LINK, now));
    this.#run(station, (now) => station.table.setDesired(desired, now));
  }

  /** Pulls the cable of a running node: it may hold nothing, and hears nothing. */
  unplug(name: string): void {
    const station = this.#station(name);
    station.blockedUntil = Infinity;
    const desired = { ...station.desired ?? NOTHING_DESIRED, claimable: new Map() };
    this.#run(station, (now) => station.table.setDesired(desired, now));
  }

  /** Ends the process only: the kernel answers until the lifetimes end. */
  kill(name: string): void {
    const station = this.#station(name);
    station.generation++;
    station.frozen = [];
  }

  /** Stops the process; what it missed happens when it goes on. */
  freeze(name: string): void {
    this.#station(name).frozen = [];
  }

  thaw(name: string): void {
    const station = this.#station(name);
    const missed = station.frozen ?? [];
    station.frozen = undefined;
    for (const run of missed) run();
  }

  /** Lets go of everything in an orderly way. */
  release(name: string): void {
    const station = this.#station(name);
    this.#run(station, (now) => station.table.handOverAll(now));
  }

  /** Puts the named nodes on a segment of their own. */
  cut(names: readonly string[], segment: number): void {
    for (const name of names) this.#station(name).segment = segment;
  }

  /** A host that is none of ours and answers for an address. */
  addStranger(key: string): Mac {
    const mac = virtualMac(0xee);
    this.#strangers.set(key, mac);
    return mac;
  }

  removeStranger(key: string): void {
    this.#strangers.delete(key);
  }

  /** Sends a packet from nowhere to everybody. */
  inject(packet: ArpPacket): void {
    for (const station of this.#stations.values()) this.#deliver(station, packet);
  }

  /** Which nodes' kernels would answer for the address now. */
  answering(key: string): readonly string[] {
    const names: string[] = [];
    for (const station of this.#stations.values()) {
      if (this.#answers(station, key)) names.push(station.name);
    }
    return names;
  }

  stateOf(name: string, key: string): string | undefined {
    return this.#station(name).table.entry(key)?.state?.kind;
  }

  /** Lets virtual time pass; `check` is called after every instant at which something happened. */
  run(ms: number, check: () => void = () => {}): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = next.at;
      next.run();
      check();
    }
    this.#now = end;
  }

  #next(end: number): { readonly at: number; readonly run: () => void } | undefined {
    let best = -1;
    for (const [i, entry] of this.#queue.entries()) {
      const other = this.#queue[best];
      if (
        other === undefined || entry.at < other.at ||
        entry.at === other.at && entry.order < other.order
      ) best = i;
    }
    const entry = this.#queue[best];
    if (entry === undefined || entry.at > end) return undefined;
    this.#queue.splice(best, 1);
    return entry;
  }

  #after(ms: number, run: () => void): void {
    this.#queue.push({ at: this.#now + ms, order: this.#order++, run });
  }

  /** Does something in a node's process: at once, later when it is frozen, never when it has ended. */
  #inProcess(station: Station, run: () => void): void {
    const { generation } = station;
    if (station.frozen !== undefined) {
      station.frozen.push(() => this.#inProcess(station, run));
    } else if (station.power === "on" && station.generation === generation) {
      run();
    }
  }

  #run(station: Station, decide: (now: number) => readonly TableAction[]): void {
    this.#inProcess(station, () => {
      for (const action of decide(this.#now)) this.#perform(station, action);
      this.#schedule(station);
    });
  }

  #schedule(station: Station): void {
    const at = station.table.nextWake();
    const { generation } = station;
    if (at === undefined) return;
    this.#after(Math.max(0, at - this.#now), () => {
      if (station.generation !== generation) return;
      if (station.frozen === undefined && (station.table.nextWake() ?? Infinity) > this.#now) {
        return;
      }
      this.#run(station, (now) => station.table.wake(now));
    });
  }

  #perform(station: Station, action: TableAction): void {
    this.#events.push({ at: this.#now, node: station.name, action });
    switch (action.kind) {
      case "probe":
        return this.#send(station, arpProbe(station.mac, action.at.address), action.to);
      case "announce":
        for (const packet of arpAnnouncements(station.mac, action.at.address)) {
          this.#send(station, packet);
        }
        return;
      case "bind":
        return this.#bind(station, action.at.key);
      case "unbind":
        return this.#unbind(station, action.at.key);
      default:
    }
  }

  #bind(station: Station, key: string): void {
    const at = this.#now;
    const { generation } = station;
    this.#after(KERNEL_MS, () => {
      if (station.power === "off" || station.generation !== generation) return;
      station.kernel.set(key, at + this.#timings.validSeconds * 1_000);
      this.#run(station, (now) => station.table.onKernel(key, { kind: "bound", at }, now));
    });
  }

  #unbind(station: Station, key: string): void {
    const { generation } = station;
    this.#after(KERNEL_MS, () => {
      if (station.power === "off" || station.generation !== generation) return;
      station.kernel.delete(key);
      this.#run(station, (now) => station.table.onKernel(key, { kind: "unbound" }, now));
    });
  }

  #renew(station: Station, generation: number): void {
    this.#after(this.#timings.renewEveryMs, () => {
      if (station.generation !== generation || station.power === "off") return;
      this.#inProcess(station, () => {
        for (const { at, state } of [...station.table.held()]) {
          if (hasLapsed(state, this.#now, this.#timings) || !this.#answers(station, at.key)) {
            continue;
          }
          station.kernel.set(at.key, this.#now + this.#timings.validSeconds * 1_000);
          const event = { kind: "renewed", at: this.#now } as const;
          this.#run(station, (now) => station.table.onKernel(at.key, event, now));
        }
        this.#renew(station, generation);
      });
    });
  }

  /** Starts the renewals of nodes that were there from the beginning. */
  boot(): void {
    for (const station of this.#stations.values()) this.#renew(station, station.generation);
  }

  #send(from: Station, packet: ArpPacket, to?: Mac): void {
    this.#frames++;
    if (from.blockedUntil > this.#now) return;
    for (const station of this.#stations.values()) {
      if (station === from || station.segment !== from.segment) continue;
      if (to !== undefined && station.mac !== to) continue;
      this.#after(WIRE_MS, () => this.#receive(station, packet, from));
    }
    const stranger = this.#strangers.get(formatIp(packet.targetIp));
    const isAsked = to === undefined || to === stranger;
    if (stranger !== undefined && isAsked && isArpProbe(packet)) {
      this.#after(2 * WIRE_MS, () => this.#deliver(from, replyOf(packet, stranger)));
    }
  }

  #receive(station: Station, packet: ArpPacket, from: Station): void {
    if (station.power === "off" || station.blockedUntil > this.#now) return;
    const key = formatIp(packet.targetIp);
    if (packet.operation === "request" && this.#answers(station, key)) {
      const reply = replyOf(packet, station.mac);
      this.#after(WIRE_MS, () => {
        if (station.segment === from.segment) this.#deliver(from, reply);
      });
    }
    this.#deliver(station, packet);
  }

  #deliver(station: Station, packet: ArpPacket): void {
    if (station.power === "off" || station.blockedUntil > this.#now) return;
    this.#run(station, (now) => station.table.onPacket(packet, LINK, now));
  }

  #answers(station: Station, key: string): boolean {
    return station.power === "on" && (station.kernel.get(key) ?? -Infinity) > this.#now;
  }

  #desiredFor(name: string, addresses: readonly string[], eligible: readonly string[]): Desired {
    const claimable = new Map<string, Claimable>();
    for (const key of eligible.includes(name) ? addresses : []) {
      const standing = new RankStanding({ node: name, key }, eligible);
      const place = { key, address: ip(key), linkIndex: LINK };
      claimable.set(key, { ...place, eligible, standing, services: [] });
    }
    const nodeOfMac = new Map([...this.#stations.values()].map(({ mac, name }) => [mac, name]));
    return { claimable, assigned: new Set(addresses), nodeOfMac };
  }

  #station(name: string): Station {
    const station = this.#stations.get(name);
    if (station === undefined) {
      throw new RangeError(
        `No such node: want one of ${[...this.#stations.keys()]}, have "${name}"`,
      );
    }
    return station;
  }
}

function replyOf(request: ArpPacket, mac: Mac): ArpPacket {
  return {
    operation: "reply",
    senderMac: mac,
    senderIp: request.targetIp,
    targetMac: request.senderMac,
    targetIp: request.senderIp,
  };
}

function ip(text: string): IpAddress {
  const address = parseIp(text);
  if (address === undefined) throw new SyntaxError(`Not an address: "${text}"`);
  return address;
}
