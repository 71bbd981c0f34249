import { compareText, formatPlace, formatSource } from "../config/problem.ts";
import type { Place } from "../config/reader.ts";

/**
 * Something to know of a conversion.
 *
 * - `lost`: it could not be carried over;
 * - `changed`: it was carried over as something else;
 * - `do`: it needs a hand.
 */
export interface Note {
  readonly kind: "lost" | "changed" | "do";
  readonly place: Place;
  /** Sentence case, no full stop; of what is lost also what to do. */
  readonly message: string;
}

const WORDS = { lost: "not carried over", changed: "changed", do: "to do" } as const;

/** `config.yaml:3:5: not carried over: …` */
export function formatNote({ kind, place, message }: Note): string {
  const { source, path, at } = place;
  return `${formatPlace({ source, path, ...at })}: ${WORDS[kind]}: ${message}`;
}

/** Orders notes by file, then by place in it. */
export function compareNote({ place: a }: Note, { place: b }: Note): number {
  return compareText(formatSource(a.source), formatSource(b.source)) ||
    (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
    (a.at?.column ?? 0) - (b.at?.column ?? 0);
}
