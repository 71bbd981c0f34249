import type { Mac } from "../../ip/mac.ts";
import type { NeighborPacket } from "../../speaker/wire/neighbor.ts";
import type { IpAddress } from "../../ip/address.ts";
import type { EventQueue } from "./event_queue.ts";
import type { Random } from "./random.ts";

/** One packet on the wire. */
export interface Frame {
  readonly packet: NeighborPacket;
  /** Canonical text of the address it is about. */
  readonly key: string;
  readonly kind: "question" | "announcement" | "answer";
}

/** Where a machine is plugged in. */
export interface Port {
  /** The machine's name. */
  readonly owner: string;
  readonly mac: Mac;
  readonly linkIndex: number;
  /** The broadcast domain. */
  readonly domain: number;
  /** Ports of a domain hear each other while they are on the same island. */
  island: number;
  hasCarrier: boolean;
  /** Its machine is paused: nothing answers, and a few frames wait. */
  isAsleep: boolean;
  /** Whether what the process sends is refused (ENOBUFS, ENETDOWN). */
  refuses: boolean;
  /** Its link-local address, and until when the kernel looks whether it is unique. */
  readonly linkLocal: IpAddress | undefined;
  detectingUntil: number;
  /** Until then the switch forwards nothing to or from it, carrier or not. */
  blockedUntil: number;
  /** Until then its node may take silence on it for a sign that nothing gets through. */
  doubtUntil: number;
  /** Until then its node takes nothing for silent on it, since it refused a question; only a new process may. */
  distrustedUntil: number;
  /** Names of machines that it does not hear. */
  readonly deafTo: Set<string>;
  readonly receive: (frame: Frame) => void;
}

export interface WireOptions {
  readonly queue: EventQueue;
  readonly random: Random;
  /** From, to. @default [0.03, 0.3] */
  readonly latencyMs?: readonly [number, number];
  /** Share of frames that arrive twice. @default 0.0005 */
  readonly duplicates?: number;
}

/** Broadcast domains with latency, loss, duplicates, islands, and links that work one way only. */
export class Wire {
  /** Told of every frame that is sent; `to` is absent where everybody is meant. */
  witness: ((from: Port, frame: Frame, to: Mac | undefined) => void) | undefined;
  /** Share of frames that get lost, by domain. */
  readonly loss = new Map<number, number>();
  readonly #options: Required<WireOptions>;
  readonly #ports = new Map<number, Port[]>();
  readonly #portOfMac = new Map<Mac, Port>();

  constructor(options: WireOptions) {
    this.#options = { latencyMs: [0.03, 0.3], duplicates: 0.0005, ...options };
  }

  plugIn(port: Port): void {
    const ports = this.#ports.get(port.domain) ?? [];
    ports.push(port);
    this.#ports.set(port.domain, ports);
    this.#portOfMac.set(port.mac, port);
  }

  portsIn(domain: number): readonly Port[] {
    return this.#ports.get(domain) ?? [];
  }

  /** Sends to one station, or to everybody, `afterMs` from now. */
  send(from: Port, frame: Frame, to?: Mac, afterMs = 0): void {
    if (!this.#isOpen(from)) return;
    this.witness?.(from, frame, to);
    if (to !== undefined) {
      const port = this.#portOfMac.get(to);
      if (port?.domain === from.domain) this.#carry(from, port, frame, afterMs);
      return;
    }
    for (const port of this.portsIn(from.domain)) {
      if (port !== from) this.#carry(from, port, frame, afterMs);
    }
  }

  /** Whether what one sends gets to the other now, as far as nothing is lost by chance. */
  reaches(from: Port, to: Port): boolean {
    return !from.isAsleep && !to.isAsleep && this.#isConnected(from, to);
  }

  /** Whether what somebody asks at this port is answered, as far as the port is concerned. */
  isAwake(port: Port): boolean {
    return !port.isAsleep && this.#isOpen(port);
  }

  #isConnected(from: Port, to: Port): boolean {
    return from.domain === to.domain && from.island === to.island && this.#isOpen(from) &&
      this.#isOpen(to) && !to.deafTo.has(from.owner);
  }

  #isOpen(port: Port): boolean {
    return port.hasCarrier && port.blockedUntil <= this.#options.queue.now;
  }

  #carry(from: Port, to: Port, frame: Frame, afterMs: number): void {
    const { queue, random, latencyMs, duplicates } = this.#options;
    if (from.island !== to.island || random.chance(this.loss.get(from.domain) ?? 0)) return;
    const [least, most] = latencyMs;
    const arrive = (): void => {
      if (this.#isConnected(from, to)) to.receive(frame);
    };
    queue.after(afterMs + random.between(least, most), arrive);
    if (random.chance(duplicates)) queue.after(afterMs + random.between(least, most) * 3, arrive);
  }
}
