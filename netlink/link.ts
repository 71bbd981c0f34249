import { macFromBytes, macToBytes } from "../ip/mac.ts";
import {
  ascii,
  asciiOf,
  type Attribute,
  attributesOf,
  encodeAttributes,
  nested,
  uint32,
  uint32Of,
} from "./attribute.ts";
import {
  AF_UNSPEC,
  ARPHRD_ETHER,
  IFF_BROADCAST,
  IFF_LOOPBACK,
  IFF_LOWER_UP,
  IFF_NOARP,
  IFF_UP,
  IFLA_ADDRESS,
  IFLA_EXT_MASK,
  IFLA_IFNAME,
  IFLA_INFO_KIND,
  IFLA_LINKINFO,
  IFLA_MASTER,
  RTEXT_FILTER_SKIP_STATS,
} from "./constants.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";
import type { Link } from "./values.ts";

/*
 * struct ifinfomsg (linux/rtnetlink.h), in the machine's order:
 *   0 u8  ifi_family
 *   2 u16 ifi_type     ARPHRD_*
 *   4 i32 ifi_index
 *   8 u32 ifi_flags    IFF_*
 *  12 u32 ifi_change
 */
const HEADER_BYTES = 16;

/**
 * Reads the payload of an RTM_NEWLINK or RTM_DELLINK. `undefined` where it does not describe the whole link:
 * messages of AF_BRIDGE (about a port; their RTM_DELLINK is not the end of the link), wireless events.
 *
 * @throws RangeError when the payload is cut short
 */
export function decodeLink(payload: Uint8Array): Link | undefined {
  if (payload.length < HEADER_BYTES) {
    throw new RangeError(`Cannot decode link: need ${HEADER_BYTES} bytes, have ${payload.length}`);
  }
  const view = viewOf(payload);
  const attributes = attributesOf(payload.subarray(HEADER_BYTES));
  const name = attributes.get(IFLA_IFNAME);
  if (payload[0] !== AF_UNSPEC || name === undefined) return undefined;
  const flags = view.getUint32(8, NATIVE_LITTLE_ENDIAN);
  const master = attributes.get(IFLA_MASTER);
  const isEthernet = view.getUint16(2, NATIVE_LITTLE_ENDIAN) === ARPHRD_ETHER;
  const mac = isEthernet ? attributes.get(IFLA_ADDRESS) : undefined;
  return {
    index: view.getInt32(4, NATIVE_LITTLE_ENDIAN),
    name: asciiOf(name),
    mac: mac?.length === 6 ? macFromBytes(mac) : undefined,
    isUp: (flags & IFF_UP) !== 0,
    hasCarrier: (flags & IFF_LOWER_UP) !== 0,
    isLoopback: (flags & IFF_LOOPBACK) !== 0,
    canBroadcast: (flags & IFF_BROADCAST) !== 0,
    isNoArp: (flags & IFF_NOARP) !== 0,
    masterIndex: master && uint32Of(master),
    kind: kindOf(attributes.get(IFLA_LINKINFO)),
  };
}

/** Writes the link as the payload of an RTM_NEWLINK. */
export function encodeLink(link: Link): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  const view = viewOf(header);
  if (link.mac !== undefined) view.setUint16(2, ARPHRD_ETHER, NATIVE_LITTLE_ENDIAN);
  view.setInt32(4, link.index, NATIVE_LITTLE_ENDIAN);
  view.setUint32(8, flagsOf(link), NATIVE_LITTLE_ENDIAN);
  const attributes: Attribute[] = [{ type: IFLA_IFNAME, value: ascii(link.name) }];
  if (link.mac !== undefined) attributes.push({ type: IFLA_ADDRESS, value: macToBytes(link.mac) });
  if (link.masterIndex !== undefined) {
    attributes.push({ type: IFLA_MASTER, value: uint32(link.masterIndex) });
  }
  if (link.kind !== undefined) {
    attributes.push(nested(IFLA_LINKINFO, [{ type: IFLA_INFO_KIND, value: ascii(link.kind) }]));
  }
  return encodeAttributes(header, attributes);
}

/** The payload of an RTM_GETLINK that asks for all links, counters left out. */
export function encodeLinkDump(): Uint8Array<ArrayBuffer> {
  const mask = { type: IFLA_EXT_MASK, value: uint32(RTEXT_FILTER_SKIP_STATS) };
  return encodeAttributes(new Uint8Array(HEADER_BYTES), [mask]);
}

function kindOf(linkInfo: Uint8Array | undefined): string | undefined {
  const kind = linkInfo && attributesOf(linkInfo).get(IFLA_INFO_KIND);
  return kind && asciiOf(kind);
}

function flagsOf(link: Link): number {
  return (link.isUp ? IFF_UP : 0) | (link.hasCarrier ? IFF_LOWER_UP : 0) |
    (link.isLoopback ? IFF_LOOPBACK : 0) | (link.canBroadcast ? IFF_BROADCAST : 0) |
    (link.isNoArp ? IFF_NOARP : 0);
}
