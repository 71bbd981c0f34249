import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { ObjectReference } from "../../kube/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import { SPEAKER_EVENTS, type SpeakerNote } from "./event_reasons.ts";
import type { History, HistoryNews } from "./history.ts";
import type { SpeakerMetrics } from "./metrics.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";
import type { ConflictOutcome } from "../ownership/ownership_state.ts";
import { type ProxyArpSign, ProxyArpSigns } from "../stranger/proxy_arp_signs.ts";
import type { Place, TableAction } from "../ownership/table_action.ts";
import { Suspicions } from "./suspicions.ts";
import { Takeovers } from "./takeover.ts";
import { Told } from "./told.ts";

export interface BulletinDeps {
  /** This node's name. */
  readonly node: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: SpeakerMetrics;
  readonly history: History;
  readonly emit: (note: SpeakerNote) => void;
  /** The Services that use an address, as far as they are known. */
  readonly servicesOf: (address: string) => readonly ObjectReference[];
  /** What is announced is different. */
  readonly onAnnounced: () => void;
  /** Asks one station whether it answers for an address. */
  readonly ask: (address: IpAddress, linkIndex: number, to: Mac) => void;
}

/** What the table did that people hear of. */
export type News = Extract<
  TableAction,
  { readonly kind: "claimed" | "released" | "conflict" | "conflict-over" | "silent" }
>;

/** Tells people what became of addresses: log, metrics, history, and Events at their Services. */
export class Bulletin {
  readonly #deps: BulletinDeps;
  readonly #told = new Told();
  readonly #takeovers = new Takeovers();
  readonly #suspicions = new Suspicions();
  readonly #proxyArp = new ProxyArpSigns();

  constructor(deps: BulletinDeps) {
    this.#deps = deps;
  }

  /** Hears a packet of somebody else: it ends suspicions, and may be the last answer of a holder. */
  hear(packet: NeighborPacket, now: number): void {
    this.#takeovers.hear(packet, now);
    this.#tellOfProxyArp(this.#proxyArp.hear(packet));
    const verdict = this.#suspicions.hear(packet);
    if (verdict !== undefined) this.#deps.metrics.suspicionEnded(verdict);
  }

  /** Everybody is asked for an address that another station holds. */
  tellSuspected(address: string): void {
    if (this.#suspicions.raise(address)) this.#deps.metrics.suspected();
  }

  /** Tells one thing that the table did. */
  tell(news: News): void {
    const { metrics, log, onAnnounced } = this.#deps;
    switch (news.kind) {
      case "claimed":
        this.#onClaimed(news.at.key);
        return onAnnounced();
      case "released":
        metrics.released(news.at.key, news.reason);
        this.#note(news.at.key, { kind: "released", reason: news.reason });
        this.#told.forget(news.at.key);
        log("info", "released", { address: news.at.key, reason: news.reason });
        return onAnnounced();
      case "conflict":
        this.#onConflict(news.at.key, news.mac, news.outcome);
        return this.#lookForProxyArp(news.at, news.mac);
      case "conflict-over":
        return this.#onConflictOver(news.at.key);
      case "silent":
        return this.#onSilent(news);
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

  /** What an earlier run of this process left in the kernel. */
  tellAdopted(address: string): void {
    this.#note(address, { kind: "adopted" });
  }

  #onClaimed(address: string): void {
    const { metrics, log, clock } = this.#deps;
    metrics.claimed();
    const silentMs = this.#takeovers.claimed(address, clock.now());
    if (silentMs !== undefined) metrics.tookOver(silentMs);
    const verdict = this.#suspicions.claimed(address);
    if (verdict !== undefined) metrics.suspicionEnded(verdict);
    this.#note(address, { kind: "claimed" });
    log("info", "claimed", { address });
    this.tellServices(address, "aloud");
  }

  #onSilent({ node, mac, addresses }: Extract<News, { readonly kind: "silent" }>): void {
    const { metrics, log } = this.#deps;
    metrics.silent();
    metrics.suspicionEnded("silent", this.#suspicions.silent(addresses));
    if (node !== undefined) this.#takeovers.silent(mac, addresses);
    for (const address of addresses) this.#note(address, { kind: "holder-silent", mac, node });
    log("info", "holderSilent", { node, mac, addresses: addresses.length });
  }

  #note(address: string, news: HistoryNews): void {
    const { history, clock } = this.#deps;
    history.note(address, news, clock.now());
  }

  #onConflict(address: string, mac: Mac, outcome: ConflictOutcome): void {
    const { metrics, log } = this.#deps;
    metrics.conflict(outcome === "not-claimed" ? "wanted" : "held");
    this.#note(address, { kind: "conflict", mac, outcome });
    log("warn", "addressConflict", { address, mac, outcome });
    const message = `address ${address} is used by ${mac}, which belongs to no node of ours; ${
      OUTCOMES[outcome]
    }`;
    this.#emitAbout(address, "AddressConflict", message);
  }

  #lookForProxyArp({ key, address, linkIndex }: Place, mac: Mac): void {
    this.#tellOfProxyArp(this.#proxyArp.note(mac, key));
    const question = this.#proxyArp.questionFor(mac, address.family);
    if (question !== undefined) this.#deps.ask(question, linkIndex, mac);
  }

  #tellOfProxyArp(sign: ProxyArpSign | undefined): void {
    if (sign !== undefined) this.#deps.log("warn", "looksLikeProxyArp", { ...sign, cure: CURE });
  }

  #onConflictOver(address: string): void {
    this.#note(address, { kind: "conflict-over" });
    this.#deps.log("info", "addressConflictOver", { address });
    const message = `address ${address} is not seen to be used by anybody else any more`;
    this.#emitAbout(address, "AddressConflictOver", message);
  }

  #emitAbout(address: string, reason: SpeakerNote["reason"], message: string): void {
    const { emit, servicesOf } = this.#deps;
    const { type } = SPEAKER_EVENTS[reason];
    for (const about of servicesOf(address)) emit({ about, type, reason, message });
  }
}

/** Where a router answers for every address. */
const CURE = "if it is a router, start every speaker with --on-stranger ignore";

/** What an Event says of each outcome. */
const OUTCOMES: Readonly<Record<ConflictOutcome, string>> = {
  "defended": "this node has announced it once more, and gives it up if that station goes on",
  "released": "this node has given it up, and claims it again when it is free",
  "not-claimed": "it is not announced before it is free",
};
