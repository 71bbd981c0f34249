import type { EmitEvent, ObjectReference } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { SpeakerMetrics } from "./metrics.ts";
import type { ConflictOutcome } from "./ownership_state.ts";
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
  { readonly kind: "claimed" | "released" | "conflict" | "conflict-over" | "silent" }
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
        return this.#onConflict(news.at.key, news.mac, news.outcome);
      case "conflict-over":
        return this.#onConflictOver(news.at.key);
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

  #onConflict(address: string, mac: string, outcome: ConflictOutcome): void {
    const { metrics, log } = this.#deps;
    metrics.conflict(outcome === "not-claimed" ? "wanted" : "held");
    log("warn", "addressConflict", { address, mac, outcome });
    const message = `address ${address} is used by ${mac}, which belongs to no node of ours; ${
      OUTCOMES[outcome]
    }`;
    this.#emitAbout(address, "Warning", "AddressConflict", message);
  }

  #onConflictOver(address: string): void {
    this.#deps.log("info", "addressConflictOver", { address });
    const message = `address ${address} is not seen to be used by anybody else any more`;
    this.#emitAbout(address, "Normal", "AddressConflictOver", message);
  }

  #emitAbout(address: string, type: "Normal" | "Warning", reason: string, message: string): void {
    const { emit, servicesOf } = this.#deps;
    for (const about of servicesOf(address)) emit({ about, type, reason, message });
  }
}

/** What an Event says of each outcome. */
const OUTCOMES: Readonly<Record<ConflictOutcome, string>> = {
  "defended": "this node has announced it once more, and gives it up if that station goes on",
  "released": "this node has given it up, and claims it again when it is free",
  "not-claimed": "it is not announced before it is free",
};
