import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_NOOP,
} from "./constants.ts";
import { NetlinkError, type Rejection } from "./errors.ts";
import { decodeMessages, decodeRejection, encodeMessages, type Message } from "./message.ts";
import { datagrams } from "./receive.ts";
import type { Transport } from "./transport.ts";

/** What is asked of the kernel. */
export interface Request {
  /** RTM_*. */
  readonly type: number;
  /** NLM_F_* besides NLM_F_REQUEST, NLM_F_ACK and NLM_F_DUMP. */
  readonly flags: number;
  readonly payload: Uint8Array;
}

export interface ConversationOptions {
  /** How long the kernel may be silent while an answer is due. @default 5000 */
  readonly deadlineMs?: number;
}

/** One message's answer: `undefined` is success. */
export type Answer = Rejection | undefined;

/**
 * Messages sent before their ACKs are read. Each ACK takes about 1 KiB of the socket's receive buffer
 * (212,992 bytes unless configured), errors with words a little more.
 */
const IN_FLIGHT = 64;

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
   * Sends the requests, many in one datagram, each to be acknowledged; answers in the same order.
   * When it throws, answers may still be on their way: dispose of the conversation.
   *
   * @throws the signal's reason; SyscallError; Error when the kernel is silent or not to be understood
   */
  async acknowledge(requests: readonly Request[], signal: AbortSignal): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (let at = 0; at < requests.length; at += IN_FLIGHT) {
      answers.push(...await this.#acknowledgeChunk(requests.slice(at, at + IN_FLIGHT), signal));
    }
    return answers;
  }

  /**
   * Asks for a whole table and collects it; asks again when it changed meanwhile (NLM_F_DUMP_INTR).
   * When it throws, answers may still be on their way: dispose of the conversation.
   *
   * @throws NetlinkError when the kernel refuses, in words that begin with `action`
   * @throws the signal's reason; SyscallError; Error when the kernel is silent or not to be understood
   */
  async dump(request: Request, action: string, signal: AbortSignal): Promise<readonly Message[]> {
    for (let attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
      const messages = await this.#dumpOnce(request, action, signal);
      if (messages !== undefined) return messages;
    }
    throw new Error(`Cannot ${action}: the table changed during each of ${DUMP_ATTEMPTS} dumps`);
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
    for await (const message of this.#messages(signal)) {
      const index = message.sequence - first >>> 0;
      if (message.type !== NLMSG_ERROR || index >= requests.length) continue;
      answers.set(index, decodeRejection(message, "error"));
      if (answers.size === requests.length) break;
    }
    return requests.map((_, index) => answers.get(index));
  }

  /** `undefined` when the table changed meanwhile. */
  async #dumpOnce(
    request: Request,
    action: string,
    signal: AbortSignal,
  ): Promise<readonly Message[] | undefined> {
    const sequence = this.#send([request], NLM_F_DUMP);
    const messages: Message[] = [];
    let isInterrupted = false;
    for await (const message of this.#messages(signal)) {
      if (message.sequence !== sequence || message.type === NLMSG_NOOP) continue;
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) isInterrupted = true;
      if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
        const kind = message.type === NLMSG_DONE ? "done" : "error";
        const rejection = decodeRejection(message, kind);
        if (rejection !== undefined) throw new NetlinkError(action, rejection);
        break;
      }
      messages.push(message);
    }
    return isInterrupted ? undefined : messages;
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
  async *#messages(signal: AbortSignal): AsyncGenerator<Message, never, undefined> {
    const options = { deadlineMs: this.#deadlineMs };
    for await (const datagram of datagrams(this.#transport, signal, options)) {
      yield* decodeMessages(datagram);
    }
    signal.throwIfAborted();
    throw new Error("Cannot hear from the kernel: the socket is closed");
  }
}
