/**
 * Neighbour solicitations and advertisements over Ethernet (RFC 4861 §4.3, §4.4), with the probes of
 * RFC 4862 §5.4.2 and the unsolicited advertisements of RFC 4861 §7.2.6. Behind the ICMPv6 header:
 *
 *   0   flags of an advertisement: R, S, O; else reserved      4   target      20   options …
 *
 * An option is type, length in units of 8 bytes, value; type 1 has the source's, type 2 the target's
 * Ethernet address (§4.6.1, RFC 2464 §6).
 */
import { type IpAddress, ipFromBytes, ipToBytes } from "../../ip/address.ts";
import { type Mac, macFromBytes, macToBytes, UNSPECIFIED_MAC } from "../../ip/mac.ts";
import { decodeEthernet, encodeEthernet, ETH_P_IPV6 } from "./ethernet.ts";
import { decodeIcmpv6, encodeIcmpv6, type Icmpv6DropReason, type Icmpv6Message } from "./icmpv6.ts";
import { ALL_NODES, isMulticast, isSolicitedNode, solicitedNode } from "./solicited_node.ts";

/** Somebody asks for an address. */
export interface Solicitation {
  readonly kind: "solicitation";
  /** `::` where the sender does not use an address yet. */
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly target: IpAddress;
  /** The source's Ethernet address, where it is told. */
  readonly linkLayer: Mac | undefined;
}

/** Somebody has an address. */
export interface Advertisement {
  readonly kind: "advertisement";
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly target: IpAddress;
  /** The target's Ethernet address, where it is told. */
  readonly linkLayer: Mac | undefined;
  readonly isRouter: boolean;
  /** It answers a solicitation. */
  readonly isSolicited: boolean;
  /** It replaces what is in caches. */
  readonly isOverride: boolean;
}

export type NdpMessage = Solicitation | Advertisement;

/** A message with the station that sent it. */
export interface NdpPacket {
  readonly sourceMac: Mac;
  readonly message: NdpMessage;
}

/** Why received bytes are not looked at any further. */
export type NdpDropReason =
  | Icmpv6DropReason
  | "short-frame"
  | "not-ipv6"
  | "sender-mac"
  | "not-neighbor"
  | "source"
  | "target"
  | "option"
  | "unspecified-source"
  | "solicited-to-many";

/** `::`, the source of a probe (RFC 4291 §2.5.2). */
export const UNSPECIFIED_IPV6: IpAddress = { family: "IPv6", value: 0n };

const NEIGHBOR_SOLICITATION = 135;
const NEIGHBOR_ADVERTISEMENT = 136;
const OPTION_SOURCE_LINK_LAYER = 1;
const OPTION_TARGET_LINK_LAYER = 2;
const FLAG_ROUTER = 0x80;
const FLAG_SOLICITED = 0x40;
const FLAG_OVERRIDE = 0x20;
const TARGET = 4;
const OPTIONS = 20;
const LINK_LAYER_OPTION_BYTES = 8;

/** The message of a whole Ethernet frame, or why it is none. Never throws, whatever the bytes are. */
export function decodeNdpFrame(bytes: Uint8Array): NdpPacket | NdpDropReason {
  const frame = decodeEthernet(bytes);
  if (frame === undefined) return "short-frame";
  if (frame.etherType !== ETH_P_IPV6) return "not-ipv6";
  if (!isStation(frame.source)) return "sender-mac";
  const icmp = decodeIcmpv6(frame.payload);
  if (typeof icmp === "string") return icmp;
  const message = decodeNdp(icmp);
  return typeof message === "string" ? message : { sourceMac: frame.source, message };
}

/**
 * The message, or why it is to be discarded (RFC 4861 §7.1.1, §7.1.2). Reserved fields and unknown options are
 * ignored.
 */
export function decodeNdp(icmp: Icmpv6Message): NdpMessage | NdpDropReason {
  const { type, body, source, destination } = icmp;
  if (type !== NEIGHBOR_SOLICITATION && type !== NEIGHBOR_ADVERTISEMENT) return "not-neighbor";
  if (body.length < OPTIONS) return "short-message";
  if (isMulticast(source)) return "source";
  const target = ipFromBytes(body.subarray(TARGET, OPTIONS));
  if (isMulticast(target) || target.value === 0n) return "target";
  const isSolicitation = type === NEIGHBOR_SOLICITATION;
  const wanted = isSolicitation ? OPTION_SOURCE_LINK_LAYER : OPTION_TARGET_LINK_LAYER;
  const option = linkLayerOption(body.subarray(OPTIONS), wanted);
  if (option === undefined) return "option";
  const { linkLayer } = option;
  if (isSolicitation) {
    const isBadProbe = source.value === 0n &&
      (linkLayer !== undefined || !isSolicitedNode(destination));
    if (isBadProbe) return "unspecified-source";
    return { kind: "solicitation", source, destination, target, linkLayer };
  }
  const flags = body[0] ?? 0;
  const isSolicited = (flags & FLAG_SOLICITED) !== 0;
  if (isSolicited && isMulticast(destination)) return "solicited-to-many";
  const isRouter = (flags & FLAG_ROUTER) !== 0;
  const isOverride = (flags & FLAG_OVERRIDE) !== 0;
  const about = { source, destination, target, linkLayer };
  return { kind: "advertisement", ...about, isRouter, isSolicited, isOverride };
}

/** The message as a frame from `sourceMac`, owned by the caller. */
export function encodeNdpFrame(
  { sourceMac, message }: NdpPacket,
  destinationMac: Mac,
): Uint8Array<ArrayBuffer> {
  const { source, destination, target, linkLayer } = message;
  const isSolicitation = message.kind === "solicitation";
  const option = linkLayer === undefined ? 0 : LINK_LAYER_OPTION_BYTES;
  const body = new Uint8Array(OPTIONS + option);
  if (!isSolicitation) body[0] = flagsOf(message);
  body.set(ipToBytes(target), TARGET);
  if (linkLayer !== undefined) {
    body[OPTIONS] = isSolicitation ? OPTION_SOURCE_LINK_LAYER : OPTION_TARGET_LINK_LAYER;
    body[OPTIONS + 1] = LINK_LAYER_OPTION_BYTES / 8;
    body.set(macToBytes(linkLayer), OPTIONS + 2);
  }
  const type = isSolicitation ? NEIGHBOR_SOLICITATION : NEIGHBOR_ADVERTISEMENT;
  const packet = encodeIcmpv6({ source, destination, type, body });
  const header = { destination: destinationMac, source: sourceMac, etherType: ETH_P_IPV6 };
  return encodeEthernet(header, packet);
}

/**
 * RFC 4862 §5.4.2: a solicitation from `::`, which fills nobody's cache, to everybody who may have the
 * address. Whoever has it answers to all nodes. It has no nonce (RFC 7527): a copy that comes back has our MAC.
 */
export function ndpProbe(address: IpAddress): Solicitation {
  return {
    kind: "solicitation",
    source: UNSPECIFIED_IPV6,
    destination: solicitedNode(address),
    target: address,
    linkLayer: undefined,
  };
}

/** RFC 4861 §7.3.3: a solicitation to the address itself; whoever has it answers to `source` alone. */
export function ndpQuestion(source: IpAddress, mac: Mac, address: IpAddress): Solicitation {
  return { kind: "solicitation", source, destination: address, target: address, linkLayer: mac };
}

/**
 * RFC 4861 §7.2.4: what whoever has the address answers, to the asker alone. One that has no address yet (`::`)
 * cannot be addressed: all nodes are told, and nobody has asked for it.
 */
export function ndpReply(mac: Mac, asker: IpAddress, address: IpAddress): Advertisement {
  const isSolicited = asker.value !== 0n;
  const destination = isSolicited ? asker : ALL_NODES;
  return { ...ndpAnnouncement(mac, address), destination, isSolicited };
}

/** RFC 4861 §7.2.6: an unsolicited advertisement to all nodes, which replaces what is in their caches. */
export function ndpAnnouncement(mac: Mac, address: IpAddress): Advertisement {
  return {
    kind: "advertisement",
    source: address,
    destination: ALL_NODES,
    target: address,
    linkLayer: mac,
    isRouter: false,
    isSolicited: false,
    isOverride: true,
  };
}

/** What the first option of this type says; `undefined` where the options are malformed. */
function linkLayerOption(
  options: Uint8Array,
  type: number,
): { readonly linkLayer: Mac | undefined } | undefined {
  let linkLayer: Mac | undefined;
  for (let at = 0; at < options.length;) {
    const length = (options[at + 1] ?? 0) * 8;
    // RFC 4861 §4.6: a length of 0 makes the whole packet void.
    if (length === 0 || at + length > options.length) return undefined;
    if (options[at] === type && linkLayer === undefined) {
      linkLayer = macFromBytes(options.subarray(at + 2, at + LINK_LAYER_OPTION_BYTES));
      if (length !== LINK_LAYER_OPTION_BYTES || !isStation(linkLayer)) return undefined;
    }
    at += length;
  }
  return { linkLayer };
}

function flagsOf({ isRouter, isSolicited, isOverride }: Advertisement): number {
  return (isRouter ? FLAG_ROUTER : 0) | (isSolicited ? FLAG_SOLICITED : 0) |
    (isOverride ? FLAG_OVERRIDE : 0);
}

/** Neither a group address, whose first octet is odd, nor zero. */
function isStation(mac: Mac): boolean {
  return mac !== UNSPECIFIED_MAC && (parseInt(mac.slice(0, 2), 16) & 1) === 0;
}
