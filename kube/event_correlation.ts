import type { EventNote } from "./event_note.ts";

/** What to write for one note. */
export type EventDecision =
  /** A new Event. */
  | { readonly kind: "create"; readonly name: string; readonly record: EventRecord }
  /** One more of an Event that was written before; where it is gone, create it anew. */
  | { readonly kind: "count"; readonly name: string; readonly record: EventRecord }
  /** Nothing: there have been too many about this object. */
  | { readonly kind: "drop" };

/** The fields of an Event that repetition changes. */
export interface EventRecord {
  readonly note: EventNote;
  /** How often it has happened. */
  readonly count: number;
  /** Wall clock, ms since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/**
 * Keeps Events from flooding the API, by the rules of Kubernetes' own components: an identical Event
 * within 10 minutes counts up the one before; beyond 10 different messages of the same reason about the
 * same object in 10 minutes the rest are combined into one; and about one object at most 25 are written
 * in a row, then one in 5 minutes. Remembers the last 4096 objects and Events, and nothing older.
 */
export class EventCorrelator {
  readonly #buckets = new Recent<Bucket>(MEMORY);
  readonly #groups = new Recent<Group>(MEMORY);
  readonly #written = new Recent<Written>(MEMORY);
  #serial = 0;

  /**
   * Decides what to write, and takes it as written.
   *
   * @param now ms, monotonic
   * @param nowWall ms since 1970, for timestamps and names
   */
  decide(note: EventNote, now: number, nowWall: number): EventDecision {
    if (!this.#takeToken(objectKey(note), now)) return { kind: "drop" };
    const isCombined = this.#isOneTooMany(note, now);
    const wanted = isCombined ? combined(note) : note;
    // A combined Event stands for all its messages, so the message is no part of what makes it the same.
    const key = isCombined ? `${groupKey(note)}\n*` : `${groupKey(note)}\n${note.message}`;
    const last = this.#written.get(key);
    if (last === undefined || now - last.at >= WINDOW_MS) {
      const record = { note: wanted, count: 1, firstAt: nowWall, lastAt: nowWall };
      const name = this.#nameFor(note, nowWall);
      this.#written.set(key, { name, record, at: now });
      return { kind: "create", name, record };
    }
    const record = { ...last.record, note: wanted, count: last.record.count + 1, lastAt: nowWall };
    this.#written.set(key, { name: last.name, record, at: now });
    return { kind: "count", name: last.name, record };
  }

  #takeToken(key: string, now: number): boolean {
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: BURST, at: now };
    const filled = Math.min(BURST, tokens + (now - at) / REFILL_MS);
    this.#buckets.set(key, { tokens: filled >= 1 ? filled - 1 : filled, at: now });
    return filled >= 1;
  }

  #isOneTooMany(note: EventNote, now: number): boolean {
    const key = groupKey(note);
    const last = this.#groups.get(key);
    const isRecent = last !== undefined && now - last.at < WINDOW_MS;
    const known = isRecent ? last.messages : [];
    if (known.includes(note.message)) {
      this.#groups.set(key, { messages: known, at: now });
      return false;
    }
    const isFull = known.length >= MESSAGES;
    this.#groups.set(key, { messages: isFull ? known : [...known, note.message], at: now });
    return isFull;
  }

  /** `<object>.<16 hex digits>`: nanoseconds since 1970, as kubectl users are used to. */
  #nameFor(note: EventNote, nowWall: number): string {
    this.#serial = (this.#serial + 1) % 1_000_000;
    const nanoseconds = BigInt(Math.trunc(nowWall)) * 1_000_000n + BigInt(this.#serial);
    return `${note.about.name}.${nanoseconds.toString(16).padStart(16, "0")}`;
  }
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

interface Group {
  readonly messages: readonly string[];
  readonly at: number;
}

interface Written {
  readonly name: string;
  readonly record: EventRecord;
  readonly at: number;
}

const WINDOW_MS = 600_000;
const MESSAGES = 10;
const BURST = 25;
const REFILL_MS = 300_000;
const MEMORY = 4096;

/** A map that forgets what was set longest ago. */
class Recent<V> {
  readonly #limit: number;
  readonly #entries = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

function combined(note: EventNote): EventNote {
  return { ...note, message: `(combined from similar events): ${note.message}` };
}

/** The object that an Event is about, as one text. */
export function objectKey({ about }: EventNote): string {
  return [about.apiVersion, about.kind, about.namespace, about.name, about.uid].join("\n");
}

function groupKey(note: EventNote): string {
  return [objectKey(note), note.type, note.reason].join("\n");
}
