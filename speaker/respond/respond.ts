/** The answer to a question for an address that this node holds, where the process answers and not the kernel. */
import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { Dialect, Sender } from "../wire/dialect.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";

/** Why a packet is not answered. */
export type RespondDropReason =
  /** It tells something and asks nothing. */
  | "not-a-question"
  /** An interface of this node sent it. */
  | "own"
  /** Who sent it uses the address that it asks for: an announcement. */
  | "gratuitous"
  /** It was sent neither to this station nor to where everybody is asked for the address. */
  | "not-to-us"
  /** Somebody else's address, as most are. */
  | "not-held";

/** Who answers. */
export interface Respondent {
  readonly face: Sender;
  readonly dialect: Dialect;
  /** Whether the address is held on this link. */
  readonly holds: (address: IpAddress) => boolean;
}

/**
 * The frame that answers a packet, owned by the caller, or why there is none: only questions for a held address,
 * sent to us or to its group, and only to the asker (RFC 826; RFC 4861 §7.2.4).
 *
 * @param destination of the Ethernet frame that the packet came in
 */
export function respond(
  packet: NeighborPacket,
  destination: Mac,
  { face, dialect, holds }: Respondent,
): Uint8Array<ArrayBuffer> | RespondDropReason {
  if (packet.operation !== "request") return "not-a-question";
  if (packet.senderMac === face.mac) return "own";
  if (packet.senderIp.value === packet.targetIp.value) return "gratuitous";
  const isToUs = destination === face.mac || destination === dialect.groupOf(packet.targetIp);
  if (!isToUs) return "not-to-us";
  if (!holds(packet.targetIp)) return "not-held";
  return dialect.replyFrame(face, packet);
}
