/** How each IP family probes, asks, announces and is heard: the only place where the families differ on the wire. */
import type { Family, IpAddress } from "../../ip/address.ts";
import { BROADCAST, type Mac } from "../../ip/mac.ts";
import {
  arpAnnouncements,
  type ArpDropReason,
  arpProbe,
  arpReply,
  arpSeek,
  decodeArpFrame,
  encodeArpFrame,
} from "./arp.ts";
import {
  decodeNdpFrame,
  encodeNdpFrame,
  ndpAnnouncement,
  type NdpDropReason,
  type NdpPacket,
  ndpProbe,
  ndpQuestion,
  ndpReply,
} from "./ndp.ts";
import type { NeighborPacket } from "./neighbor.ts";
import { ALL_NODES, multicastMac, solicitedNode } from "./solicited_node.ts";

/** An interface that frames are sent from. */
export interface Sender {
  readonly mac: Mac;
  /** Its link-local IPv6 address, where it may be used now. */
  readonly linkLocal?: IpAddress;
}

/** The frames of one family. All of them are owned by the caller. */
export interface Dialect {
  /** The kind of packet socket that hears it. */
  readonly filter: "arp" | "ndp";
  /** Where everybody who may have the address is asked. */
  groupOf(address: IpAddress): Mac;
  /** Asks everybody whether an address is used, without using one. */
  probeFrame(from: Sender, address: IpAddress): Uint8Array<ArrayBuffer>;
  /** Asks one station alone whether it has an address. */
  askFrame(from: Sender, address: IpAddress, to: Mac): Uint8Array<ArrayBuffer>;
  /** Tells the station that has an address that this node is to have it. */
  seekFrame(from: Sender, address: IpAddress, holder: Mac): Uint8Array<ArrayBuffer>;
  /** Tells everybody where an address is now. */
  announceFrames(from: Sender, address: IpAddress): readonly Uint8Array<ArrayBuffer>[];
  /** Answers a question for an address that `from` has, to the asker alone where it can be addressed. */
  replyFrame(from: Sender, question: NeighborPacket): Uint8Array<ArrayBuffer>;
  /** What a received frame says, or why it says nothing. Never throws. */
  readFrame(frame: Uint8Array): NeighborPacket | ArpDropReason | NdpDropReason;
}

const ARP: Dialect = {
  filter: "arp",
  groupOf: () => BROADCAST,
  probeFrame: ({ mac }, address) => encodeArpFrame(arpProbe(mac, address), BROADCAST),
  askFrame: ({ mac }, address, to) => encodeArpFrame(arpProbe(mac, address), to),
  seekFrame: ({ mac }, address, holder) => encodeArpFrame(arpSeek(mac, address, holder), holder),
  announceFrames: ({ mac }, address) =>
    arpAnnouncements(mac, address).map((packet) => encodeArpFrame(packet, BROADCAST)),
  replyFrame: ({ mac }, question) => encodeArpFrame(arpReply(mac, question), question.senderMac),
  readFrame: decodeArpFrame,
};

const NDP: Dialect = {
  filter: "ndp",
  groupOf: (address) => multicastMac(solicitedNode(address)),
  probeFrame: ({ mac }, address) => {
    const packet = { sourceMac: mac, message: ndpProbe(address) };
    return encodeNdpFrame(packet, NDP.groupOf(address));
  },
  askFrame: ({ mac, linkLocal }, address, to) => {
    // Without an address to answer to, the holder answers to all nodes: a last resort.
    const message = linkLocal === undefined
      ? ndpProbe(address)
      : ndpQuestion(linkLocal, mac, address);
    return encodeNdpFrame({ sourceMac: mac, message }, to);
  },
  // Without the sender's address, unlike a question: what tells the two apart is in the first bytes.
  seekFrame: ({ mac }, address, holder) =>
    encodeNdpFrame({ sourceMac: mac, message: ndpProbe(address) }, holder),
  announceFrames: ({ mac }, address) => {
    const packet = { sourceMac: mac, message: ndpAnnouncement(mac, address) };
    return [encodeNdpFrame(packet, multicastMac(ALL_NODES))];
  },
  replyFrame: ({ mac }, { senderMac, senderIp, targetIp }) => {
    const packet = { sourceMac: mac, message: ndpReply(mac, senderIp, targetIp) };
    return encodeNdpFrame(packet, senderIp.value === 0n ? multicastMac(ALL_NODES) : senderMac);
  },
  readFrame: (frame) => {
    const packet = decodeNdpFrame(frame);
    return typeof packet === "string" ? packet : neighborPacketOf(packet);
  },
};

/** The dialect of each family. */
export const DIALECTS: Readonly<Record<Family, Dialect>> = { IPv4: ARP, IPv6: NDP };

/**
 * An advertisement is its target's use; a solicitation is the use of its source, or a probe. Linux leaves
 * the link-layer option out when it answers a unicast question: then the station that sent it is meant.
 */
function neighborPacketOf({ sourceMac, message }: NdpPacket): NeighborPacket {
  const { target, source, linkLayer = sourceMac } = message;
  const about = { senderMac: linkLayer, targetIp: target };
  return message.kind === "advertisement"
    ? { operation: "reply", ...about, senderIp: target }
    : { operation: "request", ...about, senderIp: source };
}
