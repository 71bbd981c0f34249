/**
 * Ethernet II frames (IEEE 802.3 §3.2.6, RFC 894), as an AF_PACKET socket delivers them: VLAN tags are
 * taken off by the kernel, the frame check sequence by the hardware.
 *
 *   0      6       12          14
 *   | destination | source | EtherType | payload …
 */
import { type Mac, macFromBytes, macToBytes } from "../../ip/mac.ts";

/** How many bytes stand before the payload. */
export const ETHERNET_HEADER_BYTES = 14;

/** EtherType of ARP (IANA IEEE 802 numbers). */
export const ETH_P_ARP = 0x0806;

/** EtherType of IPv6 (IANA IEEE 802 numbers). */
export const ETH_P_IPV6 = 0x86dd;

/** What stands around a payload. */
export interface EthernetHeader {
  readonly destination: Mac;
  readonly source: Mac;
  readonly etherType: number;
}

/** A frame whose payload borrows the bytes it was decoded from. */
export interface EthernetFrame extends EthernetHeader {
  readonly payload: Uint8Array;
}

/** The frame that the bytes are, or `undefined` when they are shorter than a header. */
export function decodeEthernet(bytes: Uint8Array): EthernetFrame | undefined {
  if (bytes.length < ETHERNET_HEADER_BYTES) return undefined;
  return {
    destination: macFromBytes(bytes.subarray(0, 6)),
    source: macFromBytes(bytes.subarray(6, 12)),
    etherType: etherTypeOf(bytes),
    payload: bytes.subarray(ETHERNET_HEADER_BYTES),
  };
}

/** The EtherType of a frame of at least 14 bytes, without decoding the rest. */
export function etherTypeOf(bytes: Uint8Array): number {
  return (bytes[12] ?? 0) << 8 | (bytes[13] ?? 0);
}

/** The frame's bytes, owned by the caller. Not padded: the driver does that where the medium wants it. */
export function encodeEthernet(
  header: EthernetHeader,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(ETHERNET_HEADER_BYTES + payload.length);
  bytes.set(macToBytes(header.destination), 0);
  bytes.set(macToBytes(header.source), 6);
  bytes[12] = header.etherType >> 8;
  bytes[13] = header.etherType & 0xff;
  bytes.set(payload, ETHERNET_HEADER_BYTES);
  return bytes;
}
