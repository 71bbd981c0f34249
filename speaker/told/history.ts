/** What this node did and saw of each address, the last few things of each. */
import type { Mac } from "../../ip/mac.ts";
import type { ConflictOutcome, ReleaseReason } from "../ownership/ownership_state.ts";

/** One thing that was done or seen. */
export type HistoryNews =
  /** Found in the kernel, where an earlier run of this process put it. */
  | { readonly kind: "adopted" }
  | { readonly kind: "claimed" }
  | { readonly kind: "released"; readonly reason: ReleaseReason }
  /** A stranger used it. */
  | { readonly kind: "conflict"; readonly mac: Mac; readonly outcome: ConflictOutcome }
  | { readonly kind: "conflict-over" }
  /** Whoever held it answered no more. */
  | { readonly kind: "holder-silent"; readonly mac: Mac; readonly node: string | undefined };

/** One thing, and the same again as long as nothing else came between. Instants are in ms, monotonic. */
export interface HistoryEntry {
  readonly news: HistoryNews;
  readonly at: number;
  readonly lastAt: number;
  readonly times: number;
}

/** How much is remembered. */
export interface HistoryBounds {
  /** Things of one address. @default 16 */
  readonly entries?: number;
  /** Addresses; the one that was quiet longest is forgotten first. @default 10000 */
  readonly addresses?: number;
}

/**
 * The memory of what became of addresses. Bounded: 10,000 addresses with 16 things each take 24 MB,
 * and with two each, as in ordinary life, 5 MB. Mutable, free of I/O.
 */
export class History {
  readonly #entriesMost: number;
  readonly #addressesMost: number;
  /** The address that changed last is the last. */
  readonly #byAddress = new Map<string, readonly HistoryEntry[]>();
  readonly #announcedSince = new Map<string, number>();

  constructor({ entries = 16, addresses = 10_000 }: HistoryBounds = {}) {
    this.#entriesMost = entries;
    this.#addressesMost = addresses;
  }

  /** Remembers one thing. */
  note(address: string, news: HistoryNews, now: number): void {
    if (news.kind === "adopted" || news.kind === "claimed") this.#announcedSince.set(address, now);
    if (news.kind === "released") this.#announcedSince.delete(address);
    const before = this.of(address);
    this.#byAddress.delete(address);
    this.#byAddress.set(address, append(before, news, now).slice(-this.#entriesMost));
    if (this.#byAddress.size <= this.#addressesMost) return;
    for (const oldest of this.#byAddress.keys()) {
      this.#byAddress.delete(oldest);
      return;
    }
  }

  /** What is remembered of the address, oldest first. */
  of(address: string): readonly HistoryEntry[] {
    return this.#byAddress.get(address) ?? [];
  }

  /** Since when this node announces the address; an adopted one since its adoption. Absent where it does not. */
  announcedSince(address: string): number | undefined {
    return this.#announcedSince.get(address);
  }

  /** The addresses of which something is remembered, quietest first. */
  addresses(): Iterable<string> {
    return this.#byAddress.keys();
  }
}

function append(
  entries: readonly HistoryEntry[],
  news: HistoryNews,
  now: number,
): readonly HistoryEntry[] {
  const last = entries.at(-1);
  if (last === undefined || !isSame(last.news, news)) {
    return [...entries, { news, at: now, lastAt: now, times: 1 }];
  }
  return entries.with(-1, { ...last, lastAt: now, times: last.times + 1 });
}

function isSame(a: HistoryNews, b: HistoryNews): boolean {
  switch (a.kind) {
    case "adopted":
    case "claimed":
    case "conflict-over":
      return a.kind === b.kind;
    case "released":
      return b.kind === a.kind && a.reason === b.reason;
    case "conflict":
      return b.kind === a.kind && a.mac === b.mac && a.outcome === b.outcome;
    case "holder-silent":
      return b.kind === a.kind && a.mac === b.mac && a.node === b.node;
    default:
      return a satisfies never;
  }
}
