import { Counter, Gauge, type Registry } from "../ops/prometheus.ts";
import { FrameMetrics } from "./frame_metrics.ts";
import type { ReleaseReason } from "./ownership_state.ts";
import { RespondMetrics } from "./respond_metrics.ts";

/** One held address, as the gauge shows it. */
export interface AnnouncedSeries {
  readonly service: string;
  readonly ip: string;
}

/** The speaker's figures. Series of an address end with its being held. */
export class SpeakerMetrics {
  readonly #gratuitous: Counter<"ip">;
  /** Frames by dialect. */
  readonly frames: Readonly<Record<"arp" | "ndp", FrameMetrics>>;
  /** Questions and answers, where the speaker answers itself. */
  readonly respond: RespondMetrics;
  readonly #claims: Counter;
  readonly #releases: Counter<"reason">;
  readonly #conflicts: Counter<"state">;
  readonly #silent: Counter;
  readonly #kernel: Counter<"operation">;

  /** @param announced read at each scrape */
  constructor(registry: Registry, node: string, announced: () => Iterable<AnnouncedSeries>) {
    const registers = [registry];
    new Gauge({
      name: "metallb_speaker_announced",
      help: "1 for every address that this node announces, by Service",
      labelNames: ["service", "protocol", "node", "ip"],
      registers,
      collect(): void {
        this.reset();
        for (const { service, ip } of announced()) {
          this.set({ service, protocol: "layer2", node, ip }, 1);
        }
      },
    });
    this.#gratuitous = new Counter({
      name: "metallb_layer2_gratuitous_sent",
      help: "Announcements sent for addresses held now",
      labelNames: ["ip"],
      registers,
    });
    const counter = <Label extends string>(
      name: string,
      help: string,
      labelNames: readonly Label[] = [],
    ): Counter<Label> => new Counter({ name, help, labelNames: [...labelNames], registers });
    this.frames = {
      arp: new FrameMetrics(registry, "ARP"),
      ndp: new FrameMetrics(registry, "NDP"),
    };
    this.respond = new RespondMetrics(registry);
    this.#claims = counter("lanlord_claims_total", "Addresses claimed by this node");
    this.#releases = counter(
      "lanlord_releases_total",
      "Addresses given up by this node, by reason",
      ["reason"],
    );
    this.#conflicts = counter(
      "lanlord_conflicts_total",
      "Strangers that used an address, by whether this node held it",
      ["state"],
    );
    this.#silent = counter("lanlord_silent_holders_total", "Holders found to answer no more");
    this.#kernel = counter(
      "lanlord_kernel_failures_total",
      "Addresses that the kernel did not bind, renew or unbind, by operation",
      ["operation"],
    );
  }

  announced(ip: string): void {
    this.#gratuitous.inc({ ip });
  }

  claimed(): void {
    this.#claims.inc();
  }

  released(ip: string, reason: ReleaseReason): void {
    this.#releases.inc({ reason });
    this.#gratuitous.remove({ ip });
    this.respond.released(ip);
  }

  conflict(state: "held" | "wanted"): void {
    this.#conflicts.inc({ state });
  }

  silent(): void {
    this.#silent.inc();
  }

  kernelFailed(operation: string): void {
    this.#kernel.inc({ operation });
  }
}
