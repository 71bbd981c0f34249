import { decodeAddress } from "./address.ts";
import {
  RT_TABLE_LOCAL,
  RTM_DELADDR,
  RTM_DELLINK,
  RTM_DELROUTE,
  RTM_NEWADDR,
  RTM_NEWLINK,
  RTM_NEWROUTE,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV6_ROUTE,
  RTNLGRP_LINK,
} from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { decodeLink } from "./link.ts";
import { decodeMessages, type Message } from "./message.ts";
import { datagrams } from "./receive.ts";
import type { Transport } from "./transport.ts";
import type { NetlinkChange } from "./types.ts";

/** The multicast groups whose messages `monitor` understands. */
export const MONITOR_GROUPS: readonly number[] = [
  RTNLGRP_LINK,
  RTNLGRP_IPV4_IFADDR,
  RTNLGRP_IPV6_IFADDR,
  RTNLGRP_IPV4_ROUTE,
  RTNLGRP_IPV6_ROUTE,
];

/** Reads taken off an overrun socket before other work of the process gets its turn. */
const DRAIN_BATCH = 1024;

/** Offset of rtm_table in struct rtmsg (linux/rtnetlink.h). */
const RTM_TABLE = 4;

/**
 * Reports what a transport that has joined `MONITOR_GROUPS` hears, until `signal` aborts or it is closed.
 * Owns the transport. Routes of the local table are left out: they come and go with addresses.
 *
 * @throws SyscallError
 */
export function monitor(
  transport: Transport,
  signal: AbortSignal,
): AsyncGenerator<NetlinkChange, void, undefined> {
  const close = (): void => {
    signal.removeEventListener("abort", close);
    transport[Symbol.dispose]();
  };
  // Also where nobody ever asks for the first change.
  signal.addEventListener("abort", close);
  if (signal.aborted) close();
  return changes(transport, signal, close);
}

async function* changes(
  transport: Transport,
  signal: AbortSignal,
  close: () => void,
): AsyncGenerator<NetlinkChange, void, undefined> {
  using stack = new DisposableStack();
  stack.defer(close);
  while (!signal.aborted && !transport.isClosed) {
    try {
      for await (const datagram of datagrams(transport, signal)) {
        for (const message of decodeMessages(datagram)) {
          const change = changeOf(message);
          if (change !== undefined) yield change;
        }
      }
    } catch (error) {
      if (!isOverrun(error)) throw error;
      await drain(transport, signal);
      yield { kind: "resync" };
    }
  }
}

function changeOf(message: Message): NetlinkChange | undefined {
  switch (message.type) {
    case RTM_NEWLINK: {
      const link = decodeLink(message.payload);
      return link && { kind: "link", link };
    }
    case RTM_DELLINK: {
      const link = decodeLink(message.payload);
      return link && { kind: "link-gone", index: link.index };
    }
    case RTM_NEWADDR: {
      const address = decodeAddress(message.payload);
      return address && { kind: "address", address };
    }
    case RTM_DELADDR: {
      const address = decodeAddress(message.payload);
      return address && { kind: "address-gone", address };
    }
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      return message.payload[RTM_TABLE] === RT_TABLE_LOCAL ? undefined : { kind: "route" };
    default:
      return undefined;
  }
}

/**
 * Empties an overrun socket. Until it is empty the kernel goes on losing messages without saying so again, so
 * only then is it time to list everything; what was still queued is older than that list.
 */
async function drain(transport: Transport, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (let i = 0; i < DRAIN_BATCH; i++) {
      try {
        if (transport.receive() === undefined) return;
      } catch (error) {
        if (!isOverrun(error)) throw error;
      }
    }
    await transport.readable(signal);
  }
}

function isOverrun(error: unknown): boolean {
  return error instanceof SyscallError && error.errno === ERRNO.ENOBUFS;
}
