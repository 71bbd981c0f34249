import { Counter, type Registry } from "../../ops/prometheus.ts";

/** What became of questions, where this process answers them. Series of an address end with its being held. */
export class RespondMetrics {
  readonly #asked: Counter<"ip">;
  readonly #answered: Counter<"ip">;
  readonly #dropped: Counter<"reason">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#asked = new Counter({
      name: "metallb_layer2_requests_received",
      help: "Questions for addresses held now, where the speaker answers them itself",
      labelNames: ["ip"],
      registers,
    });
    this.#answered = new Counter({
      name: "metallb_layer2_responses_sent",
      help: "Answers for addresses held now, where the speaker sends them itself",
      labelNames: ["ip"],
      registers,
    });
    this.#dropped = new Counter({
      name: "lanlord_respond_dropped_total",
      help: "Packets that the speaker did not answer, by reason",
      labelNames: ["reason"],
      registers,
    });
  }

  asked(ip: string): void {
    this.#asked.inc({ ip });
  }

  answered(ip: string): void {
    this.#answered.inc({ ip });
  }

  dropped(reason: string): void {
    this.#dropped.inc({ reason });
  }

  /** The address is not held any more. */
  released(ip: string): void {
    this.#asked.remove({ ip });
    this.#answered.remove({ ip });
  }
}
