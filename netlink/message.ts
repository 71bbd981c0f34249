import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLMSGERR_ATTR_MSG,
  NLMSGERR_ATTR_OFFS,
} from "./constants.ts";
import { asciiOf, attributesOf, uint32Of } from "./attribute.ts";
import type { Rejection } from "./errors.ts";
import { NATIVE_LITTLE_ENDIAN, viewOf } from "./native.ts";

/*
 * struct nlmsghdr (linux/netlink.h), in the machine's order:
 *   0 u32 nlmsg_len    header and payload, padding left out
 *   4 u16 nlmsg_type
 *   6 u16 nlmsg_flags
 *   8 u32 nlmsg_seq
 *  12 u32 nlmsg_pid
 */
const HEADER_BYTES = 16;
const ALIGNMENT = 4;

/** One netlink message. */
export interface Message {
  /** NLMSG_* or RTM_*. */
  readonly type: number;
  /** NLM_F_* bits. */
  readonly flags: number;
  /** Pairs an answer with its request. */
  readonly sequence: number;
  /** The socket it is for (0: the kernel). */
  readonly portId: number;
  /** What follows the header, padding left out. */
  readonly payload: Uint8Array;
}

/** Writes the messages one after another, each padded to four bytes, as one datagram. */
export function encodeMessages(messages: readonly Message[]): Uint8Array<ArrayBuffer> {
  const sizes = messages.map((message) => align(HEADER_BYTES + message.payload.length));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  const view = viewOf(bytes);
  let at = 0;
  for (const [i, message] of messages.entries()) {
    view.setUint32(at, HEADER_BYTES + message.payload.length, NATIVE_LITTLE_ENDIAN);
    view.setUint16(at + 4, message.type, NATIVE_LITTLE_ENDIAN);
    view.setUint16(at + 6, message.flags, NATIVE_LITTLE_ENDIAN);
    view.setUint32(at + 8, message.sequence, NATIVE_LITTLE_ENDIAN);
    view.setUint32(at + 12, message.portId, NATIVE_LITTLE_ENDIAN);
    bytes.set(message.payload, at + HEADER_BYTES);
    at += sizes[i] ?? 0;
  }
  return bytes;
}

/**
 * Reads all messages of one datagram; their payloads borrow its memory.
 *
 * @throws RangeError when the datagram ends within a message, or a length is too small for a header
 */
export function decodeMessages(datagram: Uint8Array): readonly Message[] {
  const view = viewOf(datagram);
  const messages: Message[] = [];
  let at = 0;
  while (at < datagram.length) {
    const left = datagram.length - at;
    if (left < HEADER_BYTES) {
      throw new RangeError(
        `Cannot decode netlink header: need ${HEADER_BYTES} bytes, have ${left}`,
      );
    }
    const length = view.getUint32(at, NATIVE_LITTLE_ENDIAN);
    if (length < HEADER_BYTES || length > left) {
      throw new RangeError(
        `Cannot decode netlink message: want a length of ${HEADER_BYTES} to ${left} bytes, ` +
          `found ${length}`,
      );
    }
    messages.push({
      type: view.getUint16(at + 4, NATIVE_LITTLE_ENDIAN),
      flags: view.getUint16(at + 6, NATIVE_LITTLE_ENDIAN),
      sequence: view.getUint32(at + 8, NATIVE_LITTLE_ENDIAN),
      portId: view.getUint32(at + 12, NATIVE_LITTLE_ENDIAN),
      payload: datagram.subarray(at + HEADER_BYTES, at + length),
    });
    at += align(length);
  }
  return messages;
}

/**
 * What an NLMSG_ERROR or an NLMSG_DONE says: `undefined` is success (an ACK, a complete dump).
 * An NLMSG_ERROR repeats the request, only its header where NLM_F_CAPPED is set; then come the attributes
 * of the extended ACK, where NLM_F_ACK_TLVS is set.
 *
 * @throws RangeError when the message ends before its error number, or within an attribute
 */
export function decodeRejection(
  message: Message,
  kind: "error" | "done",
): Rejection | undefined {
  const { payload, flags } = message;
  if (payload.length < 4) {
    if (kind === "done") return undefined;
    throw new RangeError(`Cannot decode netlink error: need 4 bytes, have ${payload.length}`);
  }
  const view = viewOf(payload);
  const errno = -view.getInt32(0, NATIVE_LITTLE_ENDIAN);
  if (errno <= 0) return undefined;
  if ((flags & NLM_F_ACK_TLVS) === 0) return { errno, detail: undefined, offset: undefined };
  const attributes = attributesOf(payload.subarray(kind === "done" ? 4 : tlvStart(view, flags)));
  const text = attributes.get(NLMSGERR_ATTR_MSG);
  const offset = attributes.get(NLMSGERR_ATTR_OFFS);
  return {
    errno,
    detail: text && asciiOf(text),
    offset: offset && uint32Of(offset),
  };
}

function tlvStart(view: DataView, flags: number): number {
  const headerEnd = 4 + HEADER_BYTES;
  if ((flags & NLM_F_CAPPED) !== 0 || view.byteLength < headerEnd) return headerEnd;
  return 4 + align(view.getUint32(4, NATIVE_LITTLE_ENDIAN));
}

function align(length: number): number {
  return (length + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}
