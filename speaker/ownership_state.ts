import type { Mac } from "../ip/mac.ts";
import type { Timings } from "./timings.ts";

/** Another station, as seen from one address. */
export interface Party {
  readonly mac: Mac;
  /** The node it belongs to; absent for a stranger, whose address it then is. */
  readonly node: string | undefined;
  /** Whether it is a node of ours that ranks before this one for the address. */
  readonly precedes: boolean;
}

/** What one node knows of one address. Instants are in ms, monotonic. */
export type Ownership =
  /** Quiet until `until`; then so many probes, then the claim. */
  | { readonly kind: "listening"; readonly until: number; readonly probes: number }
  /** So many probes still to send, the next (or, with none left, the claim) at `nextAt`. */
  | { readonly kind: "probing"; readonly left: number; readonly nextAt: number }
  /** The kernel is asked to bind it, after silence that ended at `since`. */
  | { readonly kind: "claiming"; readonly since: number }
  /** Bound by us. */
  | Held
  /** Somebody else answers for it. */
  | { readonly kind: "occupied"; readonly by: Mac }
  /** The kernel was asked to unbind it, and nothing of it is wanted any more. */
  | { readonly kind: "leaving"; readonly handOver: boolean };

/** Bound by us. */
export interface Held {
  readonly kind: "held";
  readonly since: number;
  /** Read before the write that last set the lifetime in the kernel. */
  readonly renewedAt: number;
  /** When we last announced against somebody who announced it too. */
  readonly defendedAt: number | undefined;
}

/** What happens to one address. `waitMs` is what this node's rank waits longer than the first. */
export type OwnershipEvent =
  /** A node that may hold it begins to care. */
  | { readonly kind: "wanted"; readonly waitMs: number }
  /** It may not be held here any more: `hand-over` where another node may, `forget` where none shall. */
  | { readonly kind: "unwanted"; readonly then: "hand-over" | "forget" }
  /** A packet came that uses it as sender. */
  | { readonly kind: "answered"; readonly by: Party }
  /** A packet came that probes it. */
  | { readonly kind: "probed"; readonly by: Party; readonly waitMs: number }
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
export type ReleaseReason = "hand-over" | "unassigned" | "conflict" | "lapsed" | "bind-failed";

/** Whether the kernel may still be asked to bind the address. Ask directly before the write. */
export function mayBind(state: Ownership | undefined, now: number, timings: Timings): boolean {
  if (state?.kind === "held") return !hasLapsed(state, now, timings);
  return state?.kind === "claiming" && now - state.since <= timings.claimStaleMs;
}

/** What is to be done for one address. */
export type OwnershipAction =
  /** Broadcast one ARP probe. */
  | { readonly kind: "probe" }
  | { readonly kind: "bind" }
  | { readonly kind: "unbind" }
  /** Begin the announcement burst. */
  | { readonly kind: "burst" }
  /** Announce once, at once. */
  | { readonly kind: "announce" }
  | { readonly kind: "claimed" }
  | { readonly kind: "released"; readonly reason: ReleaseReason }
  /** A stranger uses the address. `held`: while it is bound here. */
  | { readonly kind: "conflict"; readonly mac: Mac; readonly held: boolean };

/** When the state wants its `timer` event; absent where only others' events move it. */
export function wakeAt(state: Ownership | undefined): number | undefined {
  if (state?.kind === "listening") return state.until;
  return state?.kind === "probing" ? state.nextAt : undefined;
}

/** Who else answers for it. */
export function occupantOf(state: Ownership | undefined): Mac | undefined {
  return state?.kind === "occupied" ? state.by : undefined;
}

/**
 * Whether the kernel may have let go of the address by now, or is about to. A process that was frozen this
 * long must not renew it: another node may hold it.
 */
export function hasLapsed(held: Held, now: number, timings: Timings): boolean {
  return now - held.renewedAt > timings.validSeconds * 1_000 - timings.lapseMarginMs;
}
