import { parseIp } from "../ip/address.ts";
import { formatPrefix, parsePrefix, type Prefix, prefixRange } from "../ip/prefix.ts";
import { formatRange, type IpRange, parseRange, rangesOverlap } from "../ip/range.ts";
import { quote } from "./tree.ts";

/** What one entry of a pool's `addresses` says: a run of addresses, or why it is none. */
export type AddressEntry =
  | { readonly kind: "range"; readonly range: IpRange; readonly warning?: string }
  | { readonly kind: "fault"; readonly message: string };

/** Addresses that no machine of a network can be given, so that a pool with them can never work. */
const UNUSABLE: readonly (readonly [cidr: string, what: string])[] = [
  ["0.0.0.0/8", 'addresses of 0.0.0.0/8, which mean "this network" (RFC 1122 section 3.2.1.3)'],
  ["127.0.0.0/8", "loopback addresses (127.0.0.0/8)"],
  ["224.0.0.0/4", "multicast addresses (224.0.0.0/4)"],
  ["255.255.255.255/32", "the broadcast address 255.255.255.255"],
  ["::/128", "the unspecified address ::"],
  ["::1/128", "the loopback address ::1"],
  ["::ffff:0:0/96", "IPv4-mapped addresses (::ffff:0:0/96); write them as IPv4"],
  ["ff00::/8", "multicast addresses (ff00::/8)"],
];

const LINK_LOCAL: readonly string[] = ["169.254.0.0/16", "fe80::/10"];

/**
 * Reads a CIDR or a `start-end` range as MetalLB does: host bits of a CIDR are masked off, blanks around the dash
 * are allowed. Refused beyond MetalLB's rules: reversed and mixed-family ranges, `/0`, and addresses that can never work.
 */
export function readAddressEntry(text: string): AddressEntry {
  const read = text.includes("/") ? readCidr(text) : readRange(text);
  if (read.kind === "fault") return read;
  const unusable = UNUSABLE.find(([cidr]) => overlapsPrefix(read.range, cidr));
  if (unusable !== undefined) {
    return fault(text, `need addresses that a network can deliver, have ${unusable[1]}`);
  }
  if (LINK_LOCAL.some((cidr) => overlapsPrefix(read.range, cidr))) {
    const warning = `Addresses ${quote(text)} are link-local: no router forwards to them`;
    return { ...read, warning };
  }
  return read;
}

function readCidr(text: string): AddressEntry {
  const slash = text.indexOf("/");
  const address = text.slice(0, slash);
  const prefix = parsePrefix(text);
  if (prefix === undefined) {
    const ip = parseIp(address);
    if (ip === undefined) return fault(text, explainAddress(address));
    if (text.includes("-")) {
      return fault(text, "need either a CIDR or a range, have both in one");
    }
    const bits = ip.family === "IPv4" ? 32 : 128;
    return fault(
      text,
      `need a prefix length from 1 to ${bits} for ${ip.family}, have ${
        quote(text.slice(slash + 1))
      }`,
    );
  }
  if (prefix.length === 0) {
    return fault(text, "need a part of the address space, have all of it");
  }
  return { kind: "range", range: prefixRange(prefix), ...hostBitsWarning(text, prefix) };
}

/** `192.168.0.200/24` is the whole /24, which few who write it mean. */
function hostBitsWarning(text: string, prefix: Prefix): { warning?: string } {
  const ip = parseIp(text.slice(0, text.indexOf("/")));
  if (ip === undefined || ip.value === prefix.network.value) return {};
  const all = `${formatPrefix(prefix)} (${formatRange(prefixRange(prefix))})`;
  return { warning: `Addresses ${quote(text)} mean all of ${all}; write it so if that is meant` };
}

function readRange(text: string): AddressEntry {
  const range = parseRange(text);
  if (typeof range !== "string") return { kind: "range", range };
  const [start = "", end = ""] = text.split(/-(.*)/s).map((part) => part.trim());
  switch (range) {
    case "not-a-range":
      return fault(text, explainLoneAddress(text));
    case "bad-start":
      return fault(text, `as start of the range ${explainAddress(start)}`);
    case "bad-end":
      return fault(text, `as end of the range ${explainAddress(end)}`);
    case "mixed-families":
      return fault(text, "need both ends of one family, have IPv4 and IPv6");
    case "reversed":
      return fault(text, `need the lower address first, as in "${end}-${start}"`);
    default:
      return range satisfies never;
  }
}

function explainLoneAddress(text: string): string {
  const ip = parseIp(text);
  if (ip !== undefined) {
    const only = `${text}/${ip.family === "IPv4" ? 32 : 128}`;
    return `need a CIDR or a range, have one address; for that one write "${only}"`;
  }
  if (/[:.]/.test(text) && /^[0-9a-fA-F:.%a-z0-9]+$/.test(text)) return explainAddress(text);
  return 'need a CIDR such as "192.168.0.0/24" or a range such as ' +
    `"192.168.0.10-192.168.0.20", have ${quote(text)}`;
}

/** What is wrong with a text that should be an address: `need …, have …`. */
export function explainAddress(text: string): string {
  if (text === "") return "need an address, have nothing";
  if (text.includes("%")) {
    return `need an address without a zone, have ${quote(text)}; leave out ${
      quote(text.slice(text.indexOf("%")))
    }`;
  }
  if (/^[0-9]+(\.[0-9]+){3}$/.test(text)) {
    const octet = text.split(".").find((part) => /^0[0-9]/.test(part));
    return octet === undefined
      ? `need four numbers from 0 to 255, have ${quote(text)}`
      : `need numbers without leading zeros, have ${quote(text)}`;
  }
  return `need an IPv4 or IPv6 address, have ${quote(text)}`;
}

function overlapsPrefix(range: IpRange, cidr: string): boolean {
  const prefix = parsePrefix(cidr);
  return prefix !== undefined && rangesOverlap(range, prefixRange(prefix));
}

function fault(text: string, why: string): AddressEntry {
  return { kind: "fault", message: `Cannot use addresses ${quote(text)}: ${why}` };
}
