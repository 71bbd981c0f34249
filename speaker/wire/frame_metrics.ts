import { Counter, type Registry } from "../../ops/prometheus.ts";

/** What the counters of one protocol are called. */
interface Names {
  readonly sent: string;
  readonly notSent: string;
  readonly received: string;
  readonly dropped: string;
  readonly linkFailures: string;
}

const NAMES: Readonly<Record<"ARP" | "NDP", Names>> = {
  ARP: {
    sent: "lanlord_arp_frames_sent_total",
    notSent: "lanlord_arp_frames_not_sent_total",
    received: "lanlord_arp_frames_received_total",
    dropped: "lanlord_arp_frames_dropped_total",
    linkFailures: "lanlord_arp_link_failures_total",
  },
  NDP: {
    sent: "lanlord_ndp_frames_sent_total",
    notSent: "lanlord_ndp_frames_not_sent_total",
    received: "lanlord_ndp_frames_received_total",
    dropped: "lanlord_ndp_frames_dropped_total",
    linkFailures: "lanlord_ndp_link_failures_total",
  },
};

/** What became of the frames of one protocol. */
export class FrameMetrics {
  readonly #sent: Counter<"kind">;
  readonly #notSent: Counter<"kind">;
  readonly #received: Counter;
  readonly #dropped: Counter<"reason">;
  readonly #linkFailures: Counter<"operation">;

  constructor(registry: Registry, protocol: "ARP" | "NDP") {
    const registers = [registry];
    const names = NAMES[protocol];
    this.#sent = new Counter({
      name: names.sent,
      help: `${protocol} frames sent, by kind`,
      labelNames: ["kind"],
      registers,
    });
    this.#notSent = new Counter({
      name: names.notSent,
      help: `${protocol} frames that the link did not take, by kind`,
      labelNames: ["kind"],
      registers,
    });
    this.#received = new Counter({
      name: names.received,
      help: `${protocol} frames looked at`,
      registers,
    });
    this.#dropped = new Counter({
      name: names.dropped,
      help: `Received ${protocol} frames not looked at, by reason`,
      labelNames: ["reason"],
      registers,
    });
    this.#linkFailures = new Counter({
      name: names.linkFailures,
      help: `Links that could not be opened for ${protocol}, or not read, by operation`,
      labelNames: ["operation"],
      registers,
    });
  }

  sent(kind: string): void {
    this.#sent.inc({ kind });
  }

  notSent(kind: string): void {
    this.#notSent.inc({ kind });
  }

  received(): void {
    this.#received.inc();
  }

  dropped(reason: string): void {
    this.#dropped.inc({ reason });
  }

  linkFailed(operation: "open" | "receive"): void {
    this.#linkFailures.inc({ operation });
  }
}
