import type { GateName } from "../controller/gate.ts";

/** What an address has to get past to be answered for, in this order. */
export const ANNOUNCEMENT_GATES = ["advertisement", "nodes", "owner", "answers"] as const;

/** One of `ANNOUNCEMENT_GATES`. */
export type AnnouncementGate = typeof ANNOUNCEMENT_GATES[number];

/** One question, and how it was answered. */
export interface Gate<Name extends string = GateName | "assignment" | AnnouncementGate> {
  readonly gate: Name;
  /**
   * - `pass`, `fail`: it was answered, for good or bad;
   * - `not-reached`: a gate before it failed, so that it does not matter yet;
   * - `unknown`: what it goes by could not be read, or is told by nobody.
   */
  readonly result: "pass" | "fail" | "not-reached" | "unknown";
  /** What was found, without full stop; empty for `not-reached`. */
  readonly found: string;
  /** What would open it, as an imperative. */
  readonly cure?: string;
  /** The reason in the Service's condition, or the reason that the speakers log. */
  readonly reason?: string;
}

/** A gate that nobody came to. */
export function notReached<Name extends string>(gate: Name): Gate<Name> {
  return { gate, result: "not-reached", found: "" };
}
