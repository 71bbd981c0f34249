/**
 * The addresses that strangers use, as this node tells the leader of them. Hears what the ownership of each
 * address says, and goes on looking after the addresses that this node may not hold any more. Mutable, but
 * free of I/O: every method takes the time, and tells by `onChange` when there is something new to tell.
 */
import type { ConflictReport } from "../config/presence.ts";
import { type Family, formatIp, type IpAddress } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";
import { formatTime } from "../kube/patch.ts";
import {
  type ConflictEvent,
  type ConflictTimings,
  type ConflictWatch,
  conflictWakeAt,
  DEFAULT_CONFLICT_TIMINGS,
  type Instant,
  resumeWatch,
  watchStep,
} from "./conflict_watch.ts";
import type { LocalInterface } from "./interfaces.ts";
import { LinkTrust } from "./link_trust.ts";
import { isProbe, type NeighborPacket } from "./neighbor.ts";
import type { ConflictOutcome } from "./ownership_state.ts";
import { placeOf } from "./standing.ts";
import type { Place, TableAction } from "./table_action.ts";
import { TimerQueue } from "./timer_queue.ts";

export interface ConflictBookOptions {
  /** This node's name. */
  readonly node: string;
  /** @default DEFAULT_CONFLICT_TIMINGS */
  readonly timings?: ConflictTimings;
  /** How long silence means nothing on a link that was found up, or came up, in ms. */
  readonly doubtMs: { readonly found: number; readonly up: number };
  /** What `reports` gives may be different. */
  readonly onChange: () => void;
}

/** A stranger was met, as the ownership of an address has it. */
export interface Encounter {
  readonly at: Place;
  readonly mac: Mac;
  readonly outcome: ConflictOutcome;
  /** The nodes that may hold the address, the first in rank first. */
  readonly order: readonly string[];
}

/**
 * Of the nodes that may hold an address the first so many tell of a stranger on it, besides one that had to
 * give it up: of a thousand nodes that all see the same, a thousand need not write it down.
 */
const REPORTERS = 3;

/** At most so many addresses are looked after; the oldest conflict is forgotten first. */
const ENTRIES_MAX = 256;

interface Entry {
  readonly address: IpAddress;
  /** Its name, which outlives a restart. */
  readonly interface: string;
  readonly watch: ConflictWatch;
}

export class ConflictBook {
  readonly #options: ConflictBookOptions;
  readonly #timings: ConflictTimings;
  readonly #entries = new Map<string, Entry>();
  readonly #timers = new TimerQueue<string>();
  readonly #trust = new LinkTrust();
  #faces: ReadonlyMap<string, LocalInterface> = new Map();
  #nodeOfMac: ReadonlyMap<Mac, string> = new Map();

  constructor(options: ConflictBookOptions) {
    this.#options = options;
    this.#timings = options.timings ?? DEFAULT_CONFLICT_TIMINGS;
  }

  /** The node's interfaces as they are now; `found` when this process began, on which silence is doubted. */
  useFaces(faces: readonly LocalInterface[], now: number): void {
    for (const { name, index, hasCarrier } of faces) {
      if (!hasCarrier || this.#faces.get(name)?.hasCarrier === true) continue;
      const { found, up } = this.#options.doubtMs;
      this.#trust.doubt(index, now + (this.#faces.size === 0 ? found : up));
    }
    this.#faces = new Map(faces.map((face) => [face.name, face]));
  }

  /** Who the nodes are. */
  learn(nodeOfMac: ReadonlyMap<Mac, string>): void {
    this.#nodeOfMac = nodeOfMac;
  }

  /** Goes on with what an earlier run of this process told. */
  resume(reports: readonly ConflictReport[], at: Instant): void {
    for (const { address, mac, interface: face, since, over } of reports) {
      const key = formatIp(address);
      const [begun, ended] = [Date.parse(since), over === undefined ? undefined : Date.parse(over)];
      if (this.#entries.has(key) || Number.isNaN(begun) || Number.isNaN(ended ?? 0)) continue;
      const watch = resumeWatch({ mac, since: begun, over: ended }, at, this.#timings);
      this.#put(key, { address, interface: face, watch });
    }
    this.#options.onChange();
  }

  /** The ownership of an address met a stranger. */
  onConflict({ at: place, mac, outcome, order }: Encounter, at: Instant): void {
    // It still answers for it: told when it does not.
    if (outcome === "defended") return;
    const face = this.#nameOf(place.linkIndex);
    if (face === undefined) return;
    if (!this.#entries.has(place.key) && !this.#isReporter(outcome, order)) return;
    const { key, address } = place;
    this.#apply(key, { address, interface: face }, { kind: "conflict", mac }, at);
  }

  /** The ownership of an address says that it is over: `unwanted` where it does not look any more. */
  onConflictOver(key: string, kind: "free" | "unwanted", at: Instant): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#apply(key, entry, { kind }, at);
  }

  /** A packet of another station came in on a link. */
  onPacket(packet: NeighborPacket, linkIndex: number, at: Instant): void {
    this.#trust.hear(linkIndex);
    if (this.#entries.size === 0 || isProbe(packet)) return;
    const key = formatIp(packet.senderIp);
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#faces.get(entry.interface)?.index !== linkIndex) return;
    const by = this.#nodeOfMac.has(packet.senderMac) ? "node" : "stranger";
    this.#apply(key, entry, { kind: "answered", mac: packet.senderMac, by }, at);
  }

  /** A link did not take a question. */
  onNotAsked(linkIndex: number, now: number): void {
    this.#trust.distrust(linkIndex, now + this.#timings.askEveryMs);
  }

  /** Serves what is due, and returns the questions to send. */
  wake(at: Instant): readonly Extract<TableAction, { kind: "probe" }>[] {
    this.#trust.expire(at.now);
    const probes: Extract<TableAction, { kind: "probe" }>[] = [];
    for (let key = this.#timers.pop(at.now); key !== undefined; key = this.#timers.pop(at.now)) {
      const entry = this.#entries.get(key);
      if (entry === undefined) continue;
      const face = this.#faces.get(entry.interface);
      if (face === undefined && entry.watch.kind === "resting") {
        // There is no link any more that it could be on.
        this.#apply(key, entry, { kind: "free" }, at);
        continue;
      }
      const isHeard = face?.hasCarrier === true && this.#trust.isTrusted(face.index);
      const silence = isHeard ? "nobody" : "nothing";
      const actions = this.#apply(key, entry, { kind: "timer", silence }, at);
      if (face === undefined || actions === 0) continue;
      const { address } = entry;
      probes.push({ kind: "probe", at: { key, address, linkIndex: face.index }, to: undefined });
    }
    return probes;
  }

  /** When `wake` is to be called next; absent when nothing is waited for. */
  nextWake(): number | undefined {
    return this.#timers.peek();
  }

  /** What the leader is told, in no particular order. */
  reports(): readonly ConflictReport[] {
    const told = [...this.#entries.values()].filter(({ watch }) => watch.kind !== "fresh");
    return told.map(({ address, interface: face, watch }) => ({
      address,
      mac: watch.mac,
      interface: face,
      since: formatTime(watch.since),
      over: watch.kind === "over" ? formatTime(watch.over) : undefined,
    }));
  }

  /** Links that an address of this family is looked after on. */
  linksInUse(family: Family): ReadonlySet<number> {
    const entries = [...this.#entries.values()].filter(({ address }) => address.family === family);
    return new Set(entries.flatMap((entry) => this.#faces.get(entry.interface)?.index ?? []));
  }

  /** Returns how many questions are to be sent. */
  #apply(
    key: string,
    about: Omit<Entry, "watch">,
    event: ConflictEvent,
    at: Instant,
  ): number {
    const before = this.#entries.get(key)?.watch;
    const [watch, actions] = watchStep(before, event, at, this.#timings);
    if (watch === undefined) this.#remove(key);
    else this.#put(key, { address: about.address, interface: about.interface, watch });
    if (isNews(before, watch)) this.#options.onChange();
    return actions.length;
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#timers.set(key, conflictWakeAt(entry.watch));
    if (this.#entries.size <= ENTRIES_MAX) return;
    const oldest = [...this.#entries].reduce((a, b) => a[1].watch.since <= b[1].watch.since ? a : b);
    this.#remove(oldest[0]);
  }

  #remove(key: string): void {
    this.#entries.delete(key);
    this.#timers.set(key, undefined);
  }

  #isReporter(outcome: ConflictOutcome, order: readonly string[]): boolean {
    return outcome === "released" || placeOf(this.#options.node, order, () => false) < REPORTERS;
  }

  #nameOf(linkIndex: number): string | undefined {
    return this.#faces.values().find(({ index }) => index === linkIndex)?.name;
  }
}

/** Whether the leader is told something else. */
function isNews(before: ConflictWatch | undefined, after: ConflictWatch | undefined): boolean {
  return tellingOf(before) !== tellingOf(after);
}

function tellingOf(watch: ConflictWatch | undefined): string {
  if (watch === undefined || watch.kind === "fresh") return "";
  return `${watch.mac} ${watch.since} ${watch.kind === "over" ? watch.over : ""}`;
}
