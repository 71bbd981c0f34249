import { type Desired, NOTHING_DESIRED } from "../../speaker/desired/claimable.ts";
import type { Sender } from "../../speaker/wire/dialect.ts";
import { Table } from "../../speaker/ownership/table.ts";
import type { Place, TableAction } from "../../speaker/ownership/table_action.ts";
import type { KernelEvent } from "../../speaker/ownership/table_entry.ts";
import { renewedAtOf } from "../../speaker/kernel/lease.ts";
import { parseIp } from "../../ip/address.ts";
import type { Timeline } from "./event_queue.ts";
import type { Kernel } from "./kernel.ts";
import type { NodeClock } from "./node_clock.ts";
import { Process } from "./process.ts";
import type { Protocol } from "./protocol.ts";
import type { Random } from "./random.ts";
import type { Speech } from "./speech.ts";
import type { Frame, Port, Wire } from "./wire.ts";
import { Writer } from "./writer.ts";

export interface AgentOptions {
  readonly node: string;
  readonly queue: Timeline;
  readonly clock: NodeClock;
  readonly random: Random;
  readonly kernel: Kernel;
  readonly wire: Wire;
  readonly ports: readonly Port[];
  readonly speech: Speech;
  readonly protocol: Protocol;
  /** What this node may hold, as far as it knows; absent until it heard of the API. */
  readonly look: () => Desired | undefined;
  /** Called with everything that the table wants done, before it is done. */
  readonly onAction: (action: TableAction) => void;
  /** It froze between a decision and the write. */
  readonly onFrozen: () => void;
  /** A link did not take a question. */
  readonly onRefused: (port: Port) => void;
}

const LEASE_TICK_MS = 1_000;
const SETTLE_MS = 5;

/** One speaker process: what `Engine` is on a real node, with the product's `Table` in it. */
export class Agent {
  readonly table: Table;
  readonly process: Process;
  /** What was desired last. */
  desired: Desired = NOTHING_DESIRED;
  /** Frames that it sent. */
  sent = 0;
  readonly #options: AgentOptions;
  readonly #writer: Writer;
  #isLookDue = false;
  /** When the leases are looked at next, by this machine's clock; absent while nothing is held. */
  #tickAt: number | undefined;
  #firstTickAt = 0;

  constructor(options: AgentOptions) {
    this.#options = options;
    const { node, queue, random, kernel, protocol, clock } = options;
    this.table = new Table({ node, ...protocol });
    this.process = new Process({
      queue,
      random,
      clock,
      onFrame: (frame, linkIndex) =>
        this.#do(this.table.onPacket(frame.packet, linkIndex, this.#now)),
      onAlarm: () => this.#do(this.table.wake(this.#now)),
    });
    this.#writer = new Writer({
      queue,
      random,
      kernel,
      localNow: () => this.#now,
      mayWrite: (operation, key) => this.#mayWrite(operation, key),
      onResult: (key, event) => this.#onKernel(key, event),
      inProcess: (run) => this.process.run(run),
      beforeWrite: () => {
        if (this.process.reachWrite()) options.onFrozen();
      },
    });
  }

  /** Reads the kernel, goes on with what an earlier run left there, and renews it. */
  start(): void {
    const { kernel, protocol, ports } = this.#options;
    for (const [key, bound] of protocol.adopts ? kernel.addresses : []) {
      const at = placeOf(key, bound.linkIndex);
      const lease = { validSeconds: kernel.secondsLeft(bound) };
      this.table.adopt(at, renewedAtOf(lease, this.#now, protocol.timings), this.#now);
    }
    for (const { at } of this.table.held()) this.#writer.renew(at);
    for (const port of ports) {
      if (port.hasCarrier) this.table.onLinkFound(port.linkIndex, this.#now);
    }
    this.process.setAlarm(this.table.nextWake());
    this.#firstTickAt = this.#now;
    this.#keepLeases();
    this.requestLook();
  }

  /** What is desired, or this node's links, may be different. */
  requestLook(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#options.queue.after(SETTLE_MS, () =>
      this.process.run(() => {
        this.#isLookDue = false;
        const desired = this.#options.look();
        if (desired === undefined) return;
        this.desired = desired;
        this.#do(this.table.setDesired(desired, this.#now));
      }));
  }

  onLinkUp(linkIndex: number): void {
    this.process.run(() => this.#do(this.table.onLinkUp(linkIndex, this.#now)));
  }

  /** The kernel's monitor: an address of ours is gone. */
  onGone(key: string, linkIndex: number): void {
    this.process.run(() => {
      const entry = this.table.entry(key);
      if (entry?.state?.kind !== "held" || entry.at.linkIndex !== linkIndex) return;
      this.#onKernel(key, { kind: "gone" });
    });
  }

  /** Lets go of everything in an orderly way. */
  handOver(): void {
    this.process.run(() => {
      this.desired = NOTHING_DESIRED;
      this.#do(this.table.handOverAll(this.#now));
    });
  }

  get #now(): number {
    return this.#options.clock.local(this.#options.queue.now);
  }

  #keepLeases(): void {
    const { protocol } = this.#options;
    const now = this.#now;
    for (const { at, state } of [...this.table.held()]) {
      const duty = protocol.leaseDuty(state, now, protocol.timings);
      if (duty === "renew") this.#writer.renew(at);
      if (duty === "lapsed") this.#onKernel(at.key, { kind: "timer" });
    }
    this.#tickAt = undefined;
    if (!this.table.held().next().done) this.#planTick(now + LEASE_TICK_MS);
  }

  /** The leases are looked at once a second; where nothing is held there is nothing to see. */
  #planTick(at: number): void {
    if (this.#tickAt !== undefined) return;
    this.#tickAt = at;
    const { queue, clock } = this.#options;
    queue.at(clock.global(at), () => this.process.run(() => this.#keepLeases()));
  }

  #nextTick(): number {
    const sinceMs = this.#now - this.#firstTickAt;
    return this.#firstTickAt + (Math.floor(sinceMs / LEASE_TICK_MS) + 1) * LEASE_TICK_MS;
  }

  #onKernel(key: string, event: KernelEvent): void {
    this.#do(this.table.onKernel(key, event, this.#now));
  }

  #mayWrite(operation: "bind" | "renew", key: string): boolean {
    const { mayBind, timings } = this.#options.protocol;
    const state = this.table.entry(key)?.state;
    return (operation === "bind" || state?.kind === "held") && mayBind(state, this.#now, timings);
  }

  #do(actions: readonly TableAction[]): void {
    for (const action of actions) this.#perform(action);
    this.process.setAlarm(this.table.nextWake());
  }

  #perform(action: TableAction): void {
    this.#options.onAction(action);
    const { at } = action.kind === "silent" ? { at: undefined } : action;
    if (at === undefined) return;
    const port = this.#options.ports.find(({ linkIndex }) => linkIndex === at.linkIndex);
    if (port === undefined) return;
    const { protocol, speech } = this.#options;
    switch (action.kind) {
      case "probe":
        return this.#ask(port, at, action.to);
      case "seek":
        for (const packet of speech.seek(this.#sender(port), at, action.to)) {
          this.#send(port, { packet, key: at.key, kind: "question" }, action.to);
        }
        return;
      case "announce":
        for (
          const packet of protocol.announces(at) ? speech.announce(this.#sender(port), at) : []
        ) {
          this.#send(port, { packet, key: at.key, kind: "announcement" });
        }
        return;
      case "claimed":
        return this.#planTick(this.#nextTick());
      case "bind":
        return this.#writer.bind(at);
      case "unbind":
        return this.#writer.unbind(at);
      default:
    }
  }

  #ask(port: Port, at: Place, to: Port["mac"] | undefined): void {
    const { speech, protocol, onRefused } = this.#options;
    for (const packet of speech.ask(this.#sender(port), at, to)) {
      if (this.#send(port, { packet, key: at.key, kind: "question" }, to)) continue;
      onRefused(port);
      if (protocol.noticesRefusals) this.#do(this.table.onNotAsked(port.linkIndex, this.#now));
    }
  }

  /** Returns whether the link took the frame. */
  #send(port: Port, frame: Frame, to?: Port["mac"]): boolean {
    if (port.refuses) return false;
    this.sent++;
    this.#options.wire.send(port, frame, to);
    return true;
  }

  /** Without its link-local address while the kernel looks whether that is unique. */
  #sender({ mac, linkLocal, detectingUntil }: Port): Sender {
    const isUnique = linkLocal !== undefined && detectingUntil <= this.#options.queue.now;
    return isUnique ? { mac, linkLocal } : { mac };
  }
}

function placeOf(key: string, linkIndex: number): Place {
  const address = parseIp(key);
  if (address === undefined) throw new SyntaxError(`Cannot read address: want one, have "${key}"`);
  return { key, address, linkIndex };
}
