import { keyOf } from "../../kube/mod.ts";
import { type ClientMetrics, createClientMetrics } from "../../ops/client_metrics.ts";
import { Counter, Gauge, Histogram, type Registry } from "../../ops/prometheus.ts";
import { FrameMetrics } from "../wire/frame_metrics.ts";
import type { Announced, L2StatusAction } from "./l2_status_plan.ts";
import type { ReleaseReason } from "../ownership/ownership_state.ts";
import { RespondMetrics } from "../respond/respond_metrics.ts";
import type { Verdict } from "./suspicions.ts";

/** The speaker's figures. Series of an address end with its being held. */
export class SpeakerMetrics {
  /** Work with the API. */
  readonly client: ClientMetrics;
  readonly #gratuitous: Counter<"ip">;
  /** Frames by dialect. */
  readonly frames: Readonly<Record<"arp" | "ndp", FrameMetrics>>;
  /** Questions and answers, where the speaker answers itself. */
  readonly respond: RespondMetrics;
  readonly #claims: Counter;
  readonly #releases: Counter<"reason">;
  readonly #conflicts: Counter<"state">;
  readonly #silent: Counter;
  readonly #suspicions: Counter;
  readonly #verdicts: Counter<"verdict">;
  readonly #takeovers: Histogram;
  readonly #kernelWrites: Counter<"operation">;
  readonly #kernelFailures: Counter<"operation">;
  readonly #kernelSkipped: Counter<"operation">;
  readonly #takenAway: Counter<"cause">;
  readonly #stalls: Counter;
  readonly #resyncs: Counter;
  readonly #l2Statuses: Counter<"action" | "outcome">;
  readonly #notEligible: Gauge<"reason">;

  /** @param announced read at each scrape */
  constructor(registry: Registry, node: string, announced: () => Iterable<Announced>) {
    const registers = [registry];
    this.client = createClientMetrics(registry);
    new Gauge({
      name: "metallb_speaker_announced",
      help: "1 for every address that this node announces, by Service",
      labelNames: ["service", "protocol", "node", "ip"],
      registers,
      collect(): void {
        this.reset();
        for (const { key: ip, services } of announced()) {
          for (const service of services) {
            this.set({ service: keyOf(service), protocol: "layer2", node, ip }, 1);
          }
        }
      },
    });
    this.#gratuitous = new Counter({
      name: "metallb_layer2_gratuitous_sent",
      help: "Announcements sent for addresses held now",
      labelNames: ["ip"],
      registers,
    });
    this.#notEligible = new Gauge({
      name: "lanlord_not_eligible",
      help: "Assigned addresses that this node may not hold, by reason",
      labelNames: ["reason"],
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
    // Alerts look for an increase, which needs a series that is there before.
    for (const state of ["held", "wanted"]) this.#conflicts.inc({ state }, 0);
    this.#silent = counter("lanlord_silent_holders_total", "Holders found to answer no more");
    this.#suspicions = counter(
      "lanlord_suspicions_total",
      "Addresses that everybody was asked for, since their holder did not answer in time",
    );
    this.#verdicts = counter(
      "lanlord_suspicions_ended_total",
      "Suspicions that ended, by verdict",
      ["verdict"],
    );
    this.#takeovers = new Histogram({
      name: "lanlord_takeover_seconds",
      help:
        "From the last answer of a node that fell silent to the claim of its address by this node",
      buckets: TAKEOVER_BUCKETS,
      registers,
    });
    this.#kernelWrites = counter(
      "lanlord_kernel_writes_total",
      "Addresses that the kernel bound, renewed, moved or unbound, by operation",
      ["operation"],
    );
    this.#kernelFailures = counter(
      "lanlord_kernel_failures_total",
      "Addresses that the kernel did not bind, renew, move or unbind, by operation",
      ["operation"],
    );
    for (const operation of ["bind", "unbind", "renew", "move"]) {
      this.#kernelFailures.inc({ operation }, 0);
    }
    this.#kernelSkipped = counter(
      "lanlord_kernel_writes_skipped_total",
      "Writes that were not made, since what led to them was over or too long ago, by operation",
      ["operation"],
    );
    this.#takenAway = counter(
      "lanlord_addresses_taken_away_total",
      "Held addresses that somebody else took out of the kernel, by cause",
      ["cause"],
    );
    this.#stalls = counter(
      "lanlord_stalls_total",
      "Times that this process came so late that it does not trust the silence it slept through",
    );
    this.#resyncs = counter(
      "lanlord_netlink_resyncs_total",
      "Times that the kernel had more news than it could deliver, so that all was read anew",
    );
    this.#l2Statuses = counter(
      "lanlord_l2_status_writes_total",
      "ServiceL2Status objects written, by action and outcome",
      ["action", "outcome"],
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

  /** @param counts all of them, by reason */
  notEligible(counts: ReadonlyMap<string, number>): void {
    this.#notEligible.reset();
    for (const [reason, count] of counts) this.#notEligible.set({ reason }, count);
  }

  suspected(): void {
    this.#suspicions.inc();
  }

  suspicionEnded(verdict: Verdict, count = 1): void {
    this.#verdicts.inc({ verdict }, count);
  }

  /** @param ms from the last answer of the silent holder to the claim */
  tookOver(ms: number): void {
    this.#takeovers.observe(ms / 1_000);
  }

  /** What became of one address in one write. */
  kernelWrote(operation: string, outcome: "done" | "failed" | "skipped"): void {
    switch (outcome) {
      case "done":
        return this.#kernelWrites.inc({ operation });
      case "failed":
        return this.#kernelFailures.inc({ operation });
      case "skipped":
        return this.#kernelSkipped.inc({ operation });
      default:
        outcome satisfies never;
    }
  }

  takenAway(cause: "duplicate" | "removed"): void {
    this.#takenAway.inc({ cause });
  }

  stalled(): void {
    this.#stalls.inc();
  }

  resynced(): void {
    this.#resyncs.inc();
  }

  l2StatusWritten(action: L2StatusAction["kind"], outcome: "done" | "failed"): void {
    this.#l2Statuses.inc({ action, outcome });
    if (outcome === "failed") this.client.failed();
  }
}

/** Seconds; fine around the 0.27 s that a crash may last, coarse where something was in the way. */
const TAKEOVER_BUCKETS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 2, 5, 15, 30, 60];
