import { equalIp, type IpAddress, ipFromBytes, ipToBytes } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes, macToBytes } from "../../ip/mac.ts";

/*
 * ARP for IPv4 over Ethernet (RFC 826), written apart from the speaker's: a witness is to share nothing with
 * whom it watches.
 *
 *  0  destination MAC    14  hardware type 1        22  sender MAC
 *  6  source MAC         16  protocol type 0x0800   28  sender address
 * 12  EtherType 0x0806   18  lengths 6, 4           32  target MAC
 *                        20  operation              38  target address
 */
const FRAME_BYTES = 42;
const REPLY = 2;
const HEADER = [0x08, 0x06, 0x00, 0x01, 0x08, 0x00, 0x06, 0x04, 0x00];

/** Who asks. */
export interface Asker {
  readonly mac: Mac;
  readonly address: IpAddress;
}

/** A broadcast request for the target's MAC, as a host sends it. */
export function arpRequest(asker: Asker, target: IpAddress): Uint8Array<ArrayBuffer> {
  const mac = macToBytes(asker.mac);
  const nobody = new Uint8Array(6);
  return Uint8Array.from([
    ...macToBytes(BROADCAST),
    ...mac,
    ...HEADER,
    1,
    ...mac,
    ...ipToBytes(asker.address),
    ...nobody,
    ...ipToBytes(target),
  ]);
}

/** The MAC that this frame, an answer to the asker, gives for the target; `undefined` for any other frame. */
export function arpAnswer(frame: Uint8Array, asker: Asker, target: IpAddress): Mac | undefined {
  if (frame.length < FRAME_BYTES) return undefined;
  if (HEADER.some((byte, i) => frame[12 + i] !== byte) || frame[21] !== REPLY) return undefined;
  if (macFromBytes(frame.subarray(0, 6)) !== asker.mac) return undefined;
  if (!equalIp(ipFromBytes(frame.subarray(28, 32)), target)) return undefined;
  return macFromBytes(frame.subarray(22, 28));
}
