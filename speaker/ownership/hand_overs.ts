import { isContested } from "./ownership_state.ts";
import type { TableEntry } from "./table_entry.ts";
import type { Timings } from "./timings.ts";

/** What is known of one held address that another node is to have. */
export interface HandOver {
  /** Who said so, and when first. */
  readonly sought: { readonly by: string; readonly since: number } | undefined;
  /** When it was handed over last, and for how long it is kept then, should it come back. */
  readonly given: { readonly at: number; readonly keepMs: number } | undefined;
}

/**
 * A preferred node says that it is to have an address: now, or not yet. Not at the first time, since it shall have
 * been there for a while; and not soon after the last time, each time later, since an address that comes back is
 * not wanted as much as it is said. Pure.
 */
export function hearSeek(
  known: HandOver | undefined,
  by: string,
  now: number,
  timings: Timings,
): readonly [HandOver, "give" | "keep"] {
  const { sought, given } = known ?? { sought: undefined, given: undefined };
  const sinceMs = sought?.by === by ? now - sought.since : Infinity;
  if (sinceMs > timings.soughtStaleMs) return [{ sought: { by, since: now }, given }, "keep"];
  const isKept = given !== undefined && now - given.at < given.keepMs;
  if (sinceMs < timings.soughtForMs || isKept) return [{ sought, given }, "keep"];
  const isForgotten = given === undefined || now - given.at > 2 * timings.keepMostMs;
  const keepMs = isForgotten ? timings.keepLeastMs : Math.min(2 * given.keepMs, timings.keepMostMs);
  return [{ sought: undefined, given: { at: now, keepMs } }, "give"];
}

/** These, address by address. Mutable, but only to remember; free of I/O. */
export class HandOvers {
  readonly #timings: Timings;
  readonly #known = new Map<string, HandOver>();

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  /**
   * Whether the address goes now to the node that says so, `undefined` for a stranger: if it is held here, that
   * node may hold it, and is preferred as far as this one knows.
   */
  isDue({ at, state, claimable }: TableEntry, by: string | undefined, now: number): boolean {
    if (by === undefined || state?.kind !== "held" || isContested(state)) return false;
    if (claimable?.standing.preferenceFor(by) !== "more") return false;
    if (!claimable.eligible.includes(by)) return false;
    const [next, verdict] = hearSeek(this.#known.get(at.key), by, now, this.#timings);
    this.#known.set(at.key, next);
    return verdict === "give";
  }

  /** Forgets addresses that nobody has any more. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key);
  }
}
