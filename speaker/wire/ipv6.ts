/**
 * The IPv6 header (RFC 8200 §3).
 *
 *   0   version 6, traffic class, flow label      4   payload length
 *   6   next header      7   hop limit            8   source      24   destination      40 bytes
 */
import { type IpAddress, ipFromBytes, ipToBytes } from "../../ip/address.ts";

/** How many bytes stand before the payload. */
export const IPV6_HEADER_BYTES = 40;

/** One packet; its payload borrows the bytes it was decoded from. Traffic class and flow label are not kept. */
export interface Ipv6Packet {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  /** IANA protocol number of what the payload begins with: 58 is ICMPv6. */
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly payload: Uint8Array;
}

/** Why bytes are not an IPv6 packet. */
export type Ipv6DropReason = "short-packet" | "ip-version" | "payload-length";

/** The packet that the bytes begin with, or why there is none. What stands behind it is padding. */
export function decodeIpv6(bytes: Uint8Array): Ipv6Packet | Ipv6DropReason {
  if (bytes.length < IPV6_HEADER_BYTES) return "short-packet";
  if ((bytes[0] ?? 0) >> 4 !== 6) return "ip-version";
  const end = IPV6_HEADER_BYTES + ((bytes[4] ?? 0) << 8 | (bytes[5] ?? 0));
  if (end > bytes.length) return "payload-length";
  return {
    source: ipFromBytes(bytes.subarray(8, 24)),
    destination: ipFromBytes(bytes.subarray(24, 40)),
    nextHeader: bytes[6] ?? 0,
    hopLimit: bytes[7] ?? 0,
    payload: bytes.subarray(IPV6_HEADER_BYTES, end),
  };
}

/** The packet's bytes, owned by the caller; traffic class and flow label are 0. */
export function encodeIpv6(packet: Ipv6Packet): Uint8Array<ArrayBuffer> {
  const { payload } = packet;
  const bytes = new Uint8Array(IPV6_HEADER_BYTES + payload.length);
  bytes[0] = 6 << 4;
  bytes[4] = payload.length >> 8;
  bytes[5] = payload.length & 0xff;
  bytes[6] = packet.nextHeader;
  bytes[7] = packet.hopLimit;
  bytes.set(ipToBytes(packet.source), 8);
  bytes.set(ipToBytes(packet.destination), 24);
  bytes.set(payload, IPV6_HEADER_BYTES);
  return bytes;
}
