import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from "./constants.ts";
import { NetlinkError, type Rejection } from "./errors.ts";
import { decodeMessages, decodeRejection, encodeMessages, type Message } from "./message.ts";
import { datagrams, eventLoopTurn } from "./receive.ts";
import type { Transport } from "./transport.ts";

/** What is asked of the kernel. */
export interface Request {
  /** RTM_*. */
  readonly type: number;
  /** NLM_F_* besides NLM_F_REQUEST, NLM_F_ACK and NLM_F_DUMP. */
  readonly flags: number;
  readonly payload: Uint8Array;
}

/** A table to be listed. */
export interface DumpRequest<T> extends Request {
  /** What is asked for, for messages to people: `list links`. */
  readonly action: string;
  /** Reads one message of the answer; `undefined` leaves it out. */
  readonly decode: (message: Message) => T | undefined;
}

export interface ConversationOptions {
  /** How long the kernel may be silent while an answer is due. @default 5000 */
  readonly deadlineMs?: number;
}

/** One message's answer: `undefined` is success. */
export type Answer = Rejection | undefined;

/**
 * Messages in one datagram, sent before their ACKs are read. The kernel works them off during the system call
 * (about 250 µs each on a link with 10,000 addresses), so this bounds how long the process stands still; and
 * each ACK takes about 1 KiB of the socket's receive buffer (212,992 bytes unless configured).
 */
const IN_FLIGHT = 16;

/** A dump that changes under way is asked for again this many times. */
const DUMP_ATTEMPTS = 10;

/** Requests and their answers, one at a time, over a transport that it owns. */
export class Conversation implements Disposable {
  readonly #transport: Transport;
  readonly #deadlineMs: number;
  #sequence = 0;

  /** Takes over the transport. */
  constructor(transport: Transport, options: ConversationOptions = {}) {
    this.#transport = transport;
    this.#deadlineMs = options.deadlineMs ?? 5000;
  }

  /**
   * Makes a request of each item and sends them, many in one datagram, each to be acknowledged.
   * Answers are in the order of the items.
   * When it throws, answers may still be on their way: dispose of the conversation.
   *
   * @throws the signal's reason; SyscallError; Error when the kernel is silent or not to be understood
   */
  async acknowledge<T>(
    items: readonly T[],
    request: (item: T) => Request,
    signal: AbortSignal,
  ): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (let at = 0; at < items.length; at += IN_FLIGHT) {
      if (at > 0) await eventLoopTurn();
      const requests = items.slice(at, at + IN_FLIGHT).map(request);
      answers.push(...await this.#acknowledgeChunk(requests, signal));
    }
    return answers;
  }

  /**
   * Asks for a whole table and collects what `decode` makes of each message; leaves out `undefined`.
   * Asks again when the table changed meanwhile (NLM_F_DUMP_INTR).
   * When it throws, answers may still be on their way: dispose of the conversation.
   *
   * @throws NetlinkError when the kernel refuses, in words that begin with `action`
   * @throws the signal's reason; SyscallError; Error when the kernel is silent or not to be understood
   */
  async dump<T>(request: DumpRequest<T>, signal: AbortSignal): Promise<readonly T[]> {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const values = await this.#dumpOnce(request, signal);
      if (values !== undefined) return values;
    }
    throw new Error(
      `Cannot ${request.action}: the table changed during each of ${DUMP_ATTEMPTS} dumps`,
    );
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }

  async #acknowledgeChunk(
    requests: readonly Request[],
    signal: AbortSignal,
  ): Promise<readonly Answer[]> {
    const first = this.#send(requests, NLM_F_ACK);
    const answers = new Map<number, Answer>();
    for await (const message of this.#messages(signal, IN_FLIGHT)) {
      const index = message.sequence - first >>> 0;
      if (message.type !== NLMSG_ERROR || index >= requests.length) continue;
      answers.set(index, decodeRejection(message, "error"));
      if (answers.size === requests.length) break;
    }
    return requests.map((_, index) => answers.get(index));
  }

  /** `undefined` when the table changed meanwhile. */
  async #dumpOnce<T>(
    request: DumpRequest<T>,
    signal: AbortSignal,
  ): Promise<readonly T[] | undefined> {
    const sequence = this.#send([request], NLM_F_DUMP);
    const values: T[] = [];
    let isInterrupted = false;
    // One datagram of a dump is up to 32 KiB, milliseconds of work.
    for await (const message of this.#messages(signal, 1)) {
      if (message.sequence !== sequence) continue;
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) isInterrupted = true;
      if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
        const kind = message.type === NLMSG_DONE ? "done" : "error";
        const rejection = decodeRejection(message, kind);
        if (rejection !== undefined) throw new NetlinkError(request.action, rejection);
        break;
      }
      const value = request.decode(message);
      if (value !== undefined) values.push(value);
    }
    return isInterrupted ? undefined : values;
  }

  /** Sends all in one datagram, and tells the first one's sequence number; the others follow it. */
  #send(requests: readonly Request[], flags: number): number {
    const first = this.#sequence + 1 >>> 0;
    this.#transport.send(encodeMessages(requests.map((request, i) => ({
      type: request.type,
      flags: request.flags | flags | NLM_F_REQUEST,
      sequence: first + i >>> 0,
      portId: 0,
      payload: request.payload,
    }))));
    this.#sequence = first + requests.length - 1 >>> 0;
    return first;
  }

  /** Messages as they come; never ends by itself: it throws when nothing more can come. */
  async *#messages(
    signal: AbortSignal,
    batch: number,
  ): AsyncGenerator<Message, never, undefined> {
    const options = { deadlineMs: this.#deadlineMs, batch };
    for await (const datagram of datagrams(this.#transport, signal, options)) {
      yield* decodeMessages(datagram);
    }
    signal.throwIfAborted();
    throw new Error("Cannot hear from the kernel: the socket is closed");
  }
}
