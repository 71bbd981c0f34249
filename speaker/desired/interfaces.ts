import type { Family, IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import {
  formatPrefix,
  parsePrefix,
  type Prefix,
  prefixContains,
  prefixOf,
} from "../../ip/prefix.ts";
import { parseMac } from "../../ip/mac.ts";
import type { InterfaceAddress, Link } from "../../netlink/values.ts";

/** An interface that could announce addresses, as all speakers know it of each other. */
export interface Interface {
  readonly name: string;
  readonly mac: Mac;
  /** Subnets of the node's own addresses on it, sorted; with fe80::/64 where it speaks IPv6. */
  readonly subnets: readonly Prefix[];
  /**
   * Nothing is announced on it. The others are told of its MAC all the same: on a segment that it shares with
   * another interface of the node it answers for what that one has (Linux, arp_ignore 0).
   */
  readonly isExcluded?: true;
}

/** An interface of this node. */
export interface LocalInterface extends Interface {
  readonly index: number;
  /** Whether anything can be sent or heard on it now; not told to others, since it comes and goes. */
  readonly hasCarrier: boolean;
  /** Its link-local IPv6 address, where the kernel has found it to be unique; absent until then. */
  readonly linkLocal?: IpAddress;
}

/**
 * This node's interfaces that ARP and neighbour discovery work on: switched on, with a 48-bit address, able to
 * broadcast, and not a port of a bridge, bond or VRF. In order of index.
 *
 * @param addresses the node's own, without those that Lanlord bound
 */
export function usableInterfaces(
  links: Iterable<Link>,
  addresses: readonly InterfaceAddress[],
): readonly LocalInterface[] {
  const usable: LocalInterface[] = [];
  for (const link of links) {
    if (!link.isUp || link.isLoopback || link.isNoArp || !link.canBroadcast) continue;
    if (link.mac === undefined || link.masterIndex !== undefined) continue;
    const { index, name, mac, hasCarrier } = link;
    const own = addresses.filter(({ linkIndex }) => linkIndex === index);
    const linkLocal = own.find((address) => isLinkLocalOf(address) && isUnique(address))?.address;
    const face = { index, name, mac, hasCarrier, subnets: subnetsOf(own) };
    usable.push(linkLocal === undefined ? face : { ...face, linkLocal });
  }
  return usable.sort((a, b) => a.index - b.index);
}

/** Whether the address lies in a subnet of the interface. */
export function isOnLink(face: Interface, address: IpAddress): boolean {
  return face.subnets.some((subnet) => prefixContains(subnet, address));
}

/** Whether the address is a link-local one of IPv6, fe80::/10: every link has the same (RFC 4291 §2.5.6). */
export function isLinkLocal(address: IpAddress): boolean {
  return address.family === "IPv6" && address.value >> 118n === 0x3fan;
}

/** Whether an address of this family can be announced on the interface: IPv6 wants a link-local address there. */
export function speaks(face: Interface, family: Family): boolean {
  return family === "IPv4" || face.subnets.some(({ network }) => isLinkLocal(network));
}

/** Interfaces as JSON: `[{"name":"eth0","mac":"02:…","subnets":["192.168.0.0/24"]}]`, always the same way. */
export function formatInterfaces(faces: readonly Interface[]): string {
  return JSON.stringify(faces.map(({ name, mac, subnets, isExcluded }) => ({
    name,
    mac,
    subnets: subnets.map(formatPrefix),
    isExcluded,
  })));
}

/** Reads what `formatInterfaces` wrote; `undefined` where the text is anything else. Unknown fields are ignored. */
export function parseInterfaces(text: string): readonly Interface[] | undefined {
  const faces = parseList(text)?.map(parseInterface);
  return faces?.every((face) => face !== undefined) ? faces : undefined;
}

function parseInterface(value: unknown): Interface | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const name = "name" in value && typeof value.name === "string" ? value.name : undefined;
  const mac = "mac" in value && typeof value.mac === "string" ? parseMac(value.mac) : undefined;
  const texts: readonly unknown[] = "subnets" in value && Array.isArray(value.subnets)
    ? value.subnets
    : [];
  const subnets = texts.map((text) => typeof text === "string" ? parsePrefix(text) : undefined);
  if (name === undefined || mac === undefined) return undefined;
  if (!subnets.every((subnet) => subnet !== undefined)) return undefined;
  const isExcluded = "isExcluded" in value && value.isExcluded === true;
  return { name, mac, subnets, ...isExcluded && { isExcluded } };
}

function parseList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    // Whoever wrote this is not a speaker of ours.
    return undefined;
  }
}

// linux/if_addr.h: the kernel is finding out whether the address is unique, or found that it is not.
const IFA_F_DADFAILED = 0x08;
const IFA_F_TENTATIVE = 0x40;

/** The address's bits of duplicate address detection: what changes when it begins to work, or stops. */
export function detectionOf({ flags }: InterfaceAddress): number {
  return flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED);
}

function isUnique(address: InterfaceAddress): boolean {
  return detectionOf(address) === 0;
}

function isLinkLocalOf({ address, scope }: InterfaceAddress): boolean {
  return scope === RT_SCOPE_LINK && isLinkLocal(address);
}

// linux/rtnetlink.h
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;

function subnetsOf(addresses: readonly InterfaceAddress[]): readonly Prefix[] {
  const byText = new Map<string, Prefix>();
  for (const own of addresses) {
    if (!hasSubnet(own)) continue;
    const subnet = prefixOf(own.address, own.prefixLength);
    byText.set(formatPrefix(subnet), subnet);
  }
  return [...byText].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, subnet]) => subnet);
}

function hasSubnet(own: InterfaceAddress): boolean {
  if (own.address.family === "IPv4") return own.scope === RT_SCOPE_UNIVERSE;
  // A /128 (DHCPv6 gives such) tells nothing of its neighbours.
  if ((own.flags & IFA_F_DADFAILED) !== 0 || own.prefixLength === 128) return false;
  return own.scope === RT_SCOPE_UNIVERSE || isLinkLocalOf(own);
}
