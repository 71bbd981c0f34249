import type { IpAddress } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";
import { formatPrefix, parsePrefix, type Prefix, prefixContains, prefixOf } from "../ip/prefix.ts";
import { parseMac } from "../ip/mac.ts";
import type { InterfaceAddress, Link } from "../netlink/values.ts";

/** An interface that could announce addresses, as all speakers know it of each other. */
export interface Interface {
  readonly name: string;
  readonly mac: Mac;
  /** Subnets of the node's own addresses on it, sorted. */
  readonly subnets: readonly Prefix[];
}

/** An interface of this node. */
export interface LocalInterface extends Interface {
  readonly index: number;
  /** Whether anything can be sent or heard on it now; not told to others, since it comes and goes. */
  readonly hasCarrier: boolean;
}

/**
 * This node's interfaces that ARP works on: switched on, with a 48-bit address, able to broadcast, and not a
 * port of a bridge, bond or VRF. In order of index.
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
    usable.push({ index, name, mac, hasCarrier, subnets: subnetsOf(index, addresses) });
  }
  return usable.sort((a, b) => a.index - b.index);
}

/** Whether the address lies in a subnet of the interface. */
export function isOnLink(face: Interface, address: IpAddress): boolean {
  return face.subnets.some((subnet) => prefixContains(subnet, address));
}

/** Interfaces as JSON: `[{"name":"eth0","mac":"02:…","subnets":["192.168.0.0/24"]}]`, always the same way. */
export function formatInterfaces(faces: readonly Interface[]): string {
  return JSON.stringify(faces.map(({ name, mac, subnets }) => ({
    name,
    mac,
    subnets: subnets.map(formatPrefix),
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
  return subnets.every((subnet) => subnet !== undefined) ? { name, mac, subnets } : undefined;
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

function subnetsOf(linkIndex: number, addresses: readonly InterfaceAddress[]): readonly Prefix[] {
  const byText = new Map<string, Prefix>();
  for (const { linkIndex: index, address, prefixLength, scope } of addresses) {
    if (index !== linkIndex || scope !== 0 || address.family !== "IPv4") continue;
    const subnet = prefixOf(address, prefixLength);
    byText.set(formatPrefix(subnet), subnet);
  }
  return [...byText].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, subnet]) => subnet);
}
