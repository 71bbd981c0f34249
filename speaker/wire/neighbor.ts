import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";

/**
 * What neighbours tell each other about an address, by ARP or by neighbour discovery: the sender uses
 * `senderIp` at `senderMac`, and where it asks, asks for `targetIp`. An ARP packet is one as it stands.
 */
export interface NeighborPacket {
  readonly operation: "request" | "reply";
  readonly senderMac: Mac;
  readonly senderIp: IpAddress;
  readonly targetIp: IpAddress;
}

/** Whether somebody asks for an address without using one: RFC 5227 §1.1, RFC 4862 §5.4.2. */
export function isProbe(packet: NeighborPacket): boolean {
  return packet.operation === "request" && packet.senderIp.value === 0n;
}
