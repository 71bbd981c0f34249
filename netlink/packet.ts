import { arpFilter, encodeProgram, type Instruction, ndpFilter } from "./bpf.ts";
import {
  AF_PACKET,
  ETH_P_ARP,
  ETH_P_IPV6,
  PACKET_ADD_MEMBERSHIP,
  PACKET_MR_ALLMULTI,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOL_PACKET,
} from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { datagrams } from "./receive.ts";
import { encodePacketAddress, encodePacketMembership } from "./sockaddr.ts";
import { Socket, type SocketDeps } from "./socket.ts";
import type { Transport } from "./transport.ts";
import type { Answerer, PacketSocket } from "./types.ts";

/**
 * Room for the frames that arrive while the process is busy: some thousand of ARP. One that is lost may be the
 * answer that keeps an address from a second owner.
 */
const RECEIVE_BUFFER_BYTES = 1 << 20;

/** What is let through, and how. */
interface Kind {
  readonly etherType: number;
  readonly program: (linkIndex: number, answerer: Answerer) => readonly Instruction[];
  /** Whether to hear every multicast: solicitations go to a group for each address (RFC 4291 §2.7.1). */
  readonly allMulticast: boolean;
}

const KINDS: Readonly<Record<"arp" | "ndp", Kind>> = {
  arp: { etherType: ETH_P_ARP, program: arpFilter, allMulticast: false },
  ndp: { etherType: ETH_P_IPV6, program: ndpFilter, allMulticast: true },
};

/** Opens a packet socket on one link. @throws SyscallError EPERM, ENODEV, ENETDOWN … */
export function openPacketSocket(
  deps: SocketDeps,
  linkIndex: number,
  filter: "arp" | "ndp",
  answerer: Answerer,
): Socket {
  const { libc } = deps;
  const { etherType, program, allMulticast } = KINDS[filter];
  // Protocol 0 hears nothing, so that no frame comes in before the filter is there.
  const socket = new Socket(
    libc.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
    deps,
  );
  try {
    socket.growReceiveBuffer(RECEIVE_BUFFER_BYTES);
    socket.attachFilter(encodeProgram(program(linkIndex, answerer)));
    socket.bind(encodePacketAddress(linkIndex, etherType));
    if (allMulticast) {
      const membership = encodePacketMembership(linkIndex, PACKET_MR_ALLMULTI);
      socket.setOption(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership);
    }
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}

/** Frames of one link over a transport that it owns. */
export class FrameSocket implements PacketSocket {
  readonly #transport: Transport;

  /** Takes over the transport. */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  send(frame: Uint8Array): void {
    this.#transport.send(frame.slice());
  }

  receive(): Uint8Array | undefined {
    return this.#transport.receive();
  }

  /**
   * Frames until `signal` aborts or the socket is disposed of. While the link is down there are none; after it
   * comes up again they go on. A link that is gone stays silent: the monitor tells.
   */
  async *frames(signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    while (!signal.aborted && !this.#transport.isClosed) {
      try {
        yield* datagrams(this.#transport, signal);
      } catch (error) {
        // Said once when the link goes down; the socket stays bound to it.
        if (!(error instanceof SyscallError && error.errno === ERRNO.ENETDOWN)) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}
