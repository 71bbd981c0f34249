/**
 * A node whose interface got another MAC announces its addresses with it at once, and only then tells the
 * others by its presence Lease that the MAC is its own. So a stranger on an address that this node does not
 * hold is told of when it is one for some time. Mutable, free of I/O.
 */
import type { TableAction } from "../ownership/table_action.ts";

/** A stranger that uses an address. */
export type Conflict = Extract<TableAction, { readonly kind: "conflict" }>;

/** A stranger that uses the address no more, or was none. */
export type ConflictOver = Extract<TableAction, { readonly kind: "conflict-over" }>;

/** How long a stranger may turn out to be one of our nodes: the API is that quick, unless it is away. */
export const PATIENCE_MS = 2_000;

/** Conflicts that are not told of yet. */
export class StrangerPatience {
  /** By canonical text of the address, in the order of time. */
  readonly #waiting = new Map<string, { readonly conflict: Conflict; readonly until: number }>();

  /** Keeps a conflict back; an earlier one about the same address is forgotten. */
  keep(conflict: Conflict, now: number): void {
    this.#waiting.delete(conflict.at.key);
    this.#waiting.set(conflict.at.key, { conflict, until: now + PATIENCE_MS });
  }

  /** The conflict about an address is over. Returns whether it was kept back, so that nobody heard of it. */
  forget(key: string): boolean {
    return this.#waiting.delete(key);
  }

  /** Conflicts that are to be told of now. */
  take(now: number): readonly Conflict[] {
    const due = [...this.#waiting].filter(([, { until }]) => until <= now);
    for (const [key] of due) this.#waiting.delete(key);
    return due.map(([, { conflict }]) => conflict);
  }

  /** When `take` has something next. */
  nextAt(): number | undefined {
    const [first] = this.#waiting.values();
    return first?.until;
  }
}
