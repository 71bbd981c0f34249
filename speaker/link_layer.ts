import type { IpAddress } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";
import type { Netlink, PacketSocket } from "../netlink/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Dialect } from "./dialect.ts";
import type { FrameMetrics } from "./frame_metrics.ts";
import type { LocalInterface } from "./interfaces.ts";
import type { NeighborPacket } from "./neighbor.ts";

export interface LinkLayerDeps {
  readonly netlink: Netlink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: FrameMetrics;
  /** What is spoken: ARP, or neighbour discovery. */
  readonly dialect: Dialect;
  /** Called for every packet of somebody else; must not throw. */
  readonly onPacket: (packet: NeighborPacket, linkIndex: number, now: number) => void;
}

/** More frames than the receive buffer of a link holds. */
const FRAMES_AT_ONCE = 4_096;

interface Port {
  /** As last told: its link-local address comes and goes, its MAC is the same. */
  face: LocalInterface;
  readonly socket: PacketSocket;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** One family's frames on this node's links: one packet socket for each link in use. */
export class LinkLayer implements AsyncDisposable {
  readonly #deps: LinkLayerDeps;
  readonly #ports = new Map<number, Port>();
  #ownMacs: ReadonlySet<Mac> = new Set();
  #wanted: ReadonlySet<number> = new Set();

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
    this.#wanted = new Set(wanted.keys());
    for (const [index, port] of this.#ports) {
      const face = wanted.get(index);
      if (face?.mac === port.face.mac) port.face = face;
      else this.#close(index, port);
    }
    for (const face of wanted.values()) if (!this.#ports.has(face.index)) this.#open(face);
  }

  /** Whether every link that was named in the last call of `use` has its socket. */
  get isComplete(): boolean {
    return this.#wanted.values().every((index) => this.#ports.has(index));
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

  /** Sends one probe, to everybody or to one station. Returns whether the link took it; never throws. */
  probe(address: IpAddress, linkIndex: number, to: Mac | undefined): boolean {
    const port = this.#ports.get(linkIndex);
    if (port === undefined) return false;
    const { dialect } = this.#deps;
    return to === undefined
      ? this.#send(port, dialect.probeFrame(port.face, address), "probe")
      : this.#send(port, dialect.askFrame(port.face, address, to), "watch");
  }

  /** Sends one announcement. */
  announce(address: IpAddress, linkIndex: number): void {
    const port = this.#ports.get(linkIndex);
    if (port === undefined) return;
    for (const frame of this.#deps.dialect.announceFrames(port.face, address)) {
      this.#send(port, frame, "announcement");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = Array.from(this.#ports.values(), (port) => port.ended);
    for (const [index, port] of this.#ports) this.#close(index, port);
    await Promise.all(ended);
  }

  #open(face: LocalInterface): void {
    const { index, mac, name } = face;
    const { filter } = this.#deps.dialect;
    try {
      const socket = this.#deps.netlink.openPacket(index, filter);
      const abort = new AbortController();
      const ended = this.#receive(socket, index, abort.signal);
      this.#ports.set(index, { face, socket, abort, ended });
      this.#deps.log("debug", "linkOpened", { link: name, mac, filter });
    } catch (error) {
      this.#deps.metrics.linkFailed("open");
      this.#deps.log("warn", "linkNotOpened", { link: name, filter, error });
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
      this.#deps.metrics.linkFailed("receive");
      this.#deps.log("warn", "linkReceiveFailed", { linkIndex: index, error });
      const port = this.#ports.get(index);
      if (port?.socket === socket) this.#close(index, port);
    }
  }

  #onFrame(frame: Uint8Array, index: number): void {
    const { metrics, clock, dialect, onPacket } = this.#deps;
    const packet = dialect.readFrame(frame);
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
