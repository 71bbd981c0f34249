/**
 * ICMPv6 (RFC 4443 §2.1) in an IPv6 packet, as neighbour discovery uses it: code 0, hop limit 255.
 *
 *   0   type      1   code      2   checksum      4   body …
 */
import { type IpAddress, ipToBytes } from "../../ip/address.ts";
import { decodeIpv6, encodeIpv6, type Ipv6DropReason } from "./ipv6.ts";

/** Next header of ICMPv6 (IANA protocol numbers). */
export const IPPROTO_ICMPV6 = 58;

/** Hop limit of neighbour discovery: no router lets it through, so the sender is on the link (RFC 4861 §7.1). */
export const ON_LINK_HOP_LIMIT = 255;

const HEADER_BYTES = 4;

/** One message of neighbour discovery; its body borrows the bytes it was decoded from. */
export interface Icmpv6Message {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly type: number;
  /** What stands behind the checksum. */
  readonly body: Uint8Array;
}

/** Why a packet is not a message that may be believed. */
export type Icmpv6DropReason =
  | Ipv6DropReason
  | "not-icmpv6"
  | "hop-limit"
  | "short-message"
  | "checksum"
  | "code";

/** The message of an IPv6 packet, or why it is to be discarded (RFC 4861 §7.1.1, §7.1.2). */
export function decodeIcmpv6(bytes: Uint8Array): Icmpv6Message | Icmpv6DropReason {
  const packet = decodeIpv6(bytes);
  if (typeof packet === "string") return packet;
  const { source, destination, payload } = packet;
  if (packet.nextHeader !== IPPROTO_ICMPV6) return "not-icmpv6";
  if (packet.hopLimit !== ON_LINK_HOP_LIMIT) return "hop-limit";
  if (payload.length < HEADER_BYTES) return "short-message";
  // Summed with its checksum in place, a message gives zero.
  if (icmpv6Checksum(source, destination, payload) !== 0) return "checksum";
  if (payload[1] !== 0) return "code";
  return { source, destination, type: payload[0] ?? 0, body: payload.subarray(HEADER_BYTES) };
}

/** The message as an IPv6 packet with hop limit 255, owned by the caller. */
export function encodeIcmpv6(message: Icmpv6Message): Uint8Array<ArrayBuffer> {
  const { source, destination, type, body } = message;
  const payload = new Uint8Array(HEADER_BYTES + body.length);
  payload[0] = type;
  payload.set(body, HEADER_BYTES);
  const checksum = icmpv6Checksum(source, destination, payload);
  payload[2] = checksum >> 8;
  payload[3] = checksum & 0xff;
  const nextHeader = IPPROTO_ICMPV6;
  return encodeIpv6({ source, destination, nextHeader, hopLimit: ON_LINK_HOP_LIMIT, payload });
}

/**
 * The Internet checksum (RFC 1071) of a message behind the pseudo-header of RFC 8200 §8.1: source,
 * destination, length, next header.
 *
 * @param message from its type on; where its checksum field is filled, 0 says that it is right
 */
export function icmpv6Checksum(
  source: IpAddress,
  destination: IpAddress,
  message: Uint8Array,
): number {
  let sum = message.length + IPPROTO_ICMPV6;
  for (const bytes of [ipToBytes(source), ipToBytes(destination), message]) {
    for (let i = 0; i < bytes.length; i += 2) {
      sum += (bytes[i] ?? 0) << 8 | (bytes[i + 1] ?? 0);
    }
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
