import type { IpAddress } from "../ip/address.ts";
import { BROADCAST, type Mac } from "../ip/mac.ts";
import type { Netlink, PacketSocket } from "../netlink/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import {
  arpAnnouncements,
  type ArpPacket,
  arpProbe,
  decodeArpFrame,
  encodeArpFrame,
} from "./arp.ts";
import type { LocalInterface } from "./interfaces.ts";
import type { SpeakerMetrics } from "./metrics.ts";

export interface LinkLayerDeps {
  readonly netlink: Netlink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: SpeakerMetrics;
  /** Called for every ARP packet of somebody else; must not throw. */
  readonly onPacket: (packet: ArpPacket, linkIndex: number, now: number) => void;
}

/** More frames than the receive buffer of a link holds. */
const FRAMES_AT_ONCE = 4_096;

interface Port {
  readonly mac: Mac;
  readonly socket: PacketSocket;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** ARP on this node's links: one packet socket for each link in use. */
export class LinkLayer implements AsyncDisposable {
  readonly #deps: LinkLayerDeps;
  readonly #ports = new Map<number, Port>();
  #ownMacs: ReadonlySet<Mac> = new Set();

  constructor(deps: LinkLayerDeps) {
    this.#deps = deps;
  }

  /**
   * Opens sockets for these links and closes all others. One that cannot be opened is logged and tried
   * again at the next call. A link whose MAC changed is opened anew.
   */
  use(used: ReadonlySet<number>, faces: readonly LocalInterface[]): void {
    this.#ownMacs = new Set(faces.map(({ mac }) => mac));
    const wanted = new Map(
      faces.filter(({ index }) => used.has(index)).map((face) => [face.index, face]),
    );
    for (const [index, port] of this.#ports) {
      if (wanted.get(index)?.mac !== port.mac) this.#close(index, port);
    }
    for (const face of wanted.values()) if (!this.#ports.has(face.index)) this.#open(face);
  }

  /** Takes in what has arrived already: a helper thread that is late shall not make answers look missing. */
  drain(): void {
    for (const [index, { socket }] of this.#ports) {
      try {
        for (let n = 0; n < FRAMES_AT_ONCE; n++) {
          const frame = socket.receive();
          if (frame === undefined) break;
          this.#onFrame(frame, index);
        }
      } catch (error) {
        this.#deps.log("debug", "linkReceiveFailed", { linkIndex: index, error });
      }
    }
  }

  /** Sends one ARP probe, to everybody or to one station. Returns whether the link took it; never throws. */
  probe(address: IpAddress, linkIndex: number, to: Mac | undefined): boolean {
    const port = this.#ports.get(linkIndex);
    if (port === undefined) return false;
    const kind = to === undefined ? "probe" : "watch";
    return this.#send(port, encodeArpFrame(arpProbe(port.mac, address), to ?? BROADCAST), kind);
  }

  /** Sends one announcement: gratuitous request, then reply. */
  announce(address: IpAddress, linkIndex: number): void {
    const port = this.#ports.get(linkIndex);
    if (port === undefined) return;
    for (const packet of arpAnnouncements(port.mac, address)) {
      this.#send(port, encodeArpFrame(packet, BROADCAST), "announcement");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = Array.from(this.#ports.values(), (port) => port.ended);
    for (const [index, port] of this.#ports) this.#close(index, port);
    await Promise.all(ended);
  }

  #open({ index, mac, name }: LocalInterface): void {
    try {
      const socket = this.#deps.netlink.openPacket(index, "arp");
      const abort = new AbortController();
      const ended = this.#receive(socket, index, abort.signal);
      this.#ports.set(index, { mac, socket, abort, ended });
      this.#deps.log("debug", "linkOpened", { link: name, mac });
    } catch (error) {
      this.#deps.log("warn", "linkNotOpened", { link: name, error });
    }
  }

  #close(index: number, port: Port): void {
    this.#ports.delete(index);
    port.abort.abort();
    port.socket[Symbol.dispose]();
  }

  async #receive(socket: PacketSocket, index: number, signal: AbortSignal): Promise<void> {
    try {
      for await (const frame of socket.frames(signal)) this.#onFrame(frame, index);
    } catch (error) {
      if (signal.aborted) return;
      this.#deps.log("warn", "linkReceiveFailed", { linkIndex: index, error });
      const port = this.#ports.get(index);
      if (port?.socket === socket) this.#close(index, port);
    }
  }

  #onFrame(frame: Uint8Array, index: number): void {
    const { metrics, clock, onPacket } = this.#deps;
    const packet = decodeArpFrame(frame);
    if (typeof packet === "string") return metrics.dropped(packet);
    if (this.#ownMacs.has(packet.senderMac)) return metrics.dropped("own");
    metrics.received();
    onPacket(packet, index, clock.now());
  }

  #send(port: Port, frame: Uint8Array, kind: "probe" | "watch" | "announcement"): boolean {
    try {
      port.socket.send(frame);
      this.#deps.metrics.sent(kind);
      return true;
    } catch (error) {
      this.#deps.metrics.notSent(kind);
      this.#deps.log("debug", "frameNotSent", { kind, error });
      return false;
    }
  }
}
