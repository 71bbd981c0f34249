import type { IpAddress } from "../../ip/address.ts";
import { type Mac, macFromBytes } from "../../ip/mac.ts";
import type { Netlink, PacketSocket } from "../../netlink/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Answering } from "../respond/answering.ts";
import type { Dialect } from "./dialect.ts";
import type { FrameMetrics } from "./frame_metrics.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import { isProbe, isSeek, type NeighborPacket } from "./neighbor.ts";
import { Responder, type ResponderAction } from "../respond/responder.ts";

export interface LinkLayerDeps {
  readonly netlink: Netlink;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: FrameMetrics;
  /** What is spoken: ARP, or neighbour discovery. */
  readonly dialect: Dialect;
  /** Called for every packet of somebody else; must not throw. */
  readonly onPacket: (packet: NeighborPacket, linkIndex: number, now: number) => void;
  /** Absent where the kernel answers. */
  readonly answering: Answering | undefined;
}

/** More frames than the receive buffer of a link holds. */
const FRAMES_AT_ONCE = 4_096;

interface Port {
  /** As last told: its link-local address comes and goes, its MAC is the same. */
  face: LocalInterface;
  readonly socket: PacketSocket;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  /** Absent where the kernel answers. */
  readonly responder: Responder | undefined;
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
    for (const [index, port] of this.#ports) {
      try {
        this.#drainPort(port);
      } catch (error) {
        this.#deps.log("debug", "linkReceiveFailed", { linkIndex: index, error });
      }
    }
  }

  /**
   * Whether this process has read so much of a link that it may speak for what it holds there; always where the
   * kernel answers.
   */
  maySpeak(linkIndex: number): boolean {
    const responder = this.#ports.get(linkIndex)?.responder;
    return responder === undefined || responder.maySpeak(this.#deps.clock.now());
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

  /** Tells the station that has an address that this node is to have it. One that gets lost is said again. */
  seek(address: IpAddress, linkIndex: number, holder: Mac): void {
    const port = this.#ports.get(linkIndex);
    if (port === undefined) return;
    this.#send(port, this.#deps.dialect.seekFrame(port.face, address, holder), "watch");
  }

  /** Sends one announcement. */
  announce(address: IpAddress, linkIndex: number): void {
    const port = this.#ports.get(linkIndex);
    if (port === undefined || !this.maySpeak(linkIndex)) return;
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
    const { dialect, netlink } = this.#deps;
    const { filter } = dialect;
    const responder = this.#responderOf(index);
    try {
      const answerer = responder === undefined ? "kernel" : "process";
      const socket = netlink.openPacket(index, filter, answerer);
      const abort = new AbortController();
      const ended = this.#receive(socket, index, abort.signal);
      this.#ports.set(index, { face, socket, abort, ended, responder });
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
      for await (const frame of socket.frames(signal)) {
        const port = this.#ports.get(index);
        if (port?.socket === socket) this.#onFrame(frame, port);
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#deps.metrics.linkFailed("receive");
      this.#deps.log("warn", "linkReceiveFailed", { linkIndex: index, error });
      const port = this.#ports.get(index);
      if (port?.socket === socket) this.#close(index, port);
    }
  }

  #responderOf(linkIndex: number): Responder | undefined {
    const { answering, dialect, clock } = this.#deps;
    if (answering === undefined) return undefined;
    const holds = (address: IpAddress): boolean => answering.holds(address, linkIndex);
    return new Responder({ dialect, timings: answering.timings, holds }, clock.now());
  }

  #drainPort(port: Port): void {
    const { clock } = this.#deps;
    for (let n = 0; n < FRAMES_AT_ONCE; n++) {
      const at = clock.now();
      const frame = port.socket.receive();
      if (frame === undefined) {
        return this.#perform(port, port.responder?.caughtUp(at, port.face, clock.now()));
      }
      this.#onFrame(frame, port);
    }
  }

  #onFrame(frame: Uint8Array, port: Port): void {
    const { metrics, clock, dialect, onPacket } = this.#deps;
    const { responder, face } = port;
    const packet = dialect.readFrame(frame);
    if (typeof packet === "string") return metrics.dropped(packet);
    if (this.#ownMacs.has(packet.senderMac)) return metrics.dropped("own");
    metrics.received();
    const now = clock.now();
    if (responder !== undefined) {
      const destination = macFromBytes(frame.subarray(0, 6));
      this.#perform(port, responder.hear(packet, destination, face, now));
      // It is answered, and says nothing else: see the filters for sockets where the kernel answers.
      if (destination === face.mac && isProbe(packet) && !isSeek(packet)) return;
    }
    onPacket(packet, face.index, now);
  }

  #perform(port: Port, actions: readonly ResponderAction[] = []): void {
    const { answering } = this.#deps;
    if (answering === undefined) return;
    const { metrics, onLapse } = answering;
    for (const action of actions) {
      switch (action.kind) {
        case "asked":
          metrics.asked(action.address);
          break;
        case "reply":
          // The last moment to notice that this process was stopped meanwhile.
          if (!this.maySpeak(port.face.index)) metrics.dropped("late");
          else if (this.#send(port, action.frame, "answer")) metrics.answered(action.address);
          break;
        case "drop":
          metrics.dropped(action.reason);
          break;
        case "lapse":
          onLapse(port.face.index, action.address);
          break;
        default:
          action satisfies never;
      }
    }
  }

  #send(
    port: Port,
    frame: Uint8Array,
    kind: "probe" | "watch" | "announcement" | "answer",
  ): boolean {
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
