import type { ObjectReference } from "./types.ts";

/** An Event to tell people about an object, in the words of `kubectl describe`. */
export interface EventNote {
  readonly about: ObjectReference;
  readonly type: "Normal" | "Warning";
  /** One word in CamelCase that programs may look for. */
  readonly reason: string;
  readonly message: string;
}

/** What Events of one reason are, for people. */
export interface EventEntry {
  /** The objects that they are about. */
  readonly about: string;
  readonly type: EventNote["type"];
  readonly text: string;
}

/** Tells people about an object; never rejects: an Event that cannot be written is logged and counted. */
export type EmitEvent = (note: EventNote) => void;
