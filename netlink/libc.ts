import {
  LINUX_CAPABILITY_VERSION_3,
  MSG_TRUNC,
  O_CLOEXEC,
  O_RDONLY,
  PR_GET_SECCOMP,
  SECCOMP_MODE_DISABLED,
  SO_ATTACH_FILTER,
  SOL_SOCKET,
} from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";

/** Bytes of memory of their own, as the C library may be handed them. */
type Bytes = Uint8Array<ArrayBuffer>;

const FPROG_BYTES = 16;
const FILTER_BYTES = 8;

const SYMBOLS = {
  // int *__errno_location(void);
  __errno_location: { parameters: [] as [], result: "pointer" },
  // int socket(int domain, int type, int protocol);
  socket: {
    parameters: ["i32", "i32", "i32"] as [domain: "i32", type: "i32", protocol: "i32"],
    result: "i32",
  },
  // int bind(int fd, const struct sockaddr *addr, socklen_t addrlen);
  bind: {
    parameters: ["i32", "buffer", "u32"] as [fd: "i32", addr: "buffer", addrlen: "u32"],
    result: "i32",
  },
  // int connect(int fd, const struct sockaddr *addr, socklen_t addrlen);
  connect: {
    parameters: ["i32", "buffer", "u32"] as [fd: "i32", addr: "buffer", addrlen: "u32"],
    result: "i32",
  },
  // int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen);
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"] as [
      fd: "i32",
      level: "i32",
      optname: "i32",
      optval: "buffer",
      optlen: "u32",
    ],
    result: "i32",
  },
  // ssize_t send(int fd, const void *buf, size_t len, int flags);
  send: {
    parameters: ["i32", "buffer", "usize", "i32"] as [
      fd: "i32",
      buf: "buffer",
      len: "usize",
      flags: "i32",
    ],
    result: "isize",
  },
  // ssize_t recv(int fd, void *buf, size_t len, int flags);
  recv: {
    parameters: ["i32", "buffer", "usize", "i32"] as [
      fd: "i32",
      buf: "buffer",
      len: "usize",
      flags: "i32",
    ],
    result: "isize",
  },
  // int open(const char *pathname, int flags, ...);
  open: { parameters: ["buffer", "i32"] as [pathname: "buffer", flags: "i32"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count);
  read: {
    parameters: ["i32", "buffer", "usize"] as [fd: "i32", buf: "buffer", count: "usize"],
    result: "isize",
  },
  // int close(int fd);
  close: { parameters: ["i32"] as [fd: "i32"], result: "i32", nonblocking: true },
  // int eventfd(unsigned int initval, int flags);
  eventfd: { parameters: ["u32", "i32"] as [initval: "u32", flags: "i32"], result: "i32" },
  // int eventfd_read(int fd, eventfd_t *value);
  eventfd_read: { parameters: ["i32", "buffer"] as [fd: "i32", value: "buffer"], result: "i32" },
  // int eventfd_write(int fd, eventfd_t value);
  eventfd_write: { parameters: ["i32", "u64"] as [fd: "i32", value: "u64"], result: "i32" },
  // int capget(cap_user_header_t header, cap_user_data_t data);
  capget: {
    parameters: ["buffer", "buffer"] as [header: "buffer", data: "buffer"],
    result: "i32",
  },
  // int prctl(int option, ...); passed as declared, which is the same on x86_64 and arm64.
  prctl: { parameters: ["i32"] as [option: "i32"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
  poll: {
    parameters: ["buffer", "usize", "i32"] as [fds: "buffer", nfds: "usize", timeout: "i32"],
    result: "i32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * The calls of glibc that netlink and packet sockets need (Linux, x86_64 and arm64: 64-bit pointers).
 * Descriptors are opened close-on-exec and must be non-blocking. Not to be shared between threads.
 */
export class Libc implements AsyncDisposable {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #errno: Deno.UnsafePointerView;
  readonly #closing = new Set<Promise<unknown>>();

  /** @throws when the library cannot be loaded (not Linux with glibc), or `--allow-ffi` is not given */
  constructor() {
    this.#library = open();
    const location = this.#library.symbols.__errno_location();
    if (location === null) throw new Error("Cannot read errno: no location for this thread");
    // One view for good: asking for the location again before each read may let errno change meanwhile.
    this.#errno = new Deno.UnsafePointerView(location);
  }

  /** Opens a socket. @throws SyscallError */
  socket(domain: number, type: number, protocol: number): number {
    const fd = this.#library.symbols.socket(domain, type, protocol);
    if (fd < 0) throw new SyscallError("socket", this.#errno.getInt32());
    return fd;
  }

  /** Names a socket. @throws SyscallError */
  bind(fd: number, address: Bytes): void {
    const result = this.#library.symbols.bind(fd, address, address.length);
    if (result < 0) throw new SyscallError("bind", this.#errno.getInt32());
  }

  /** Fixes the peer of a socket; a netlink socket then hears nobody else. @throws SyscallError */
  connect(fd: number, address: Bytes): void {
    const result = this.#library.symbols.connect(fd, address, address.length);
    if (result < 0) throw new SyscallError("connect", this.#errno.getInt32());
  }

  /** Sets a socket option. @throws SyscallError */
  setSocketOption(fd: number, level: number, name: number, value: Bytes): void {
    const result = this.#library.symbols.setsockopt(fd, level, name, value, value.length);
    if (result < 0) throw new SyscallError("setsockopt", this.#errno.getInt32());
  }

  /**
   * Attaches a classic BPF program, given as struct sock_filter one after another. The kernel copies it.
   *
   * @throws SyscallError
   */
  attachFilter(fd: number, program: Bytes): void {
    // struct sock_fprog (linux/filter.h): 0 u16 len (instructions), 8 pointer filter.
    // The program stands behind it in the same memory, which the call keeps from being collected.
    const memory = new Uint8Array(FPROG_BYTES + program.length);
    memory.set(program, FPROG_BYTES);
    const view = viewOf(memory);
    const pointer = Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory));
    view.setUint16(0, program.length / FILTER_BYTES, NATIVE_LITTLE_ENDIAN);
    view.setBigUint64(8, BigInt(pointer) + BigInt(FPROG_BYTES), NATIVE_LITTLE_ENDIAN);
    this.setSocketOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, memory.subarray(0, FPROG_BYTES));
  }

  /** Sends one datagram to the socket's peer. @throws SyscallError EAGAIN, ENOBUFS: try later */
  send(fd: number, datagram: Bytes): void {
    for (;;) {
      const sent = this.#library.symbols.send(fd, datagram, BigInt(datagram.length), 0);
      if (sent >= 0n) return;
      const errno = this.#errno.getInt32();
      if (errno !== ERRNO.EINTR) throw new SyscallError("send", errno);
    }
  }

  /**
   * Takes one datagram off a non-blocking socket and tells its length, which may exceed the buffer's;
   * `undefined` when none is there.
   *
   * @throws SyscallError
   */
  receive(fd: number, buffer: Bytes): number | undefined {
    for (;;) {
      const n = this.#library.symbols.recv(fd, buffer, BigInt(buffer.length), MSG_TRUNC);
      if (n >= 0n) return Number(n);
      const errno = this.#errno.getInt32();
      if (errno === ERRNO.EAGAIN) return undefined;
      if (errno !== ERRNO.EINTR) throw new SyscallError("recv", errno);
    }
  }

  /** Opens a file for reading. @throws SyscallError */
  openFile(path: string): number {
    const fd = this.#library.symbols.open(
      new TextEncoder().encode(`${path}\0`),
      O_RDONLY | O_CLOEXEC,
    );
    if (fd < 0) throw new SyscallError("open", this.#errno.getInt32());
    return fd;
  }

  /** Reads on in a file, at most what the buffer takes, and tells how many bytes. @throws SyscallError */
  readFile(fd: number, buffer: Bytes): number {
    for (;;) {
      const n = this.#library.symbols.read(fd, buffer, BigInt(buffer.length));
      if (n >= 0n) return Number(n);
      const errno = this.#errno.getInt32();
      if (errno !== ERRNO.EINTR) throw new SyscallError("read", errno);
    }
  }

  /**
   * Gives a descriptor back, on another thread: closing a packet socket takes the kernel some 10 ms, because it
   * waits for all processors (RCU). Errors are not reported: on Linux it is free in any case.
   */
  close(fd: number): void {
    const closing: Promise<unknown> = this.#library.symbols.close(fd)
      .finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  /** Opens a counter that poll can wait for. @throws SyscallError */
  eventfd(flags: number): number {
    const fd = this.#library.symbols.eventfd(0, flags);
    if (fd < 0) throw new SyscallError("eventfd", this.#errno.getInt32());
    return fd;
  }

  /** Makes an eventfd readable. */
  raiseEvent(fd: number): void {
    this.#library.symbols.eventfd_write(fd, 1n);
  }

  /** Makes an eventfd unreadable again; does nothing where it is. */
  clearEvent(fd: number): void {
    this.#library.symbols.eventfd_read(fd, new Uint8Array(8));
  }

  /** The effective capabilities of this thread, bit by number; `undefined` where the kernel does not tell. */
  effectiveCapabilities(): bigint | undefined {
    // struct __user_cap_header_struct: u32 version, i32 pid (0: this thread).
    const header = Uint32Array.of(LINUX_CAPABILITY_VERSION_3, 0);
    // struct __user_cap_data_struct, twice: u32 effective, u32 permitted, u32 inheritable.
    const data = new Uint32Array(6);
    if (this.#library.symbols.capget(header, data) < 0) return undefined;
    return BigInt(data[3] ?? 0) << 32n | BigInt(data[0] ?? 0);
  }

  /** Whether a seccomp(2) filter is in force for this thread; `undefined` where nobody says. */
  isFiltered(): boolean | undefined {
    const mode = this.#library.symbols.prctl(PR_GET_SECCOMP);
    return mode < 0 ? undefined : mode !== SECCOMP_MODE_DISABLED;
  }

  /**
   * Waits on another thread, without limit, until one of the descriptors is ready; struct pollfd one after
   * another, whose `revents` are then filled in. The caller keeps them unchanged until it resolves.
   * Resolves with how many are ready; negative is an error without a number, most likely EINTR.
   */
  poll(pollfds: Bytes, count: number): Promise<number> {
    return this.#library.symbols.poll(pollfds, BigInt(count), -1);
  }

  /** Unloads the library after all descriptors are given back; no other call may be under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#closing);
    this.#library.close();
  }
}

function open(): Deno.DynamicLibrary<typeof SYMBOLS> {
  try {
    return Deno.dlopen("libc.so.6", SYMBOLS);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new Error('Cannot load "libc.so.6": netlink needs Linux with glibc', { cause });
  }
}
