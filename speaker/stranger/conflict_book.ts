/**
 * The addresses that strangers use, as this node tells the leader of them. Hears what the ownership of each
 * address says, and goes on looking after the addresses that this node may not hold any more. Mutable, but
 * free of I/O: every method takes the time, and tells by `onChange` when there is something new to tell.
 */
import type { ConflictReport } from "../../config/presence.ts";
import { type Family, formatIp, type IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { formatTime } from "../../kube/patch.ts";
import {
  type ConflictEvent,
  type ConflictTimings,
  conflictWakeAt,
  type ConflictWatch,
  DEFAULT_CONFLICT_TIMINGS,
  type Instant,
  resumeWatch,
  stepConflict,
} from "./conflict_watch.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import { LinkTrust } from "../ownership/link_trust.ts";
import { isProbe, type NeighborPacket } from "../wire/neighbor.ts";
import { type ConflictOutcome, isContested } from "../ownership/ownership_state.ts";
import type { Conflict, ConflictOver } from "./stranger_patience.ts";
import type { TableAction } from "../ownership/table_action.ts";
import type { TableEntry } from "../ownership/table_entry.ts";
import { TimerQueue } from "../ownership/timer_queue.ts";

export interface ConflictBookOptions {
  /** @default DEFAULT_CONFLICT_TIMINGS */
  readonly timings?: ConflictTimings;
  /** How long silence means nothing on a link that was found up, or came up, in ms. */
  readonly doubtMs: { readonly found: number; readonly up: number };
  /** What is known of an address by its ownership. */
  readonly entryOf: (key: string) => TableEntry | undefined;
  /** What `reports` gives may be different. */
  readonly onChange: () => void;
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

  /** Who the nodes are: a station that turns out to be one was no stranger. */
  learn(nodeOfMac: ReadonlyMap<Mac, string>): void {
    this.#nodeOfMac = nodeOfMac;
    const mistaken = [...this.#entries].filter(([, { watch }]) => nodeOfMac.has(watch.mac));
    for (const [key] of mistaken) this.#remove(key);
    if (mistaken.length > 0) this.#options.onChange();
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

  /** The ownership of an address met a stranger, or none any more; `entry` is what it is since then. */
  onNews(
    { at: place, ...news }: Conflict | ConflictOver,
    entry: TableEntry | undefined,
    at: Instant,
  ): void {
    const { key, address, linkIndex } = place;
    const known = this.#entries.get(key);
    if (news.kind === "conflict-over") {
      const kind = ownershipView(entry) === undefined ? "unwanted" : "free";
      if (known !== undefined) this.#apply(key, known, { kind }, at);
      return;
    }
    // It still answers for it: told when it does not.
    if (news.outcome === "defended") return;
    const face = this.#faces.values().find(({ index }) => index === linkIndex)?.name;
    const isTold = known !== undefined || isReporter(news.outcome, entry);
    if (face === undefined || !isTold) return;
    this.#apply(key, { address, interface: face }, { kind: "conflict", mac: news.mac }, at);
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
      const linkIndex = this.#faces.get(entry.interface)?.index;
      const event = this.#timerEvent(key, entry);
      if (this.#apply(key, entry, event, at) === 0 || linkIndex === undefined) continue;
      probes.push({ kind: "probe", at: { key, address: entry.address, linkIndex }, to: undefined });
    }
    return probes;
  }

  /** When `wake` is to be called next; absent when nothing is waited for. */
  nextWake(): number | undefined {
    return this.#timers.peek();
  }

  /** What the leader is told, in no particular order. */
  reports(): readonly ConflictReport[] {
    return Array.from(this.#entries.values(), ({ address, interface: face, watch }) => ({
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

  /** What a timer means: an address that this node may hold must not be asked for, lest it seem let go of. */
  #timerEvent(key: string, { watch, interface: name }: Entry): ConflictEvent {
    const face = this.#faces.get(name);
    const view = watch.kind === "over" ? undefined : ownershipView(this.#options.entryOf(key));
    if (view === "contested") return { kind: "conflict", mac: watch.mac };
    if (view === "free") return { kind: "free" };
    if (view === "unclear") return { kind: "postponed" };
    // There is no link any more that it could be on.
    if (face === undefined && watch.kind !== "over") return { kind: "free" };
    const isHeard = face?.hasCarrier === true && this.#trust.isTrusted(face.index);
    return { kind: "timer", silence: isHeard ? "nobody" : "nothing" };
  }

  /** Returns how many questions are to be sent. */
  #apply(
    key: string,
    about: Omit<Entry, "watch">,
    event: ConflictEvent,
    at: Instant,
  ): number {
    const before = this.#entries.get(key)?.watch;
    const [watch, actions] = stepConflict(before, event, at, this.#timings);
    if (watch === undefined) this.#remove(key);
    else this.#put(key, { address: about.address, interface: about.interface, watch });
    if (isNews(before, watch)) this.#options.onChange();
    return actions.length;
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#timers.set(key, conflictWakeAt(entry.watch));
    if (this.#entries.size <= ENTRIES_MAX) return;
    const oldest = [...this.#entries].reduce((a, b) =>
      a[1].watch.since <= b[1].watch.since ? a : b
    );
    this.#remove(oldest[0]);
  }

  #remove(key: string): void {
    this.#entries.delete(key);
    this.#timers.set(key, undefined);
  }

  #nameOf(linkIndex: number): string | undefined {
    return this.#faces.values().find(({ index }) => index === linkIndex)?.name;
  }
}

function isReporter(outcome: ConflictOutcome, entry: TableEntry | undefined): boolean {
  const place = entry?.claimable?.standing.place(() => false, REPORTERS) ?? 0;
  return outcome === "released" || place < REPORTERS;
}

/** Whether a stranger has it; `unclear` while its ownership looks, absent where it does not. */
function ownershipView(
  entry: TableEntry | undefined,
): "contested" | "free" | "unclear" | undefined {
  const state = entry?.state;
  if (state === undefined || state.kind === "leaving") return undefined;
  if (isContested(state)) return "contested";
  return state.kind === "held" || state.kind === "occupied" ? "free" : "unclear";
}

/** Whether the leader is told something else. */
function isNews(before: ConflictWatch | undefined, after: ConflictWatch | undefined): boolean {
  return tellingOf(before) !== tellingOf(after);
}

function tellingOf(watch: ConflictWatch | undefined): string {
  if (watch === undefined) return "";
  return `${watch.mac} ${watch.since} ${watch.kind === "over" ? watch.over : ""}`;
}
