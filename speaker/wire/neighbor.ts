import type { IpAddress } from "../../ip/address.ts";
import { type Mac, UNSPECIFIED_MAC } from "../../ip/mac.ts";

/**
 * What neighbours tell each other about an address, by ARP or by neighbour discovery: the sender uses
 * `senderIp` at `senderMac`, and where it asks, asks for `targetIp`. An ARP packet is one as it stands.
 */
export interface NeighborPacket {
  readonly operation: "request" | "reply";
  readonly senderMac: Mac;
  readonly senderIp: IpAddress;
  readonly targetIp: IpAddress;
  /** The interface asked for, in ARP alone; zero where nobody is named. */
  readonly targetMac?: Mac;
}

/** Whether somebody asks for an address without using one: RFC 5227 §1.1, RFC 4862 §5.4.2. */
export function isProbe(packet: NeighborPacket): boolean {
  return packet.operation === "request" && packet.senderIp.value === 0n;
}

/**
 * Whether a probe that was sent to one station alone says that the sender is to have the address. A node asks a
 * holder whether it is there by a probe that names nobody; by neighbour discovery, with an address of its own.
 */
export function isSeek(packet: NeighborPacket): boolean {
  return isProbe(packet) &&
    (packet.targetIp.family === "IPv6" || packet.targetMac !== UNSPECIFIED_MAC);
}
