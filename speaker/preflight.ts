import {
  type InterfaceAddress,
  type Netlink,
  NetlinkError,
  type Route,
  SyscallError,
} from "../netlink/mod.ts";
import type { L2Mode } from "./l2_mode.ts";

/** The loopback interface: every network namespace has it, as the first. */
const LOOPBACK_INDEX = 1;

/** An index that no link has: whoever may write is told that it is not there, whoever may not is told that. */
const NO_LINK = 0x7fff_ffff;

/** 192.0.2.1 (TEST-NET-1, RFC 5737), on no link. */
const NO_ADDRESS: InterfaceAddress = {
  linkIndex: NO_LINK,
  address: { family: "IPv4", value: 0xc000_0201n },
  prefixLength: 32,
  scope: 0,
  flags: 0,
  label: undefined,
  proto: 0,
  preferredSeconds: 0,
  validSeconds: 1,
};

/**
 * Tries what the speaker cannot do without, before anything is promised to anybody. Changes nothing.
 *
 * @throws Error with what is refused, why, and what would help, in one line
 */
export async function requireKernel(
  l2: L2Mode,
  { netlink, route }: { readonly netlink: Netlink; readonly route: Route },
  signal: AbortSignal,
): Promise<void> {
  tryPackets(netlink);
  if (l2 === "respond") return;
  const [refusal] = await route.deleteAddresses([NO_ADDRESS], signal);
  if (refusal === undefined) return;
  throw bindRefusal(refusal);
}

function tryPackets(netlink: Netlink): void {
  try {
    for (const filter of ["arp", "ndp"] as const) {
      netlink.openPacket(LOOPBACK_INDEX, filter)[Symbol.dispose]();
    }
  } catch (error) {
    // Its message says all; the failed call behind it tells a person nothing.
    throw error instanceof SyscallError ? new Error(error.message) : error;
  }
}

function bindRefusal(refusal: Error): Error {
  if (!(refusal instanceof NetlinkError)) return refusal;
  const { code, hint } = refusal;
  const reason = hint === undefined ? code : `${code}: ${hint}`;
  return new Error(
    `Cannot bind addresses in the kernel: ${reason}; --l2 respond does without, see docs/protocol.md`,
  );
}
