import { desire } from "../../speaker/desired.ts";
import { DesiredMemo } from "../../speaker/desired_memo.ts";
import type { LocalInterface } from "../../speaker/interfaces.ts";
import type { TableAction } from "../../speaker/table_action.ts";
import { DEFAULT_TIMINGS } from "../../speaker/timings.ts";
import { Agent } from "./agent.ts";
import { type ApiState, subnetOf } from "./cluster.ts";
import type { EventQueue } from "./event_queue.ts";
import { type Departure, Kernel } from "./kernel.ts";
import { NodeClock } from "./node_clock.ts";
import type { Protocol } from "./protocol.ts";
import type { Random } from "./random.ts";
import type { SimNode } from "./scenario.ts";
import { virtualMac } from "./virtual_mac.ts";
import type { Frame, Port, Wire } from "./wire.ts";

/** Who is told what a machine does. */
export interface Witness {
  onBound(machine: Machine, key: string): void;
  onGone(machine: Machine, key: string, why: Departure): void;
  onAction(machine: Machine, action: TableAction): void;
  /** Its process froze between a decision and the write. */
  onFrozen(machine: Machine): void;
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

  constructor({ name, domains }: SimNode, number: number, options: MachineOptions) {
    this.name = name;
    this.#options = options;
    const { queue, random, wire, protocol, witness } = options;
    this.#clock = new NodeClock(random.between(1e3, 1e9), random.between(-DRIFT_PPM, DRIFT_PPM));
    this.kernel = new Kernel({
      queue,
      clock: this.#clock,
      random,
      validMs: protocol.timings.validSeconds * 1_000,
      onBound: (key) => witness.onBound(this, key),
      onGone: (key, linkIndex, why) => {
        this.agent?.onGone(key, linkIndex);
        witness.onGone(this, key, why);
      },
    });
    this.ports = domains.map((domain): Port => ({
      owner: name,
      mac: virtualMac(domain * 0x1000 + number + 1),
      linkIndex: domain + 1,
      domain,
      island: 0,
      hasCarrier: true,
      blockedUntil: -Infinity,
      doubtUntil: -Infinity,
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
      subnets: [subnetOf(domain)],
      index: linkIndex,
      hasCarrier,
    }));
  }

  get sent(): number {
    return this.#sentBefore + (this.agent?.sent ?? 0);
  }

  port(domain: number): Port | undefined {
    return this.ports.find((port) => port.domain === domain);
  }

  /** Begins a process, in place of any other. */
  startAgent(): void {
    this.endAgent();
    const { protocol, witness, queue } = this.#options;
    const memo = new DesiredMemo();
    for (const port of this.ports) {
      port.doubtUntil = Math.max(
        port.doubtUntil,
        queue.now + DEFAULT_TIMINGS.linkFoundDoubtMs + DRIFTED_MS,
      );
    }
    this.view = undefined;
    this.lookedAt = undefined;
    const agent = new Agent({
      ...this.#options,
      node: this.name,
      clock: this.#clock,
      kernel: this.kernel,
      ports: this.ports,
      protocol,
      onAction: (action) => witness.onAction(this, action),
      onFrozen: () => witness.onFrozen(this),
      look: () => {
        if (this.view === undefined) return undefined;
        const snapshot = { ...this.view, node: this.name, local: this.faces };
        this.lookedAt = this.view;
        this.#options.queue.after(0, () => witness.onLooked(this));
        return protocol.desired(desire(snapshot, memo), this.name);
      },
    });
    this.agent = agent;
    agent.start();
  }

  /** The link of a port came up. */
  linkUp(port: Port): void {
    port.doubtUntil = this.#options.queue.now + DEFAULT_TIMINGS.linkUpDoubtMs + DRIFTED_MS;
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

  crash(): void {
    this.isOn = false;
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
    const { queue, random, wire } = this.#options;
    const port = this.port(domain);
    if (port === undefined) return;
    if (frame.kind === "question" && this.kernel.has(frame.key)) {
      const answer = answerTo(frame, port);
      queue.after(
        random.between(0.003, 0.05),
        () => wire.send(port, answer, frame.packet.senderMac),
      );
    }
    this.agent?.process.receive(frame, port.linkIndex);
  }
}

/** The answer of a station that has the address. */
export function answerTo({ packet, key }: Frame, port: Port): Frame {
  return {
    kind: "answer",
    key,
    packet: {
      operation: "reply",
      senderMac: port.mac,
      senderIp: packet.targetIp,
      targetMac: packet.senderMac,
      targetIp: packet.senderIp,
    },
  };
}
