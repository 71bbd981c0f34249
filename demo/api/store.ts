import type { JsonObject } from "../../kube/types.ts";
import { objectAt, textAt } from "./json.ts";

/** One change of one object. */
export interface Change {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly storage: string;
  readonly key: string;
  /** The object after the change; for DELETED its last state, at the revision of the deletion. */
  readonly object: JsonObject;
  readonly before: JsonObject | undefined;
  readonly revision: number;
}

/** Told of changes, in their order. */
export type Listener = (change: Change) => void;

interface Collection {
  readonly objects: Map<string, JsonObject>;
  readonly listeners: Set<Listener>;
  /** Ascending by revision; bounded. */
  history: Change[];
  /** Changes up to this revision are forgotten. */
  compacted: number;
  /** Keys in order, until a key comes or goes. */
  keys: readonly string[] | undefined;
}

/**
 * All objects, one revision counter for all of them, and a bounded history of changes per kind.
 * Objects are values: a change puts another one in the place. They are kept without `apiVersion` and
 * `kind`, which follow from the path that serves them.
 */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #listeners = new Set<Listener>();
  readonly #historyLimit: number;
  #revision = 1;

  /** @param historyLimit changes to remember per kind, at least. */
  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  /** The revision of the latest change. */
  get revision(): number {
    return this.#revision;
  }

  get(storage: string, key: string): JsonObject | undefined {
    return this.#collection(storage).objects.get(key);
  }

  /** Puts an object in its place, at the next revision. */
  put(storage: string, key: string, object: JsonObject): JsonObject {
    const collection = this.#collection(storage);
    const before = collection.objects.get(key);
    const stored = this.#atNextRevision(object);
    collection.objects.set(key, stored);
    if (before === undefined) collection.keys = undefined;
    const type = before === undefined ? "ADDED" : "MODIFIED";
    this.#tell(collection, {
      type,
      storage,
      key,
      object: stored,
      before,
      revision: this.#revision,
    });
    return stored;
  }

  /** Removes an object; its last state, or `undefined` where there was none. */
  remove(storage: string, key: string): JsonObject | undefined {
    const collection = this.#collection(storage);
    const before = collection.objects.get(key);
    if (before === undefined) return undefined;
    const object = this.#atNextRevision(before);
    collection.objects.delete(key);
    collection.keys = undefined;
    const revision = this.#revision;
    this.#tell(collection, { type: "DELETED", storage, key, object, before, revision });
    return object;
  }

  /** Keys of a kind, in order. */
  keys(storage: string): readonly string[] {
    const collection = this.#collection(storage);
    return collection.keys ??= [...collection.objects.keys()].sort();
  }

  /** Kinds of which there are objects. */
  storages(): readonly string[] {
    return [...this.#collections.keys()];
  }

  /** Changes after a revision, in order; `undefined` when they are not all remembered. */
  since(storage: string, revision: number): readonly Change[] | undefined {
    const collection = this.#collection(storage);
    if (revision < collection.compacted) return undefined;
    const history = collection.history;
    let first = history.length;
    while (first > 0 && (history[first - 1]?.revision ?? 0) > revision) first--;
    return history.slice(first);
  }

  /** Calls back on every later change of one kind, or of all; the result ends that. */
  listen(storage: string | "*", listener: Listener): () => void {
    const listeners = storage === "*" ? this.#listeners : this.#collection(storage).listeners;
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Forgets all history, as a compaction of etcd does. */
  compact(): void {
    for (const collection of this.#collections.values()) {
      collection.history = [];
      collection.compacted = this.#revision;
    }
  }

  #collection(storage: string): Collection {
    const found = this.#collections.get(storage);
    if (found !== undefined) return found;
    const made: Collection = {
      objects: new Map(),
      listeners: new Set(),
      history: [],
      compacted: 0,
      keys: [],
    };
    this.#collections.set(storage, made);
    return made;
  }

  #atNextRevision(object: JsonObject): JsonObject {
    this.#revision++;
    const metadata = { ...objectAt(object, "metadata"), resourceVersion: String(this.#revision) };
    return { ...object, metadata };
  }

  #tell(collection: Collection, change: Change): void {
    collection.history.push(change);
    if (collection.history.length >= this.#historyLimit * 2) {
      const forgotten = collection.history.splice(0, this.#historyLimit);
      collection.compacted = forgotten.at(-1)?.revision ?? collection.compacted;
    }
    for (const listener of collection.listeners) listener(change);
    for (const listener of this.#listeners) listener(change);
  }
}

/** The key of an object among those of its kind: `namespace/name`, `/name` without a namespace. */
export function keyOf(object: JsonObject): string {
  return `${textAt(object, "metadata", "namespace")}/${textAt(object, "metadata", "name")}`;
}
