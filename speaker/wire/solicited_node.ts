/** The multicast groups of neighbour discovery, and where Ethernet has them. */
import type { IpAddress } from "../../ip/address.ts";
import { type Mac, macFromBytes } from "../../ip/mac.ts";

/** ff02::1, every host on the link (RFC 4291 §2.7.1). */
export const ALL_NODES: IpAddress = { family: "IPv6", value: 0xff02n << 112n | 1n };

/** ff02::1:ff00:0/104. */
const SOLICITED_NODE_PREFIX = 0xff02n << 112n | 0x1_ff00_0000n;

/**
 * ff02::1:ffXX:XXXX, the group that every holder of an address with these last 24 bits is in
 * (RFC 4291 §2.7.1).
 */
export function solicitedNode(address: IpAddress): IpAddress {
  return { family: "IPv6", value: SOLICITED_NODE_PREFIX | address.value & 0xffffffn };
}

/** Whether the address is a solicited-node group. */
export function isSolicitedNode(address: IpAddress): boolean {
  return address.family === "IPv6" && address.value >> 24n === SOLICITED_NODE_PREFIX >> 24n;
}

/** Whether the address is an IPv6 group, ff00::/8 (RFC 4291 §2.7). */
export function isMulticast(address: IpAddress): boolean {
  return address.family === "IPv6" && address.value >> 120n === 0xffn;
}

/** 33:33 and the last 32 bits of the group (RFC 2464 §7). */
export function multicastMac(group: IpAddress): Mac {
  const last = Number(group.value & 0xffffffffn);
  return macFromBytes(
    Uint8Array.of(0x33, 0x33, last >>> 24, last >>> 16 & 0xff, last >>> 8 & 0xff, last & 0xff),
  );
}
