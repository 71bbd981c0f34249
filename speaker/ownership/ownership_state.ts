import type { Mac } from "../../ip/mac.ts";
import { earliest } from "./timer_queue.ts";
import type { Timings } from "./timings.ts";

/** Another station. */
export interface Station {
  /** The interface that was heard last: a node with several on one segment answers on all of them. */
  readonly mac: Mac;
  /** The node of ours that it is; absent for anybody else. */
  readonly node: string | undefined;
}

/** Whether both are the same station: the same node, or the same interface. */
export function isSameStation(a: Station, b: Station): boolean {
  return a.mac === b.mac || (a.node !== undefined && a.node === b.node);
}

/** Another station, as seen from one address. */
export interface Party extends Station {
  /** Whether it is a node of ours that ranks before this one for the address. */
  readonly precedes: boolean;
  /** Whether it is certainly none of ours. As long as the API was never seen, nobody is. */
  readonly isStranger: boolean;
}

/** What one node knows of one address. Instants are in ms, monotonic. */
export type Ownership =
  /** Quiet until `until`, `waitMs` of it for this node's rank; then so many probes, then the claim. */
  | {
    readonly kind: "listening";
    readonly until: number;
    readonly probes: number;
    readonly waitMs: number;
  }
  /** So many probes still to send, the next (or, with none left, the claim) at `nextAt`. */
  | { readonly kind: "probing"; readonly left: number; readonly nextAt: number }
  /** The kernel is asked to bind it, after silence that ended at `since`. */
  | { readonly kind: "claiming"; readonly since: number }
  /** Bound by us. */
  | Held
  /** Somebody else answers for it. */
  | { readonly kind: "occupied"; readonly by: Station }
  /** The kernel was asked to unbind it, and nothing of it is wanted any more. */
  | { readonly kind: "leaving"; readonly handOver: boolean };

/** Bound by us. */
export interface Held {
  readonly kind: "held";
  readonly since: number;
  /** Read before the write that last set the lifetime in the kernel. */
  readonly renewedAt: number;
  /** When we last announced against another of our nodes that announced it too. */
  readonly defendedAt: number | undefined;
  /** Somebody who is no node of ours uses it too. */
  readonly contest?: Contest;
}

/** A held address that somebody else uses as well: RFC 5227 §2.4. */
export interface Contest {
  readonly mac: Mac;
  /** When we announced against it. */
  readonly defendedAt: number;
  /** When it is asked next whether it still answers; absent where it may be a node of ours. */
  readonly askAt: number | undefined;
  /** It is over then, unless somebody is heard before. */
  readonly overAt: number;
}

/** What happens to one address. `waitMs` is what this node's rank waits longer than the first. */
export type OwnershipEvent =
  /** A node that may hold it begins to care. */
  | { readonly kind: "wanted"; readonly waitMs: number }
  /** It may not be held here any more: `hand-over` where another node may, `forget` where none shall. */
  | { readonly kind: "unwanted"; readonly then: "hand-over" | "forget" }
  /** A node that is there is to have it, by preference. */
  | { readonly kind: "sought" }
  /** A packet came that uses it as sender. */
  | { readonly kind: "answered"; readonly by: Party }
  /**
   * A packet came that probes it; `probes` is how often to ask once more before a claim that follows from
   * it: 0, unless the packet may be old.
   */
  | {
    readonly kind: "probed";
    readonly by: Party;
    readonly waitMs: number;
    readonly probes: number;
  }
  /** The API tells which node the station is that answers for it. */
  | { readonly kind: "identified"; readonly by: Station }
  /** This node's rank is better than when the wait began. */
  | { readonly kind: "ranked"; readonly waitMs: number }
  /** Its holder is silent; `probes` is how often to ask once more. */
  | { readonly kind: "vacated"; readonly waitMs: number; readonly probes: number }
  | { readonly kind: "timer" }
  /** The kernel bound it, by a write begun at `at`. */
  | { readonly kind: "bound"; readonly at: number }
  | { readonly kind: "bind-failed" }
  /** The kernel was not asked after all: the silence is too long ago. */
  | { readonly kind: "bind-stale" }
  | { readonly kind: "unbound" }
  /** The kernel's lifetime was set anew, by a write begun at `at`. */
  | { readonly kind: "renewed"; readonly at: number }
  /** Somebody else took it out of the kernel. */
  | { readonly kind: "gone" }
  /** It was not answered for so long that another node may have it. */
  | { readonly kind: "lapsed" };

/** Why a held address is given up. */
export type ReleaseReason =
  | "hand-over"
  | "preferred"
  | "unassigned"
  | "conflict"
  | "lapsed"
  | "bind-failed";

/** Whether the kernel may still be asked to bind the address. Ask directly before the write. */
export function mayBind(state: Ownership | undefined, now: number, timings: Timings): boolean {
  if (state?.kind === "held") return !hasLapsed(state, now, timings);
  return state?.kind === "claiming" && now - state.since <= timings.claimStaleMs;
}

/** What is to be done for one address. */
export type OwnershipAction =
  /** Broadcast one ARP probe. */
  | { readonly kind: "probe" }
  /** Ask this station alone whether it answers for the address. */
  | { readonly kind: "ask"; readonly mac: Mac }
  | { readonly kind: "bind" }
  | { readonly kind: "unbind" }
  /** Begin the announcement burst. */
  | { readonly kind: "burst" }
  /** Announce once, at once. */
  | { readonly kind: "announce" }
  | { readonly kind: "claimed" }
  | { readonly kind: "released"; readonly reason: ReleaseReason }
  /** Somebody who is no node of ours uses the address. */
  | { readonly kind: "conflict"; readonly mac: Mac; readonly outcome: ConflictOutcome }
  /** Nobody but our nodes uses it any more, as far as can be told, or it is not wanted here any more. */
  | { readonly kind: "conflict-over" };

/** What became of an address that a stranger uses: it was held, and announced once more or given up; or it is not claimed. */
export type ConflictOutcome = "defended" | "released" | "not-claimed";

/** When the state wants its `timer` event; absent where only others' events move it. */
export function wakeAt(state: Ownership | undefined): number | undefined {
  switch (state?.kind) {
    case "listening":
      return state.until;
    case "probing":
      return state.nextAt;
    case "held":
      return earliest(state.contest?.askAt, state.contest?.overAt);
    default:
      return undefined;
  }
}

/** Who else answers for it. */
export function occupantOf(state: Ownership | undefined): Station | undefined {
  return state?.kind === "occupied" ? state.by : undefined;
}

/** Whether somebody who is no node of ours uses the address, as far as is known. */
export function isContested(state: Ownership | undefined): boolean {
  return state?.kind === "held"
    ? state.contest !== undefined
    : state?.kind === "occupied" && state.by.node === undefined;
}

/**
 * Whether the kernel may have let go of the address by now, or is about to. A process that was frozen this
 * long must not renew it: another node may hold it.
 */
export function hasLapsed(held: Held, now: number, timings: Timings): boolean {
  return now - held.renewedAt > timings.validSeconds * 1_000 - timings.lapseMarginMs;
}

/** A state, absent when nothing is left to remember; and what to do, in order. */
export type OwnershipStep = readonly [Ownership | undefined, readonly OwnershipAction[]];
