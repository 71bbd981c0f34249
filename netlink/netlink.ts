import { uint32 } from "./attribute.ts";
import { type Capability, describeRefusal } from "./capability.ts";
import {
  AF_NETLINK,
  NETLINK_CAP_ACK,
  NETLINK_EXT_ACK,
  NETLINK_ROUTE,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOL_NETLINK,
} from "./constants.ts";
import { SyscallError } from "./errors.ts";
import { Libc } from "./libc.ts";
import { monitor, MONITOR_GROUPS } from "./monitor.ts";
import { FrameSocket, openPacketSocket } from "./packet.ts";
import { readParameter } from "./parameter.ts";
import { Poller } from "./poll.ts";
import { RouteSocket } from "./route.ts";
import { encodeNetlinkAddress } from "./sockaddr.ts";
import { Socket, type SocketDeps } from "./socket.ts";
import type { Answerer, Netlink, NetlinkChange, PacketSocket, Route } from "./types.ts";

export interface NetlinkOptions {
  /**
   * Receive buffer of a monitor in bytes; a burst that does not fit ends in `resync`.
   * Without CAP_NET_ADMIN net.core.rmem_max bounds it.
   * @default 4 MiB: some thousand changes
   */
  readonly monitorBufferBytes?: number;
}

/** The largest datagram: the kernel fills at most 32 KiB at a time, Ethernet carries less. */
const BUFFER_BYTES = 1 << 16;

/**
 * Opens the kernel's networking of this process's network namespace. Disposing it closes every socket that was
 * opened through it and ends the helper thread's call.
 *
 * @throws when the C library cannot be loaded (not Linux with glibc, no `--allow-ffi`)
 */
export function openNetlink(options: NetlinkOptions = {}): Netlink {
  const { monitorBufferBytes = 4 << 20 } = options;
  const libc = new Libc();
  const poller = new Poller(libc);
  return new KernelNetlink(
    { libc, poller, buffer: new Uint8Array(BUFFER_BYTES) },
    monitorBufferBytes,
  );
}

class KernelNetlink implements Netlink {
  readonly #deps: SocketDeps;
  readonly #monitorBufferBytes: number;
  readonly #sockets = new Set<Socket>();
  #isClosed = false;

  constructor(deps: SocketDeps, monitorBufferBytes: number) {
    this.#deps = deps;
    this.#monitorBufferBytes = monitorBufferBytes;
  }

  openRoute(): Route {
    return new RouteSocket({
      open: () =>
        this.#open("route socket", "CAP_NET_ADMIN", () => openRouteSocket(this.#deps, [])),
      hint: (errno) => this.#hint(errno, "CAP_NET_ADMIN", "configure"),
    });
  }

  monitor(signal: AbortSignal): AsyncIterable<NetlinkChange> {
    const socket = this.#open("netlink monitor", "CAP_NET_ADMIN", () => {
      const socket = openRouteSocket(this.#deps, MONITOR_GROUPS);
      socket.growReceiveBuffer(this.#monitorBufferBytes);
      return socket;
    });
    return monitor(socket, signal);
  }

  openPacket(
    linkIndex: number,
    filter: "arp" | "ndp",
    answerer: Answerer = "kernel",
  ): PacketSocket {
    return new FrameSocket(
      this.#open(
        `packet socket for ${filter.toUpperCase()} on link ${linkIndex}`,
        "CAP_NET_RAW",
        () => openPacketSocket(this.#deps, linkIndex, filter, answerer),
      ),
    );
  }

  readParameter(path: string): string | undefined {
    return readParameter(this.#deps.libc, path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const socket of this.#sockets) socket[Symbol.dispose]();
    this.#sockets.clear();
    await this.#deps.poller[Symbol.asyncDispose]();
    await this.#deps.libc[Symbol.asyncDispose]();
  }

  #open(what: string, needs: Capability, open: () => Socket): Socket {
    if (this.#isClosed) throw new Error(`Cannot open ${what}: netlink is closed`);
    for (const socket of this.#sockets) if (socket.isClosed) this.#sockets.delete(socket);
    try {
      const socket = open();
      this.#sockets.add(socket);
      return socket;
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      const hint = this.#hint(error.errno, needs, "open-socket");
      throw new SyscallError(error.call, error.errno, {
        action: `open ${what}`,
        hint,
        cause: error,
      });
    }
  }

  #hint(
    errno: number,
    needs: Capability,
    operation: "open-socket" | "configure",
  ): string | undefined {
    const { libc } = this.#deps;
    const effective = libc.effectiveCapabilities();
    return describeRefusal({ errno, needs, effective, isFiltered: libc.isFiltered(), operation });
  }
}

function openRouteSocket(deps: SocketDeps, groups: readonly number[]): Socket {
  const type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const socket = new Socket(deps.libc.socket(AF_NETLINK, type, NETLINK_ROUTE), deps);
  try {
    socket.setOption(SOL_NETLINK, NETLINK_EXT_ACK, uint32(1));
    socket.setOption(SOL_NETLINK, NETLINK_CAP_ACK, uint32(1));
    socket.bind(encodeNetlinkAddress(groups));
    socket.connect(encodeNetlinkAddress());
    return socket;
  } catch (error) {
    socket[Symbol.dispose]();
    throw error;
  }
}
