import { AF_NETLINK, AF_PACKET, AF_UNIX } from "./constants.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";

/**
 * struct sockaddr_nl (linux/netlink.h) of the kernel, or of this socket with its multicast groups:
 *   0 u16 nl_family   2 u16 nl_pad   4 u32 nl_pid   8 u32 nl_groups
 * The port stays 0: the kernel's own, or "choose one" when binding.
 *
 * `groups` are numbers RTNLGRP_* from 1 to 32.
 */
export function encodeNetlinkAddress(groups: readonly number[] = []): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12);
  const view = viewOf(bytes);
  const mask = groups.reduce((bits, group) => bits | 1 << group - 1, 0) >>> 0;
  view.setUint16(0, AF_NETLINK, NATIVE_LITTLE_ENDIAN);
  view.setUint32(8, mask, NATIVE_LITTLE_ENDIAN);
  return bytes;
}

/**
 * struct sockaddr_ll (linux/if_packet.h), to bind a socket to one kind of frame on one link:
 *   0 u16 sll_family   2 be16 sll_protocol   4 i32 sll_ifindex   8 u16 sll_hatype
 *  10 u8 sll_pkttype  11 u8 sll_halen       12 u8 sll_addr[8]
 */
export function encodePacketAddress(linkIndex: number, etherType: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(20);
  const view = viewOf(bytes);
  view.setUint16(0, AF_PACKET, NATIVE_LITTLE_ENDIAN);
  view.setUint16(2, etherType, false);
  view.setInt32(4, linkIndex, NATIVE_LITTLE_ENDIAN);
  return bytes;
}

/**
 * struct packet_mreq (linux/if_packet.h):
 *   0 i32 mr_ifindex   4 u16 mr_type   6 u16 mr_alen   8 u8 mr_address[8]
 */
export function encodePacketMembership(linkIndex: number, type: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = viewOf(bytes);
  view.setInt32(0, linkIndex, NATIVE_LITTLE_ENDIAN);
  view.setUint16(4, type, NATIVE_LITTLE_ENDIAN);
  return bytes;
}

/** sizeof(sun_path) (linux/un.h). */
const PATH_BYTES = 108;

const AT = 0x40;
const SLASH = 0x2f;

/**
 * struct sockaddr_un (linux/un.h):
 *   0 u16 sun_family   2 char sun_path[108]
 * A path is followed by a zero byte. A name that begins with `@` is abstract: a zero byte stands for the `@`, and
 * the length says where it ends (unix(7)).
 *
 * @throws RangeError for what is neither an absolute path nor an abstract name, or does not fit
 */
export function encodeUnixAddress(name: Uint8Array): Uint8Array<ArrayBuffer> {
  const isAbstract = name[0] === AT;
  const pathBytes = isAbstract ? name.length : name.length + 1;
  if (!isAbstract && name[0] !== SLASH || pathBytes > PATH_BYTES) {
    throw new RangeError(
      `Cannot name a Unix socket: want an absolute path, or "@" and a name, of at most ${PATH_BYTES} bytes`,
    );
  }
  const bytes = new Uint8Array(2 + pathBytes);
  viewOf(bytes).setUint16(0, AF_UNIX, NATIVE_LITTLE_ENDIAN);
  bytes.set(name, 2);
  if (isAbstract) bytes[2] = 0;
  return bytes;
}
