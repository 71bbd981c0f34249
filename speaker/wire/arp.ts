/**
 * ARP for IPv4 over Ethernet (RFC 826), with the probes and announcements of RFC 5227.
 *
 *   0     hardware type (1)        2  protocol type (0x0800)
 *   4  6  5  4  (address lengths)  6  operation
 *   8     sender MAC              14  sender IP
 *   18    target MAC              24  target IP          28 bytes, then padding
 */
import { type IpAddress, ipFromBytes, ipToBytes } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes, macToBytes, UNSPECIFIED_MAC } from "../../ip/mac.ts";
import {
  encodeEthernet,
  ETH_P_ARP,
  ETHERNET_HEADER_BYTES,
  type EthernetHeader,
  etherTypeOf,
} from "./ethernet.ts";

/** One ARP packet. */
export interface ArpPacket {
  readonly operation: "request" | "reply";
  readonly senderMac: Mac;
  readonly senderIp: IpAddress;
  readonly targetMac: Mac;
  readonly targetIp: IpAddress;
}

/** Why received bytes are not looked at any further. */
export type ArpDropReason =
  | "short-frame"
  | "not-arp"
  | "short-packet"
  | "not-ethernet"
  | "not-ipv4"
  | "address-length"
  | "operation"
  | "sender-mac";

const PACKET_BYTES = 28;
const ARPHRD_ETHER = 1;
const ETH_P_IP = 0x0800;
const ARPOP_REQUEST = 1;
const ARPOP_REPLY = 2;

/** 0.0.0.0, the sender of a probe: whoever sends it does not use the address yet (RFC 5227 §1.1). */
export const UNSPECIFIED_IPV4: IpAddress = { family: "IPv4", value: 0n };

/**
 * The ARP packet of a whole Ethernet frame, or why it is none. Never throws, whatever the bytes are.
 * Bytes behind the packet are padding and are ignored (RFC 894).
 */
export function decodeArpFrame(frame: Uint8Array): ArpPacket | ArpDropReason {
  if (frame.length < ETHERNET_HEADER_BYTES) return "short-frame";
  if (etherTypeOf(frame) !== ETH_P_ARP) return "not-arp";
  return decodeArp(frame.subarray(ETHERNET_HEADER_BYTES));
}

/** The ARP packet that the bytes are, or why they are none. */
export function decodeArp(bytes: Uint8Array): ArpPacket | ArpDropReason {
  if (bytes.length < PACKET_BYTES) return "short-packet";
  if (uint16(bytes, 0) !== ARPHRD_ETHER) return "not-ethernet";
  if (uint16(bytes, 2) !== ETH_P_IP) return "not-ipv4";
  if (bytes[4] !== 6 || bytes[5] !== 4) return "address-length";
  const operation = uint16(bytes, 6);
  if (operation !== ARPOP_REQUEST && operation !== ARPOP_REPLY) return "operation";
  const senderMac = macFromBytes(bytes.subarray(8, 14));
  if (isGroup(bytes[8]) || senderMac === UNSPECIFIED_MAC) return "sender-mac";
  return {
    operation: operation === ARPOP_REQUEST ? "request" : "reply",
    senderMac,
    senderIp: ipFromBytes(bytes.subarray(14, 18)),
    targetMac: macFromBytes(bytes.subarray(18, 24)),
    targetIp: ipFromBytes(bytes.subarray(24, 28)),
  };
}

/** The 28 bytes of the packet, owned by the caller. */
export function encodeArp(packet: ArpPacket): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PACKET_BYTES);
  bytes.set([0, ARPHRD_ETHER, ETH_P_IP >> 8, ETH_P_IP & 0xff, 6, 4]);
  bytes[7] = packet.operation === "request" ? ARPOP_REQUEST : ARPOP_REPLY;
  bytes.set(macToBytes(packet.senderMac), 8);
  bytes.set(ipToBytes(packet.senderIp), 14);
  bytes.set(macToBytes(packet.targetMac), 18);
  bytes.set(ipToBytes(packet.targetIp), 24);
  return bytes;
}

/** The packet as a frame from its sender to `destination`. */
export function encodeArpFrame(
  packet: ArpPacket,
  destination: Mac,
): Uint8Array<ArrayBuffer> {
  const header: EthernetHeader = {
    destination,
    source: packet.senderMac,
    etherType: ETH_P_ARP,
  };
  return encodeEthernet(header, encodeArp(packet));
}

/** RFC 5227 §2.1.1: an ARP request with an all-zero sender IP, which fills nobody's cache. */
export function arpProbe(senderMac: Mac, address: IpAddress): ArpPacket {
  return {
    operation: "request",
    senderMac,
    senderIp: UNSPECIFIED_IPV4,
    targetMac: UNSPECIFIED_MAC,
    targetIp: address,
  };
}

/**
 * A probe that names the station it is for, which has the address: it is to let the sender have it. To a kernel
 * it is a probe as any other: RFC 5227 §2.1.1 has zeroes for the target MAC, which no receiver looks at.
 */
export function arpSeek(senderMac: Mac, address: IpAddress, holder: Mac): ArpPacket {
  return { ...arpProbe(senderMac, address), targetMac: holder };
}

/**
 * The two packets of one announcement: a request (RFC 5227 §2.3), then a reply for hosts that
 * update their caches from replies only (RFC 5227 §3). Sender and target IP are the address.
 */
export function arpAnnouncements(
  senderMac: Mac,
  address: IpAddress,
): readonly [ArpPacket, ArpPacket] {
  const request: ArpPacket = {
    operation: "request",
    senderMac,
    senderIp: address,
    targetMac: UNSPECIFIED_MAC,
    targetIp: address,
  };
  return [request, { ...request, operation: "reply", targetMac: BROADCAST }];
}

/**
 * What whoever has the address answers, as Linux does (net/ipv4/arp.c): to the asker alone, whose addresses
 * are the target; an asker without one (a probe) is told so to 0.0.0.0.
 */
export function arpReply(
  mac: Mac,
  question: Pick<ArpPacket, "senderMac" | "senderIp" | "targetIp">,
): ArpPacket {
  const { senderMac, senderIp, targetIp } = question;
  return {
    operation: "reply",
    senderMac: mac,
    senderIp: targetIp,
    targetMac: senderMac,
    targetIp: senderIp,
  };
}

function uint16(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) << 8 | (bytes[offset + 1] ?? 0);
}

/** The lowest bit of the first octet marks a group address, which no sender has. */
function isGroup(firstOctet: number | undefined): boolean {
  return ((firstOctet ?? 0) & 1) === 1;
}
