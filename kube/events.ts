import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { isAlreadyExists, isNotFound, KubeError } from "./errors.ts";
import {
  EventCorrelator,
  type EventDecision,
  type EventRecord,
  objectKey,
} from "./event_correlation.ts";
import type { EmitEvent, EventNote, Kube } from "./kube.ts";
import { backoffMs, isWorthReporting } from "./list_watch.ts";
import { formatTime, mergePatch } from "./patch.ts";
import { pathOf } from "./resource.ts";
import type { JsonObject } from "./types.ts";

/** Who reports: shown by `kubectl describe` in the column From. */
export interface EventSource {
  readonly component: string;
  /** The node, where the component runs on every node. */
  readonly host?: string;
}

export interface EventsDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 up to, not including, 1. @default 0.5, which is fine for a single writer */
  readonly random?: () => number;
}

export interface Events {
  /** Queues an Event; a full queue (10,000) loses its oldest. Never throws. */
  readonly emit: EmitEvent;
  /** Resolves when all that was emitted is written or given up, or when the signal aborts. */
  flush(signal: AbortSignal): Promise<void>;
  /** How many Events were lost: queue full, spam filter, or not to be written. */
  readonly dropped: number;
}

/**
 * Writes core/v1 Events in the background, a few at a time; those about one object one after the other, in
 * the order they were emitted.
 */
export function createEvents(kube: Kube, source: EventSource, deps: EventsDeps): Events {
  const writer = new Writer(kube, source, deps);
  return {
    emit: (note) => writer.add(note),
    flush: (signal) => writer.flush(signal),
    get dropped() {
      return writer.dropped;
    },
  };
}

const EVENTS = { apiVersion: "v1", plural: "events" };
const QUEUE_LIMIT = 10_000;

/** Answers that leave hope. A server that does not answer at all is asked as long as it takes. */
const ATTEMPTS = 8;

/** How many are written at once: enough for a burst, too few for the API server to notice. */
const CONCURRENCY = 4;

class Writer {
  readonly #kube: Kube;
  readonly #source: EventSource;
  readonly #deps: EventsDeps;
  readonly #correlator = new EventCorrelator();
  #queue: EventNote[] = [];
  /** What waits for the writer of an Event about the same object, by object. */
  readonly #behind = new Map<string, EventNote[]>();
  readonly #writers = new Set<Promise<void>>();
  #stop = new AbortController();
  #dropped = 0;

  constructor(kube: Kube, source: EventSource, deps: EventsDeps) {
    this.#kube = kube;
    this.#source = source;
    this.#deps = deps;
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(note: EventNote): void {
    this.#queue.push(note);
    if (this.#waiting() > QUEUE_LIMIT) this.#drop(this.#queue.shift(), "the queue is full");
    this.#start();
  }

  #waiting(): number {
    // At most as many as there are writers.
    return this.#behind.values().reduce((sum, { length }) => sum + length, this.#queue.length);
  }

  async flush(signal: AbortSignal): Promise<void> {
    const stop = this.#stop;
    const onAbort = (): void => {
      this.#queue = [];
      this.#behind.clear();
      this.#stop = new AbortController();
      stop.abort(signal.reason);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    do await Promise.all(this.#writers); while (this.#writers.size > 0 && !signal.aborted);
    signal.removeEventListener("abort", onAbort);
  }

  #start(): void {
    if (this.#writers.size >= CONCURRENCY) return;
    const writer = this.#drain(this.#stop.signal).finally(() => {
      this.#writers.delete(writer);
      // What was emitted between the last look at the queue and here.
      if (this.#queue.length > 0) this.#start();
    });
    this.#writers.add(writer);
  }

  async #drain(signal: AbortSignal): Promise<void> {
    // Emitting returns first, so that a burst from one decision is queued before the first is written.
    await Promise.resolve();
    for (let note = this.#queue.shift(); note !== undefined; note = this.#queue.shift()) {
      const key = objectKey(note);
      const behind = this.#behind.get(key);
      if (behind === undefined) await this.#drainObject(key, note, signal);
      else behind.push(note);
      if (signal.aborted) return;
    }
  }

  /** Writes this one, and what comes about the same object meanwhile. */
  async #drainObject(key: string, first: EventNote, signal: AbortSignal): Promise<void> {
    const notes = [first];
    this.#behind.set(key, notes);
    for (let note = notes.shift(); note !== undefined && !signal.aborted; note = notes.shift()) {
      const { clock } = this.#deps;
      const decision = this.#correlator.decide(note, clock.now(), clock.nowWall());
      if (decision.kind === "drop") this.#drop(note, "too many about this object");
      else await this.#write(decision, signal);
    }
    if (this.#behind.get(key) === notes) this.#behind.delete(key);
  }

  async #write(
    decision: Exclude<EventDecision, { kind: "drop" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, random = () => 0.5 } = this.#deps;
    let refusals = 0;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await this.#send(decision, signal);
      } catch (error) {
        if (signal.aborted) return;
        const isHopeless = error instanceof KubeError && !isTransient(error);
        if (!(error instanceof KubeError) || error.status !== 0) refusals++;
        if (isHopeless || refusals >= ATTEMPTS) {
          return this.#drop(decision.record.note, "it cannot be written", error);
        }
        const asked = error instanceof KubeError ? error.retryAfterSeconds ?? 0 : 0;
        await clock.sleep(Math.max(backoffMs(failures, random()), asked * 1000), signal);
      }
    }
  }

  async #send(
    decision: Exclude<EventDecision, { kind: "drop" }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { name, record } = decision;
    const namespace = namespaceOf(record.note);
    if (decision.kind === "count") {
      try {
        const call = mergePatch(EVENTS, { namespace, name }, repetition(record));
        await this.#kube.request(call, signal);
        return;
      } catch (error) {
        // The server forgets Events after an hour.
        if (!isNotFound(error)) throw error;
      }
    }
    try {
      const body = eventBody(name, record, this.#source);
      const path = pathOf(EVENTS, { namespace });
      await this.#kube.request({ method: "POST", path, body }, signal);
    } catch (error) {
      // An attempt that seemed to fail was accepted.
      if (!isAlreadyExists(error)) throw error;
    }
  }

  #drop(note: EventNote | undefined, why: string, error?: unknown): void {
    this.#dropped++;
    if (!isWorthReporting(this.#dropped)) return;
    const { kind, namespace, name } = note?.about ?? {};
    const about = { kind, namespace, name, reason: note?.reason };
    this.#deps.log("warn", "eventDropped", { ...about, why, dropped: this.#dropped, error });
  }
}

/** Events about objects that belong to no namespace go where kubectl looks for them. */
function namespaceOf(note: EventNote): string {
  return note.about.namespace === "" ? "default" : note.about.namespace;
}

function isTransient(error: KubeError): boolean {
  return error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500;
}

function repetition({ note, count, lastAt }: EventRecord): JsonObject {
  return { count, lastTimestamp: formatTime(lastAt), message: note.message };
}

function eventBody(name: string, record: EventRecord, source: EventSource): JsonObject {
  const { note } = record;
  const { about } = note;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { namespace: namespaceOf(note), name },
    involvedObject: {
      apiVersion: about.apiVersion,
      kind: about.kind,
      ...(about.namespace === "" ? {} : { namespace: about.namespace }),
      name: about.name,
      uid: about.uid,
      ...(about.resourceVersion === undefined ? {} : { resourceVersion: about.resourceVersion }),
    },
    type: note.type,
    reason: note.reason,
    source: {
      component: source.component,
      ...(source.host === undefined ? {} : { host: source.host }),
    },
    reportingComponent: source.component,
    reportingInstance: source.host ?? "",
    firstTimestamp: formatTime(record.firstAt),
    ...repetition(record),
  };
}
