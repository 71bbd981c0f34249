/** Answers on one link, in one family, for what is held there. Mutable, free of I/O: it returns what is to be done. */
import { formatIp, type IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { type Attention, maySpeak, startAttention, stepAttention } from "./attention.ts";
import type { Dialect, Sender } from "../wire/dialect.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";
import { respond, type RespondDropReason } from "./respond.ts";
import type { Timings } from "../ownership/timings.ts";

export interface ResponderOptions {
  readonly dialect: Dialect;
  readonly timings: Timings;
  /** Whether the address is held on this link, now. */
  readonly holds: (address: IpAddress) => boolean;
}

/** What a responder wants done, in this order. */
export type ResponderAction =
  /** Somebody asked for a held address. */
  | { readonly kind: "asked"; readonly address: string }
  | { readonly kind: "reply"; readonly address: string; readonly frame: Uint8Array<ArrayBuffer> }
  | { readonly kind: "drop"; readonly reason: RespondDropReason | "too-many" }
  /** It was silent for too long: `address`, or all that is held on the link where absent, is held no longer. */
  | { readonly kind: "lapse"; readonly address: string | undefined };

interface Question {
  readonly packet: NeighborPacket;
  readonly destination: Mac;
}

/** Questions that are kept while it looks. */
const QUESTIONS_KEPT = 256;

export class Responder {
  readonly #options: ResponderOptions;
  #attention: Attention;
  readonly #kept = new Map<string, Question>();

  constructor(options: ResponderOptions, now: number) {
    this.#options = options;
    this.#attention = startAttention(now);
  }

  /** Whether an answer or an announcement may be sent. Ask directly before. */
  maySpeak(now: number): boolean {
    return maySpeak(this.#attention, now, this.#options.timings);
  }

  /**
   * A packet of another station was read. While this looks, whoever uses a held address has it, whatever its rank:
   * it was taken in our silence.
   *
   * @param destination of the Ethernet frame that it came in
   */
  hear(
    packet: NeighborPacket,
    destination: Mac,
    face: Sender,
    now: number,
  ): readonly ResponderAction[] {
    const actions = this.#step({ kind: "read" }, face, now);
    if (this.maySpeak(now)) return [...actions, ...this.#answer({ packet, destination }, face)];
    if (this.#options.holds(packet.senderIp)) {
      actions.push({ kind: "lapse", address: formatIp(packet.senderIp) });
    }
    return [...actions, ...this.#keep({ packet, destination }, face)];
  }

  /** Nothing waited unread at `at`, read from the clock before the look that found nothing. */
  caughtUp(at: number, face: Sender, now: number): readonly ResponderAction[] {
    return this.#step({ kind: "caught-up", at }, face, now);
  }

  #step(
    event: Parameters<typeof stepAttention>[1],
    face: Sender,
    now: number,
  ): ResponderAction[] {
    const [attention, actions] = stepAttention(this.#attention, event, now, this.#options.timings);
    this.#attention = attention;
    return actions.flatMap(({ kind }): readonly ResponderAction[] =>
      kind === "give-up" ? [{ kind: "lapse", address: undefined }] : this.#answerKept(face)
    );
  }

  #answerKept(face: Sender): readonly ResponderAction[] {
    const questions = [...this.#kept.values()];
    this.#kept.clear();
    return questions.flatMap((question) => this.#answer(question, face));
  }

  #answer({ packet, destination }: Question, face: Sender): readonly ResponderAction[] {
    const frame = respond(packet, destination, { ...this.#options, face });
    if (typeof frame === "string") return [{ kind: "drop", reason: frame }];
    const address = formatIp(packet.targetIp);
    return [{ kind: "asked", address }, { kind: "reply", address, frame }];
  }

  #keep(question: Question, face: Sender): readonly ResponderAction[] {
    const { packet, destination } = question;
    const frame = respond(packet, destination, { ...this.#options, face });
    if (typeof frame === "string") return [{ kind: "drop", reason: frame }];
    if (this.#kept.size >= QUESTIONS_KEPT) return [{ kind: "drop", reason: "too-many" }];
    // Asked again and again meanwhile, it is answered once.
    const { senderMac, senderIp, targetIp } = packet;
    this.#kept.set(`${senderMac} ${formatIp(senderIp)} ${formatIp(targetIp)}`, question);
    return [];
  }
}
