import { AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK } from "./constants.ts";
import { Libc } from "./libc.ts";
import { encodeUnixAddress } from "./sockaddr.ts";

/** Says things to whoever listens on a Unix datagram socket. */
export interface UnixSender extends AsyncDisposable {
  /** Sends one datagram, and never waits. @throws SyscallError when nobody listens, or too much waits unread */
  send(datagram: Uint8Array<ArrayBuffer>): void;
}

/**
 * Opens the way to a Unix datagram socket, which need not be there yet. Each datagram has a socket of its own: one
 * stays tied to a listener, even when another has taken its place.
 *
 * @param path absolute, or an abstract name after `@`
 * @throws RangeError for any other path
 * @throws when the C library cannot be loaded (not Linux with glibc, no `--allow-ffi`)
 */
export function openUnixSender(path: string): UnixSender {
  const address = encodeUnixAddress(new TextEncoder().encode(path));
  const libc = new Libc();
  return {
    send: (datagram) => {
      const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      try {
        libc.connect(fd, address);
        libc.send(fd, datagram);
      } finally {
        libc.close(fd);
      }
    },
    [Symbol.asyncDispose]: () => libc[Symbol.asyncDispose](),
  };
}
