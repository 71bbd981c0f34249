import type { EmitEvent, ObjectReference } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { SpeakerMetrics } from "./metrics.ts";
import type { TableAction } from "./table_action.ts";
import { Told } from "./told.ts";

export interface BulletinDeps {
  /** This node's name. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: SpeakerMetrics;
  readonly emit: EmitEvent;
  /** The Services that use an address, as far as they are known. */
  readonly servicesOf: (address: string) => readonly ObjectReference[];
}

/** What the table did that people hear of. */
export type News = Extract<
  TableAction,
  { readonly kind: "claimed" | "released" | "conflict" | "silent" }
>;

/** Tells people what became of addresses: log, metrics, and Events at their Services. */
export class Bulletin {
  readonly #deps: BulletinDeps;
  readonly #told = new Told();

  constructor(deps: BulletinDeps) {
    this.#deps = deps;
  }

  /** Tells one thing that the table did. */
  tell(news: News): void {
    const { metrics, log } = this.#deps;
    switch (news.kind) {
      case "claimed":
        metrics.claimed();
        log("info", "claimed", { address: news.at.key });
        return this.tellServices(news.at.key, "aloud");
      case "released":
        metrics.released(news.at.key, news.reason);
        this.#told.forget(news.at.key);
        return log("info", "released", { address: news.at.key, reason: news.reason });
      case "conflict":
        return this.#onConflict(news.at.key, news.mac, news.held);
      case "silent": {
        const { node, mac, count } = news;
        metrics.silent();
        return log("info", "holderSilent", { node, mac, addresses: count });
      }
      default:
        news satisfies never;
    }
  }

  /** One Event for each Service of a held address, once; `silently` only notes that they know. */
  tellServices(address: string, how: "aloud" | "silently"): void {
    const { node, clock, emit, servicesOf } = this.#deps;
    const now = clock.now();
    const message = `announcing from node "${node}"`;
    for (const about of servicesOf(address)) {
      if (!this.#told.note(address, about.uid, now) || how === "silently") continue;
      emit({ about, type: "Normal", reason: "nodeAssigned", message });
    }
  }

  #onConflict(address: string, mac: string, held: boolean): void {
    const { metrics, log, emit, servicesOf } = this.#deps;
    metrics.conflict(held ? "held" : "wanted");
    log("warn", "addressConflict", { address, mac, held });
    const message = `address ${address} is used by ${mac}, which belongs to no node of ours` +
      (held ? "; this node keeps announcing it" : "; it is not announced");
    for (const about of servicesOf(address)) {
      emit({ about, type: "Warning", reason: "AddressConflict", message });
    }
  }
}
