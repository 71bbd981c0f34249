import { bitsOf, equalIp, formatIp, type IpAddress, parseIp } from "./address.ts";
import type { IpRange } from "./range.ts";

/** A CIDR prefix, host bits zero. */
export interface Prefix {
  readonly network: IpAddress;
  /** 0 to 32, or 0 to 128. */
  readonly length: number;
}

/**
 * Reads `address/length`. Host bits are masked off, as MetalLB does (`10.0.0.40/24` is `10.0.0.0/24`).
 * A missing or signed length, one with leading zeros, or one past the family's bits is `undefined`.
 */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const address = parseIp(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^(0|[1-9][0-9]{0,2})$/.test(digits)) return undefined;
  const length = Number(digits);
  return length > bitsOf(address.family) ? undefined : prefixOf(address, length);
}

/** The prefix of this length that contains the address. */
export function prefixOf(address: IpAddress, length: number): Prefix {
  const hostBits = BigInt(bitsOf(address.family) - length);
  return {
    network: { family: address.family, value: address.value >> hostBits << hostBits },
    length,
  };
}

/** Writes `network/length`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatIp(prefix.network)}/${prefix.length}`;
}

/** Whether the address lies within the prefix; never across families. */
export function prefixContains(prefix: Prefix, address: IpAddress): boolean {
  return prefix.network.family === address.family &&
    equalIp(prefixOf(address, prefix.length).network, prefix.network);
}

/** All addresses of the prefix, network and broadcast address included. */
export function prefixRange(prefix: Prefix): IpRange {
  const { family, value } = prefix.network;
  const size = 1n << BigInt(bitsOf(family) - prefix.length);
  return { family, first: value, last: value + size - 1n };
}
