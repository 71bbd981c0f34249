import { formatIp } from "../ip/address.ts";
import { decodeAddress, encodeAddress } from "./address.ts";
import { ascii, encodeAttributes, uint32 } from "./attribute.ts";
import {
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_CREATE,
  NLM_F_MULTI,
  NLM_F_REPLACE,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSGERR_ATTR_MSG,
  RTM_DELADDR,
  RTM_GETADDR,
  RTM_GETLINK,
  RTM_NEWADDR,
  RTM_NEWLINK,
} from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { encodeLink } from "./link.ts";
import { decodeMessages, encodeMessages, type Message } from "./message.ts";
import type { Transport } from "./transport.ts";
import type { InterfaceAddress, Link } from "./values.ts";

/** What a scripted kernel does next: answers with a datagram, or makes `receive` throw. */
export type Reply = Uint8Array<ArrayBuffer> | Error;

/** A transport whose kernel is a function of each message sent. */
export class FakeTransport implements Transport {
  readonly #script: (request: Message) => readonly Reply[];
  readonly #queue: Reply[] = [];
  readonly #waiting = new Set<() => void>();
  isClosed = false;
  /** The datagrams sent so far, each decoded. */
  readonly sent: (readonly Message[])[] = [];

  constructor(script: (request: Message) => readonly Reply[] = () => []) {
    this.#script = script;
  }

  send(datagram: Uint8Array<ArrayBuffer>): void {
    const messages = decodeMessages(datagram.slice());
    this.sent.push(messages);
    this.hear(...messages.flatMap((message) => this.#script(message)));
  }

  /** Says something unasked. */
  hear(...replies: readonly Reply[]): void {
    this.#queue.push(...replies);
    if (replies.length > 0) this.#wake();
  }

  receive(): Uint8Array<ArrayBuffer> | undefined {
    const reply = this.isClosed ? undefined : this.#queue.shift();
    if (reply instanceof Error) throw reply;
    return reply;
  }

  readable(signal: AbortSignal): Promise<void> {
    if (this.#queue.length > 0 || this.isClosed || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  [Symbol.dispose](): void {
    this.isClosed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** The part of a kernel that `Route` talks to: given links, and addresses that come and go by request. */
export class FakeKernel {
  readonly #links: readonly Link[];
  readonly #addresses = new Map<string, InterfaceAddress>();

  constructor(links: readonly Link[]) {
    this.#links = links;
  }

  /** A transport to this kernel. */
  open(): FakeTransport {
    return new FakeTransport((request) => this.#answer(request));
  }

  #answer(request: Message): readonly Reply[] {
    switch (request.type) {
      case RTM_GETLINK:
        return dumpReply(request, RTM_NEWLINK, this.#links.map(encodeLink));
      case RTM_GETADDR:
        return dumpReply(request, RTM_NEWADDR, [...this.#addresses.values()].map(encodeAddress));
      case RTM_NEWADDR:
        return [this.#add(request)];
      case RTM_DELADDR:
        return [this.#delete(request)];
      default:
        return [errorReply(request, ERRNO.EOPNOTSUPP)];
    }
  }

  #add(request: Message): Reply {
    const address = decodeAddress(request.payload);
    if (address === undefined) return errorReply(request, ERRNO.EAFNOSUPPORT);
    if (!this.#hasLink(address)) return errorReply(request, ERRNO.ENODEV, "Device not found");
    if (address.validSeconds === 0) {
      return errorReply(request, ERRNO.EINVAL, "address lifetime invalid");
    }
    const known = this.#addresses.get(keyOf(address));
    const isAllowed = (request.flags & (known ? NLM_F_REPLACE : NLM_F_CREATE)) !== 0;
    if (!isAllowed) return errorReply(request, ERRNO.EEXIST);
    const { flags, label } = address.address.family === "IPv4" ? known ?? address : address;
    this.#addresses.set(keyOf(address), { ...address, flags, label });
    return errorReply(request, 0);
  }

  #delete(request: Message): Reply {
    const address = decodeAddress(request.payload);
    if (address === undefined) return errorReply(request, ERRNO.EAFNOSUPPORT);
    if (!this.#hasLink(address)) return errorReply(request, ERRNO.ENODEV, "Device not found");
    const isGone = this.#addresses.delete(keyOf(address));
    return isGone
      ? errorReply(request, 0)
      : errorReply(request, ERRNO.EADDRNOTAVAIL, "Address not found");
  }

  #hasLink(address: InterfaceAddress): boolean {
    return this.#links.some((link) => link.index === address.linkIndex);
  }
}

/** An NLMSG_ERROR as with NETLINK_CAP_ACK and NETLINK_EXT_ACK; 0 is an ACK. */
export function errorReply(
  request: Message,
  errno: number,
  text?: string,
): Uint8Array<ArrayBuffer> {
  const header = encodeMessages([{ ...request, payload: new Uint8Array(0) }]);
  const tlvs = text === undefined ? [] : [{ type: NLMSGERR_ATTR_MSG, value: ascii(text) }];
  const payload = encodeAttributes(Uint8Array.from([...uint32(-errno), ...header]), tlvs);
  const flags = NLM_F_CAPPED | (text === undefined ? 0 : NLM_F_ACK_TLVS);
  return reply(request, NLMSG_ERROR, flags, payload);
}

/** A dump: one datagram for each payload, then NLMSG_DONE. */
export function dumpReply(
  request: Message,
  type: number,
  payloads: readonly Uint8Array[],
): readonly Uint8Array<ArrayBuffer>[] {
  return [
    ...payloads.map((payload) => reply(request, type, NLM_F_MULTI, payload)),
    reply(request, NLMSG_DONE, NLM_F_MULTI, uint32(0)),
  ];
}

/** One message that answers the request. */
export function reply(
  request: Message,
  type: number,
  flags: number,
  payload: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encodeMessages([{ type, flags, sequence: request.sequence, portId: 1234, payload }]);
}

/** Bytes written in hexadecimal, one field on a line; `#` starts a comment. */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replaceAll(/#.*/g, "").replaceAll(/\s/g, "");
  return Uint8Array.from(digits.match(/../g) ?? [], (octet) => parseInt(octet, 16));
}

function keyOf(address: InterfaceAddress): string {
  return `${address.linkIndex} ${formatIp(address.address)}/${address.prefixLength}`;
}
