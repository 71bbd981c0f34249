import type { Cache, Kube, Selection } from "./kube.ts";
import type { Resource } from "./resource.ts";
import { type Change, watch, type WatchDeps } from "./watch.ts";

export interface CacheDeps extends WatchDeps {
  /**
   * Called after each batch of changes (a whole list, or one event of the watch), with the cache
   * already changed, and with the keys of the objects that came, went or may have changed.
   * "Look again": it must return soon and not throw.
   */
  readonly onChange: (keys: ReadonlySet<string>) => void;
}

/** What counts of the objects. */
export interface Sameness<T> {
  /** Whether nothing that counts has changed: then the cache keeps `before` and tells nobody. @default never */
  readonly isSame?: (before: T, after: T) => boolean;
}

/** A cache with the task that keeps it current. */
export interface RunningCache<T> extends Cache<T> {
  /** Resolves when the signal has aborted and the watch has stopped; never rejects. */
  readonly ended: Promise<void>;
}

/**
 * Starts to keep all selected objects of one kind in memory. A kind that the server does not have
 * counts as synced and empty, and is asked for again with back-off, so that it is found once installed.
 */
export function startCache<T>(
  kube: Kube,
  resource: Resource<T>,
  selection: Selection,
  deps: CacheDeps & Sameness<T>,
  signal: AbortSignal,
): RunningCache<T> {
  const cache = new WatchedCache(resource, deps.isSame);
  const ended = follow(cache, watch(kube, resource, selection, deps, signal), deps);
  return Object.assign(cache, { ended });
}

class WatchedCache<T> implements Cache<T> {
  readonly resource: Resource<T>;
  readonly #objects = new Map<string, T>();
  readonly #isSame: Sameness<T>["isSame"];
  #isSynced = false;

  constructor(resource: Resource<T>, isSame: Sameness<T>["isSame"]) {
    this.resource = resource;
    this.#isSame = isSame;
  }

  get isSynced(): boolean {
    return this.#isSynced;
  }

  get objects(): ReadonlyMap<string, T> {
    return this.#objects;
  }

  /** The keys of what may be different now; `undefined` where nothing is. */
  apply(change: Change<T>): ReadonlySet<string> | undefined {
    switch (change.kind) {
      case "set": {
        const before = this.#objects.get(change.key);
        if (before !== undefined && this.#isSame?.(before, change.object)) return undefined;
        this.#objects.set(change.key, change.object);
        return new Set([change.key]);
      }
      case "delete":
        return this.#objects.delete(change.key) ? new Set([change.key]) : undefined;
      case "absent":
        return this.#replace(new Map());
      case "all":
        return this.#replace(change.objects);
      default:
        return change satisfies never;
    }
  }

  #replace(objects: ReadonlyMap<string, T>): ReadonlySet<string> | undefined {
    const keys = new Set([...this.#objects.keys(), ...objects.keys()]);
    const isDifferent = !this.#isSynced || keys.size > 0;
    for (const key of this.#objects.keys()) if (!objects.has(key)) this.#objects.delete(key);
    for (const [key, object] of objects) this.#objects.set(key, object);
    this.#isSynced = true;
    return isDifferent ? keys : undefined;
  }
}

async function follow<T>(
  cache: WatchedCache<T>,
  changes: AsyncIterable<Change<T>>,
  deps: CacheDeps,
): Promise<void> {
  try {
    for await (const change of changes) {
      const keys = cache.apply(change);
      if (keys !== undefined) deps.onChange(keys);
    }
  } catch (error) {
    // Only `onChange` or `parse` breaking their contract lead here; the process goes on with what it has.
    deps.log("error", "cacheStopped", { kind: cache.resource.kind, error });
  }
}
