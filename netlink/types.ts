import type { Answerer, InterfaceAddress, Link, NetlinkChange } from "./values.ts";

export type { Answerer, InterfaceAddress, Link, NetlinkChange };

/** The outcome of one message in a batch: absent is success. */
export type BatchOutcome = Error | undefined;

/**
 * Links and addresses of the kernel, over one NETLINK_ROUTE socket. Calls made at once wait for one another.
 * What the kernel refuses is a NetlinkError; a call that was aborted rejects with the signal's reason.
 */
export interface Route extends Disposable {
  listLinks(signal: AbortSignal): Promise<readonly Link[]>;
  listAddresses(signal: AbortSignal): Promise<readonly InterfaceAddress[]>;
  /**
   * RTM_NEWADDR with NLM_F_CREATE|NLM_F_REPLACE for each, in few datagrams; outcomes in the same order.
   * Of an address that is there the kernel replaces lifetimes and owner, of an IPv6 one the flags as well; an IPv4
   * one keeps flags and label.
   *
   * @throws RangeError when a label, lifetime or prefix length does not fit the kernel's structures
   */
  replaceAddresses(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome[]>;
  /** RTM_DELADDR for each; an address that is not there, nor even its link, is success. */
  deleteAddresses(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome[]>;
  /**
   * Sets each IPv4 address anew at the end of its link's list. There is no moment in which the kernel does not have
   * it: it stands in the list a second time meanwhile, with a prefix length of one less.
   *
   * @throws RangeError as `replaceAddresses` does
   */
  moveAddresses(
    addresses: readonly InterfaceAddress[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome[]>;
}

/** One AF_PACKET socket, bound to one interface and filtered to one kind of frame. */
export interface PacketSocket extends Disposable {
  /** Sends one whole Ethernet frame. @throws SyscallError (ENETDOWN, ENXIO …) */
  send(frame: Uint8Array): void;
  /** A frame that has arrived already, so that nobody takes unread answers for silence. @throws SyscallError */
  receive(): Uint8Array | undefined;
  /**
   * Frames as received, link header included, each an owned copy; ends when `signal` aborts or the socket is
   * disposed of. While the link is down, or after it is gone, there are none; the monitor tells of that.
   *
   * @throws SyscallError
   */
  frames(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The kernel's networking of this network namespace. */
export interface Netlink extends AsyncDisposable {
  openRoute(): Route;
  /** Links, addresses and routes, from the moment of the call. */
  monitor(signal: AbortSignal): AsyncIterable<NetlinkChange>;
  /**
   * `arp`: EtherType 0x0806. `ndp`: IPv6 neighbour solicitations and advertisements. Own frames are left out.
   *
   * @param answerer @default kernel
   */
  openPacket(linkIndex: number, filter: "arp" | "ndp", answerer?: Answerer): PacketSocket;
  /**
   * What a short file under /proc says, without the line's end; `undefined` where it is not there. Deno reads
   * nothing there for processes that do not have all permissions.
   *
   * @throws SyscallError
   */
  readParameter(path: string): string | undefined;
}
