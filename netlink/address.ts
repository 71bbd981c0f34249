import { bitsOf, formatIp, ipFromBytes, ipToBytes } from "../ip/address.ts";
import {
  ascii,
  asciiOf,
  type Attribute,
  attributesOf,
  encodeAttributes,
  uint32,
  uint32Of,
} from "./attribute.ts";
import {
  AF_INET,
  AF_INET6,
  IFA_ADDRESS,
  IFA_CACHEINFO,
  IFA_FLAGS,
  IFA_LABEL,
  IFA_LOCAL,
  IFA_PROTO,
  IFA_RT_PRIORITY,
  IFNAMSIZ,
  INFINITY_LIFE_TIME,
} from "./constants.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";
import type { InterfaceAddress } from "./values.ts";

/*
 * struct ifaddrmsg (linux/if_addr.h), in the machine's order:
 *   0 u8  ifa_family
 *   1 u8  ifa_prefixlen
 *   2 u8  ifa_flags      the lower eight of IFA_FLAGS
 *   3 u8  ifa_scope
 *   4 u32 ifa_index
 *
 * struct ifa_cacheinfo: u32 ifa_prefered, u32 ifa_valid (seconds), u32 cstamp, u32 tstamp.
 */
const HEADER_BYTES = 8;
const CACHEINFO_BYTES = 16;

/**
 * Reads the payload of an RTM_NEWADDR or RTM_DELADDR; `undefined` for families other than IPv4 and IPv6.
 * The address is the interface's own: IFA_LOCAL where there is one (IFA_ADDRESS is then the peer's).
 *
 * @throws RangeError when the payload is cut short, or holds no address
 */
export function decodeAddress(payload: Uint8Array): InterfaceAddress | undefined {
  if (payload.length < HEADER_BYTES) {
    throw new RangeError(
      `Cannot decode address: need ${HEADER_BYTES} bytes, have ${payload.length}`,
    );
  }
  const view = viewOf(payload);
  const family = view.getUint8(0);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const attributes = attributesOf(payload.subarray(HEADER_BYTES));
  const flags = attributes.get(IFA_FLAGS);
  const label = attributes.get(IFA_LABEL);
  const routePriority = attributes.get(IFA_RT_PRIORITY);
  return {
    linkIndex: view.getUint32(4, NATIVE_LITTLE_ENDIAN),
    address: ipFromBytes(
      attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS) ?? new Uint8Array(0),
    ),
    prefixLength: view.getUint8(1),
    scope: view.getUint8(3),
    flags: flags ? uint32Of(flags) : view.getUint8(2),
    label: label && asciiOf(label),
    proto: attributes.get(IFA_PROTO)?.[0] ?? 0,
    ...routePriority && { routePriority: uint32Of(routePriority) },
    ...lifetimesOf(attributes.get(IFA_CACHEINFO)),
  };
}

/**
 * Writes an address as the payload of an RTM_NEWADDR. Labels of IPv6 addresses are left out: the kernel has none.
 *
 * @throws RangeError when the label has more than 15 characters, or a number is out of range
 */
export function encodeAddress(address: InterfaceAddress): Uint8Array<ArrayBuffer> {
  const { family } = address.address;
  const attributes: Attribute[] = [
    ...locationOf(address),
    { type: IFA_FLAGS, value: uint32(address.flags) },
    { type: IFA_CACHEINFO, value: encodeLifetimes(address) },
  ];
  if (address.label !== undefined && family === "IPv4") {
    attributes.push({ type: IFA_LABEL, value: encodeLabel(address.label) });
  }
  if (address.routePriority !== undefined) {
    attributes.push({ type: IFA_RT_PRIORITY, value: uint32(address.routePriority) });
  }
  // A kernel before 5.18 skips the attribute.
  if (address.proto !== 0) {
    attributes.push({ type: IFA_PROTO, value: Uint8Array.of(address.proto) });
  }
  return encodeAttributes(headerOf(address), attributes);
}

/** Writes what identifies an address, link and prefix length, as the payload of an RTM_DELADDR. */
export function encodeAddressKey(address: InterfaceAddress): Uint8Array<ArrayBuffer> {
  return encodeAttributes(headerOf(address), locationOf(address));
}

/** The payload of an RTM_GETADDR that asks for all addresses of all families. */
export function encodeAddressDump(): Uint8Array<ArrayBuffer> {
  return new Uint8Array(HEADER_BYTES);
}

/** `"192.0.2.1/32" of link 4`, for messages to people. */
export function describeAddress(address: InterfaceAddress): string {
  return `"${formatIp(address.address)}/${address.prefixLength}" of link ${address.linkIndex}`;
}

function headerOf(address: InterfaceAddress): Uint8Array {
  const { prefixLength, scope, linkIndex } = address;
  const bits = bitsOf(address.address.family);
  if (!(prefixLength >= 0 && prefixLength <= bits)) {
    throw new RangeError(
      `Cannot encode address: want a prefix length of 0 to ${bits}, found ${prefixLength}`,
    );
  }
  const header = new Uint8Array(HEADER_BYTES);
  const view = viewOf(header);
  view.setUint8(0, bits === 32 ? AF_INET : AF_INET6);
  view.setUint8(1, prefixLength);
  view.setUint8(2, address.flags & 0xff);
  view.setUint8(3, scope);
  view.setUint32(4, linkIndex, NATIVE_LITTLE_ENDIAN);
  return header;
}

function locationOf(address: InterfaceAddress): readonly Attribute[] {
  const value = ipToBytes(address.address);
  return [{ type: IFA_LOCAL, value }, { type: IFA_ADDRESS, value }];
}

function encodeLabel(label: string): Uint8Array {
  if (label.length >= IFNAMSIZ) {
    throw new RangeError(`Cannot encode label: want at most 15 characters, found "${label}"`);
  }
  return ascii(label);
}

function encodeLifetimes(address: InterfaceAddress): Uint8Array {
  const bytes = new Uint8Array(CACHEINFO_BYTES);
  const view = viewOf(bytes);
  view.setUint32(0, encodeSeconds(address.preferredSeconds), NATIVE_LITTLE_ENDIAN);
  view.setUint32(4, encodeSeconds(address.validSeconds), NATIVE_LITTLE_ENDIAN);
  return bytes;
}

function encodeSeconds(seconds: number | "forever"): number {
  if (seconds === "forever") return INFINITY_LIFE_TIME;
  if (Number.isInteger(seconds) && seconds >= 0 && seconds < INFINITY_LIFE_TIME) return seconds;
  throw new RangeError(
    `Cannot encode lifetime: want whole seconds below 2^32 - 1, found ${seconds}`,
  );
}

function lifetimesOf(
  cacheinfo: Uint8Array | undefined,
): Pick<InterfaceAddress, "preferredSeconds" | "validSeconds"> {
  if (cacheinfo === undefined) return { preferredSeconds: "forever", validSeconds: "forever" };
  return {
    preferredSeconds: secondsOf(uint32Of(cacheinfo)),
    validSeconds: secondsOf(uint32Of(cacheinfo.subarray(4))),
  };
}

function secondsOf(seconds: number): number | "forever" {
  return seconds === INFINITY_LIFE_TIME ? "forever" : seconds;
}
