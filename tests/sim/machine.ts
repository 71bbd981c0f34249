import { DesiredMemo } from "../../speaker/desired/desired_memo.ts";
import type { LocalInterface } from "../../speaker/desired/interfaces.ts";
import type { TableAction } from "../../speaker/ownership/table_action.ts";
import { DEFAULT_TIMINGS } from "../../speaker/ownership/timings.ts";
import { Agent } from "./agent.ts";
import { type ApiState, linkLocalOf, subnetsOf } from "./cluster.ts";
import type { EventQueue } from "./event_queue.ts";
import { HostQueue } from "./host_queue.ts";
import { type Departure, Kernel } from "./kernel.ts";
import { NodeClock } from "./node_clock.ts";
import type { Protocol } from "./protocol.ts";
import type { Random } from "./random.ts";
import type { SimNode } from "./scenario.ts";
import { Speech } from "./speech.ts";
import { virtualMac } from "./virtual_mac.ts";
import type { Mac } from "../../ip/mac.ts";
import type { Frame, Port, Wire } from "./wire.ts";

/** Who is told what a machine does. */
export interface Witness {
  onBound(machine: Machine, key: string): void;
  onGone(machine: Machine, key: string, why: Departure): void;
  onAction(machine: Machine, action: TableAction): void;
  /** Its process froze between a decision and the write. */
  onFrozen(machine: Machine): void;
  /** It set a lifetime anew that was over. */
  onLateRenewal(machine: Machine, key: string): void;
  /** It has taken over what the API says. */
  onLooked(machine: Machine): void;
}

export interface MachineOptions {
  readonly queue: EventQueue;
  readonly random: Random;
  readonly wire: Wire;
  readonly protocol: Protocol;
  readonly witness: Witness;
}

const DRIFT_PPM = 200;

/** The kernel has found a link-local address to be unique after at most so long (RFC 4862: a random delay, one probe). */
const DETECTION_MS = 2_000;

/** Frames that a paused machine's interface keeps: the ring of a virtio interface. */
const RING_FRAMES = 256;

/** More than a clock is off after the longest doubt, and a timer late. */
const DRIFTED_MS = 20;

/** One node: a clock, a kernel, links, and most of the time a speaker. */
export class Machine {
  readonly name: string;
  readonly kernel: Kernel;
  readonly ports: readonly Port[];
  agent: Agent | undefined;
  isOn = false;
  /** What it last heard of the API; absent since its process began. */
  view: ApiState | undefined;
  /** What the process last acted on. */
  lookedAt: ApiState | undefined;
  isApiAway = false;
  /** Frames that all its processes sent. */
  #sentBefore = 0;
  readonly #options: MachineOptions;
  readonly #clock: NodeClock;
  readonly #queue: HostQueue;
  readonly #speech = new Speech();
  #ring: (() => void)[] = [];
  #deferred: (() => void)[] = [];

  constructor({ name, domains }: SimNode, number: number, options: MachineOptions) {
    this.name = name;
    this.#options = options;
    const { queue, random, wire, protocol, witness } = options;
    this.#clock = new NodeClock(random.between(1e3, 1e9), random.between(-DRIFT_PPM, DRIFT_PPM));
    this.#queue = new HostQueue(queue, this.#clock);
    this.kernel = new Kernel({
      queue: this.#queue,
      clock: this.#clock,
      random,
      validMs: protocol.timings.validSeconds * 1_000,
      onBound: (key) => witness.onBound(this, key),
      onGone: (key, linkIndex, why) => {
        this.agent?.onGone(key, linkIndex);
        witness.onGone(this, key, why);
      },
      onLateRenewal: (key) => witness.onLateRenewal(this, key),
    });
    this.ports = domains.map((domain): Port => ({
      owner: name,
      mac: virtualMac(domain * 0x1000 + number + 1),
      linkIndex: domain + 1,
      domain,
      island: 0,
      hasCarrier: true,
      isAsleep: false,
      refuses: false,
      linkLocal: linkLocalOf(number + 1),
      detectingUntil: -Infinity,
      blockedUntil: -Infinity,
      doubtUntil: -Infinity,
      distrustedUntil: -Infinity,
      deafTo: new Set(),
      receive: (frame) => this.#receive(domain, frame),
    }));
    for (const port of this.ports) wire.plugIn(port);
  }

  /** Its links, as the node itself knows them. */
  get faces(): readonly LocalInterface[] {
    return this.ports.map(({ linkIndex, mac, domain, hasCarrier }) => ({
      name: `eth${domain}`,
      mac,
      subnets: subnetsOf(domain),
      index: linkIndex,
      hasCarrier,
    }));
  }

  get sent(): number {
    return this.#sentBefore + (this.agent?.sent ?? 0);
  }

  /** Whether it does at once whatever comes, and can. */
  get isPrompt(): boolean {
    return this.agent?.process.isPrompt === true && !this.#queue.isPaused && !this.isRefused;
  }

  /** Whether its kernel, or one of its links, refuses what the process asks of it. */
  get isRefused(): boolean {
    return this.kernel.refuses || this.ports.some(({ refuses }) => refuses);
  }

  get isPaused(): boolean {
    return this.#queue.isPaused;
  }

  port(domain: number): Port | undefined {
    return this.ports.find((port) => port.domain === domain);
  }

  /** Begins a process, in place of any other. */
  startAgent(): void {
    this.endAgent();
    const { protocol, witness } = this.#options;
    const memo = new DesiredMemo();
    const queue = this.#queue;
    for (const port of this.ports) {
      this.#doubt(port, DEFAULT_TIMINGS.linkFoundDoubtMs);
      port.distrustedUntil = -Infinity;
    }
    this.view = undefined;
    this.lookedAt = undefined;
    const agent = new Agent({
      ...this.#options,
      queue,
      speech: this.#speech,
      node: this.name,
      clock: this.#clock,
      kernel: this.kernel,
      ports: this.ports,
      protocol,
      onAction: (action) => witness.onAction(this, action),
      onFrozen: () => witness.onFrozen(this),
      onRefused: (port) => {
        this.#doubt(port, DEFAULT_TIMINGS.bindRetryMs);
        port.distrustedUntil = port.doubtUntil;
      },
      look: () => {
        if (this.view === undefined) return undefined;
        const snapshot = { ...this.view, node: this.name, local: this.faces };
        this.lookedAt = this.view;
        this.#options.queue.after(0, () => witness.onLooked(this));
        return protocol.desired(snapshot, memo);
      },
    });
    this.agent = agent;
    agent.start();
  }

  /** The link of a port came up. */
  linkUp(port: Port): void {
    port.doubtUntil = -Infinity;
    this.#doubt(port, DEFAULT_TIMINGS.linkUpDoubtMs);
    this.detect(port);
    this.agent?.onLinkUp(port.linkIndex);
    this.agent?.requestLook();
  }

  endAgent(): void {
    this.agent?.process.end();
    this.#sentBefore = this.sent;
    this.agent = undefined;
    this.view = undefined;
    this.lookedAt = undefined;
  }

  /** The kernel looks whether a link-local address is unique. */
  detect(port: Port): void {
    port.detectingUntil = this.#queue.now + this.#options.random.between(0, DETECTION_MS);
  }

  /** Everything stands still, the kernel too. */
  pause(clock: "stops" | "runs"): void {
    if (!this.isOn) return;
    this.#queue.pause(clock);
    for (const port of this.ports) port.isAsleep = true;
  }

  resume(): void {
    for (const port of this.ports) port.isAsleep = false;
    this.#queue.resume();
    for (const run of [...this.#deferred.splice(0), ...this.#ring.splice(0)]) run();
  }

  /** Does something to it as soon as it is not paused. */
  whenAwake(run: () => void): void {
    if (this.isPaused) this.#deferred.push(run);
    else run();
  }

  #doubt(port: Port, ms: number): void {
    port.doubtUntil = Math.max(port.doubtUntil, this.#queue.now + ms + DRIFTED_MS);
  }

  crash(): void {
    this.isOn = false;
    this.#ring = [];
    this.#deferred = [];
    this.#queue.resume();
    for (const port of this.ports) port.isAsleep = false;
    this.endAgent();
    this.kernel.clear();
  }

  /** What the API says has come to this node. */
  see(state: ApiState): void {
    if (this.agent === undefined) return;
    this.view = state;
    this.agent.requestLook();
  }

  #receive(domain: number, frame: Frame): void {
    if (!this.isOn) return;
    if (this.isPaused) {
      if (this.#ring.length < RING_FRAMES) this.#ring.push(() => this.#receive(domain, frame));
      return;
    }
    const { random, wire } = this.#options;
    const port = this.port(domain);
    if (port === undefined) return;
    if (frame.kind === "question" && this.kernel.has(frame.key)) {
      wire.send(port, answerTo(frame, port), askerOf(frame), random.between(0.003, 0.05));
    }
    this.agent?.process.receive(frame, port.linkIndex);
  }
}

/** The answer of a station that has the address. */
export function answerTo({ packet, key }: Frame, port: Port): Frame {
  const { targetIp, senderIp } = packet;
  const about = { operation: "reply", senderMac: port.mac, senderIp: targetIp } as const;
  const isArp = targetIp.family === "IPv4";
  return { kind: "answer", key, packet: { ...about, targetIp: isArp ? senderIp : targetIp } };
}

/** Whom an answer goes to; everybody, for a solicitation from the unspecified address (RFC 4861 §7.2.4). */
export function askerOf({ packet }: Frame): Mac | undefined {
  const isToAll = packet.targetIp.family === "IPv6" && packet.senderIp.value === 0n;
  return isToAll ? undefined : packet.senderMac;
}
