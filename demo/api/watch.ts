import type { JsonObject } from "../../kube/types.ts";
import type { Cluster } from "./cluster.ts";
import type { Encoder, Form } from "./encode.ts";
import { apiVersionOf } from "./kind.ts";
import type { Kind } from "./kind.ts";
import { readPage } from "./page.ts";
import type { Matches } from "./select.ts";
import { expired } from "./status.ts";
import type { Change } from "./store.ts";
import { textAt, withAt } from "./json.ts";

/** What a watch shall tell. */
export interface WatchOptions {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly matches: Matches;
  readonly form: Form;
  /** After this revision; `undefined`: first everything that is there now. */
  readonly from: number | undefined;
  readonly sendsBookmarks: boolean;
  /** A bookmark marks the end of the initial events (`sendInitialEvents`). */
  readonly marksInitialEnd: boolean;
  /** ms between bookmarks. */
  readonly bookmarkMs: number;
  /** ms until the server ends the watch. */
  readonly timeoutMs: number;
  /** Breaks the watch off. */
  readonly signal: AbortSignal;
}

/** Running watches, so that tests can end them or make them speak. */
export interface RunningWatch {
  readonly path: string;
  end(): void;
  bookmark(): void;
}

type EventType = "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";

/** Encoded changes, shared by all watches that show them the same way. */
const encoded = new WeakMap<Change, Map<string, Uint8Array<ArrayBuffer>>>();
const utf8 = new TextEncoder();

/** One watch: a stream of events, one JSON object per line. */
export class Watch implements RunningWatch {
  readonly path: string;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #cluster: Cluster;
  readonly #encoder: Encoder;
  readonly #options: WatchOptions;
  readonly #onEnd: (watch: Watch) => void;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  #stop: (() => void)[] = [];

  constructor(
    path: string,
    cluster: Cluster,
    encoder: Encoder,
    options: WatchOptions,
    onEnd: (watch: Watch) => void,
  ) {
    this.path = path;
    this.#cluster = cluster;
    this.#encoder = encoder;
    this.#options = options;
    this.#onEnd = onEnd;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        this.#begin();
      },
      cancel: () => this.#release(),
    });
  }

  /** False once the server or the client has ended it. */
  get isRunning(): boolean {
    return this.#controller !== undefined;
  }

  /** Ends the stream as the server does: without an error. */
  end(): void {
    const controller = this.#controller;
    this.#release();
    controller?.close();
  }

  /** Tells the current revision. */
  bookmark(): void {
    if (this.#options.sendsBookmarks) this.#bookmark({});
  }

  #abort(reason: unknown): void {
    const controller = this.#controller;
    this.#release();
    controller?.error(reason);
  }

  #begin(): void {
    const { kind, from, bookmarkMs, timeoutMs, signal } = this.#options;
    if (from === undefined) this.#sendAll();
    else {
      const missed = this.#cluster.store.since(kind.storage, from);
      if (missed === undefined) return this.#refuse(from);
      missed.forEach((change) => this.#send(change));
    }
    const bookmarks = setInterval(() => this.bookmark(), bookmarkMs);
    const timeout = setTimeout(() => this.end(), timeoutMs);
    const abort = (): void => this.#abort(signal.reason);
    signal.addEventListener("abort", abort);
    this.#stop = [
      () => signal.removeEventListener("abort", abort),
      this.#cluster.store.listen(kind.storage, (change) => this.#send(change)),
      () => clearInterval(bookmarks),
      () => clearTimeout(timeout),
    ];
  }

  #sendAll(): void {
    const { kind, namespace, matches } = this.#options;
    const query = { storage: kind.storage, namespace, matches, limit: undefined, from: "" };
    for (const object of readPage(this.#cluster.store, query).objects) {
      this.#write(this.#line("ADDED", object));
    }
    if (this.#options.marksInitialEnd) {
      this.#bookmark({ annotations: { "k8s.io/initial-events-end": "true" } });
    }
  }

  #refuse(from: number): void {
    const error = expired(`too old resource version: ${from} (${this.#cluster.store.revision})`);
    this.#write(utf8.encode(`${JSON.stringify({ type: "ERROR", object: error.status })}\n`));
    this.#controller?.close();
    this.#release();
  }

  #send(change: Change): void {
    const { namespace, matches, form, kind } = this.#options;
    if (namespace !== undefined && textAt(change.object, "metadata", "namespace") !== namespace) {
      return;
    }
    const isIn = change.type !== "DELETED" && matches(change.object);
    const wasIn = change.before !== undefined && matches(change.before);
    if (!isIn && !wasIn) return;
    const type = !isIn ? "DELETED" : wasIn ? "MODIFIED" : "ADDED";
    const isLeaving = !isIn && change.type !== "DELETED";
    if (isLeaving && change.before !== undefined) {
      const last = withAt(change.before, RESOURCE_VERSION, String(change.revision));
      return this.#write(this.#line("DELETED", last));
    }
    const known = encoded.get(change) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    encoded.set(change, known);
    const include = form.kind === "table" ? form.include : "";
    const id = `${type} ${apiVersionOf(kind)} ${form.kind} ${include}`;
    const line = known.get(id) ?? this.#line(type, change.object);
    known.set(id, line);
    this.#write(line);
  }

  #bookmark(metadata: JsonObject): void {
    const { kind, form } = this.#options;
    const resourceVersion = String(this.#cluster.store.revision);
    const object: JsonObject = { metadata: { resourceVersion, ...metadata } };
    if (form.kind !== "table") return this.#write(this.#line("BOOKMARK", object));
    const empty = this.#encoder.list(kind, [], { resourceVersion }, form, this.#cluster.now());
    this.#write(utf8.encode(`{"type":"BOOKMARK","object":${empty}}\n`));
  }

  #line(type: EventType, object: JsonObject): Uint8Array<ArrayBuffer> {
    const { kind, form } = this.#options;
    const text = this.#encoder.one(kind, object, form, this.#cluster.now());
    return utf8.encode(`{"type":"${type}","object":${text}}\n`);
  }

  #write(line: Uint8Array<ArrayBuffer>): void {
    this.#controller?.enqueue(line);
  }

  #release(): void {
    this.#controller = undefined;
    this.#stop.forEach((stop) => stop());
    this.#stop = [];
    this.#onEnd(this);
  }
}

const RESOURCE_VERSION = ["metadata", "resourceVersion"];
