import type { Mac } from "../../ip/mac.ts";

/** Who answers for an address, as seen by someone who keeps asking. Instants in ms, of one clock. */
export interface Sightings {
  /** Who answered last; absent before the first answer. */
  readonly owner: Mac | undefined;
  /** When the owner answered last; 0 before the first answer. */
  readonly lastAt: number;
  readonly answers: number;
}

/** Another machine answers than before. */
export interface Handover {
  readonly from: Mac;
  readonly to: Mac;
  /** Last answer of the one. */
  readonly lastAt: number;
  /** First answer of the other. */
  readonly firstAt: number;
}

/** Nothing seen yet. */
export const NOTHING_SEEN: Sightings = { owner: undefined, lastAt: 0, answers: 0 };

/**
 * Takes in one answer. Two machines that both answer show as a handover per request, so more than one handover
 * where one was expected means two owners, or an address that went back and forth.
 */
export function observe(
  seen: Sightings,
  mac: Mac,
  at: number,
): readonly [Sightings, Handover | undefined] {
  const next = { owner: mac, lastAt: at, answers: seen.answers + 1 };
  if (seen.owner === undefined || seen.owner === mac) return [next, undefined];
  return [next, { from: seen.owner, to: mac, lastAt: seen.lastAt, firstAt: at }];
}
