/** An IP family, spelled as in `spec.ipFamilies` of a Kubernetes Service. */
export type Family = "IPv4" | "IPv6";

/** An IPv4 or IPv6 address without a zone. Values compare by `family` and `value`. */
export interface IpAddress {
  readonly family: Family;
  /** The address as an unsigned integer, most significant octet first: 32 or 128 bits. */
  readonly value: bigint;
}

/** How many bits an address of this family has: 32 or 128. */
export function bitsOf(family: Family): 32 | 128 {
  return family === "IPv4" ? 32 : 128;
}

/**
 * Reads an address written the strict way: dotted decimal without leading zeros (RFC 6943 §3.1.1),
 * or IPv6 text of RFC 4291 §2.2 without a zone. Anything else is `undefined`.
 * An IPv4-mapped IPv6 address stays IPv6.
 *
 * @example
 * ```ts
 * import { formatIp, parseIp } from "./address.ts";
 * const address = parseIp("2001:DB8:0:0::1");
 * if (address === undefined || formatIp(address) !== "2001:db8::1") throw new Error("canonical form");
 * ```
 */
export function parseIp(text: string): IpAddress | undefined {
  if (text.includes(":")) {
    const value = parseIpv6(text);
    return value === undefined ? undefined : { family: "IPv6", value };
  }
  const value = parseIpv4(text);
  return value === undefined ? undefined : { family: "IPv4", value };
}

/** Writes the canonical text: dotted decimal, or RFC 5952 (§4; IPv4-mapped as in §5). */
export function formatIp(address: IpAddress): string {
  return address.family === "IPv4" ? formatIpv4(address.value) : formatIpv6(address.value);
}

/** Orders IPv4 before IPv6, then by number. Negative, zero or positive, as `Array.sort` wants it. */
export function compareIp(a: IpAddress, b: IpAddress): number {
  if (a.family !== b.family) return a.family === "IPv4" ? -1 : 1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}

/** Whether both are the same address. */
export function equalIp(a: IpAddress, b: IpAddress): boolean {
  return a.family === b.family && a.value === b.value;
}

/** The address in network order: 4 or 16 bytes, owned by the caller. */
export function ipToBytes(address: IpAddress): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(bitsOf(address.family) / 8);
  let rest = address.value;
  for (let i = bytes.length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/**
 * The address that 4 or 16 bytes in network order stand for.
 *
 * @throws RangeError when there are neither 4 nor 16 bytes
 */
export function ipFromBytes(bytes: Uint8Array): IpAddress {
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw new RangeError(`Cannot read IP address: need 4 or 16 bytes, have ${bytes.length}`);
  }
  let value = 0n;
  for (const byte of bytes) value = value << 8n | BigInt(byte);
  return { family: bytes.length === 4 ? "IPv4" : "IPv6", value };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return undefined;
    const octet = Number(part);
    if (octet > 255) return undefined;
    value = value * 256 + octet;
  }
  return BigInt(value);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  let value = 0n;
  for (const group of [...head, ...new Array<number>(missing).fill(0), ...tail]) {
    value = value << 16n | BigInt(group);
  }
  return value;
}

/** 16-bit groups of colon-separated text; dotted decimal may stand last where `isEnd`. */
function parseGroups(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    if (isEnd && i === parts.length - 1 && part.includes(".")) {
      const ipv4 = parseIpv4(part);
      if (ipv4 === undefined) return undefined;
      groups.push(Number(ipv4 >> 16n), Number(ipv4 & 0xffffn));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

function formatIpv4(value: bigint): string {
  const n = Number(value);
  return `${n >>> 24}.${n >>> 16 & 0xff}.${n >>> 8 & 0xff}.${n & 0xff}`;
}

function formatIpv6(value: bigint): string {
  if (value >> 32n === 0xffffn) return `::ffff:${formatIpv4(value & 0xffffffffn)}`;
  const digits = value.toString(16).padStart(32, "0");
  const groups: number[] = [];
  for (let at = 0; at < 32; at += 4) groups.push(parseInt(digits.slice(at, at + 4), 16));
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((g) => g.toString(16)).join(":");
  // RFC 5952 §4.2.2: "::" must not be used to shorten just one 16-bit 0 field.
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i <= groups.length; i++) {
    if (groups[i] === 0) continue;
    if (i - start > best.length) best = { start, length: i - start };
    start = i + 1;
  }
  return best;
}
