import { uint32 } from "./attribute.ts";
import { SO_RCVBUF, SO_RCVBUFFORCE, SOL_SOCKET } from "./constants.ts";
import { SyscallError } from "./errors.ts";
import type { Libc } from "./libc.ts";
import type { Poller } from "./poll.ts";
import type { Transport } from "./transport.ts";

/** What a socket works with: one of each for all sockets of a `Netlink`. */
export interface SocketDeps {
  readonly libc: Libc;
  readonly poller: Poller;
  /** Scratch memory for receiving; datagrams are copied out of it at once. */
  readonly buffer: Uint8Array<ArrayBuffer>;
}

/** A non-blocking datagram socket: owns its descriptor. */
export class Socket implements Transport {
  readonly #deps: SocketDeps;
  readonly #fd: number;
  #isClosed = false;

  /** Takes over the descriptor. */
  constructor(fd: number, deps: SocketDeps) {
    this.#fd = fd;
    this.#deps = deps;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Names the socket. @throws SyscallError */
  bind(address: Uint8Array<ArrayBuffer>): void {
    this.#deps.libc.bind(this.#fd, address);
  }

  /** Fixes the peer. @throws SyscallError */
  connect(address: Uint8Array<ArrayBuffer>): void {
    this.#deps.libc.connect(this.#fd, address);
  }

  /** Sets a socket option. @throws SyscallError */
  setOption(level: number, name: number, value: Uint8Array<ArrayBuffer>): void {
    this.#deps.libc.setSocketOption(this.#fd, level, name, value);
  }

  /** Makes room for so many bytes; without CAP_NET_ADMIN for at most net.core.rmem_max. @throws SyscallError */
  growReceiveBuffer(bytes: number): void {
    try {
      this.setOption(SOL_SOCKET, SO_RCVBUFFORCE, uint32(bytes));
    } catch (error) {
      if (!(error instanceof SyscallError)) throw error;
      this.setOption(SOL_SOCKET, SO_RCVBUF, uint32(bytes));
    }
  }

  /** Attaches a classic BPF program, struct sock_filter one after another. @throws SyscallError */
  attachFilter(program: Uint8Array<ArrayBuffer>): void {
    this.#deps.libc.attachFilter(this.#fd, program);
  }

  /** Sends one datagram to the socket's peer or link. @throws SyscallError */
  send(datagram: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed) throw new Error("Cannot send: the socket is closed");
    this.#deps.libc.send(this.#fd, datagram);
  }

  receive(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#isClosed) return undefined;
    const { libc, buffer } = this.#deps;
    const length = libc.receive(this.#fd, buffer);
    if (length === undefined) return undefined;
    if (length > buffer.length) {
      throw new RangeError(`Cannot receive datagram: want ${buffer.length} bytes, found ${length}`);
    }
    return buffer.slice(0, length);
  }

  readable(signal: AbortSignal): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return this.#deps.poller.readable(this.#fd, signal);
  }

  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#deps.poller.forget(this.#fd);
    this.#deps.libc.close(this.#fd);
  }
}
