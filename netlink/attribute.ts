import { NLA_F_NESTED, NLA_TYPE_MASK } from "./constants.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";

/*
 * struct nlattr (linux/netlink.h), in the machine's order:
 *   0 u16 nla_len    header and value, padding left out
 *   2 u16 nla_type   the upper two bits are flags
 */
const HEADER_BYTES = 4;

/** One attribute to be written. */
export interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/**
 * The attributes by type, flags removed from it; of a repeated type the last one counts.
 * Values borrow the memory of `bytes`.
 *
 * @throws RangeError when the bytes end within an attribute, or a length is too small for a header
 */
export function attributesOf(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const view = viewOf(bytes);
  const attributes = new Map<number, Uint8Array>();
  let at = 0;
  // Fewer bytes than a header are padding.
  while (bytes.length - at >= HEADER_BYTES) {
    const length = view.getUint16(at, NATIVE_LITTLE_ENDIAN);
    if (length < HEADER_BYTES || length > bytes.length - at) {
      throw new RangeError(
        `Cannot decode attribute: want a length of ${HEADER_BYTES} to ${
          bytes.length - at
        } bytes, ` +
          `found ${length}`,
      );
    }
    const type = view.getUint16(at + 2, NATIVE_LITTLE_ENDIAN) & NLA_TYPE_MASK;
    attributes.set(type, bytes.subarray(at + HEADER_BYTES, at + length));
    at += align(length);
  }
  return attributes;
}

/** Writes the attributes one after another, each padded to four bytes, behind `header`. */
export function encodeAttributes(
  header: Uint8Array,
  attributes: readonly Attribute[],
): Uint8Array<ArrayBuffer> {
  const size = attributes.reduce((sum, { value }) => sum + align(HEADER_BYTES + value.length), 0);
  const bytes = new Uint8Array(header.length + size);
  const view = viewOf(bytes);
  bytes.set(header);
  let at = header.length;
  for (const { type, value } of attributes) {
    view.setUint16(at, HEADER_BYTES + value.length, NATIVE_LITTLE_ENDIAN);
    view.setUint16(at + 2, type, NATIVE_LITTLE_ENDIAN);
    bytes.set(value, at + HEADER_BYTES);
    at += align(HEADER_BYTES + value.length);
  }
  return bytes;
}

/** An attribute that holds attributes. */
export function nested(type: number, attributes: readonly Attribute[]): Attribute {
  return { type: type | NLA_F_NESTED, value: encodeAttributes(new Uint8Array(0), attributes) };
}

/** A 32-bit value in the machine's order. */
export function uint32(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, value, NATIVE_LITTLE_ENDIAN);
  return bytes;
}

/**
 * Reads a 32-bit value in the machine's order.
 *
 * @throws RangeError when there are fewer than four bytes
 */
export function uint32Of(value: Uint8Array): number {
  if (value.length < 4) {
    throw new RangeError(`Cannot decode 32-bit attribute: need 4 bytes, have ${value.length}`);
  }
  return viewOf(value).getUint32(0, NATIVE_LITTLE_ENDIAN);
}

/**
 * Text with a closing zero, as the kernel keeps names.
 *
 * @throws RangeError when a character is not ASCII
 */
export function ascii(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length + 1);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0 || code > 0x7f) {
      throw new RangeError(`Cannot encode text: want ASCII, found "${text}"`);
    }
    bytes[i] = code;
  }
  return bytes;
}

/** Text up to its first zero, one character for each byte. */
export function asciiOf(value: Uint8Array): string {
  const end = value.indexOf(0);
  return String.fromCharCode(...(end < 0 ? value : value.subarray(0, end)));
}

function align(length: number): number {
  return (length + 3) & ~3;
}
