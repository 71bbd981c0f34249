import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { isNotFound } from "./errors.ts";
import { objectAt, objectsAt, stringAt } from "./json.ts";
import type { Cache, Kube, Selection } from "./kube.ts";
import { listPages } from "./list.ts";
import { isWorthReporting } from "./list_watch.ts";
import { isOlderVersion, keyOf } from "./resource.ts";
import { parseMeta } from "./resources.ts";
import type { ObjectMeta } from "./types.ts";

export interface CatchUpDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** The part of a cached object that says which state it is. */
export interface Versioned {
  readonly meta: ObjectMeta;
}

/**
 * Resolves when the cache shows all that was written before this call, by whomever; or when the signal
 * aborts. A watch may lag behind by any time, while its connection is dead or waits to be tried again,
 * so whoever takes over from another writer asks the server itself: for a list that is read from its
 * store. Never rejects: a list that fails is asked for again.
 */
export async function catchUp<T extends Versioned>(
  kube: Kube,
  cache: Cache<T>,
  selection: Selection,
  deps: CatchUpDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    let listed: Listed | undefined;
    try {
      listed = await listMetas(kube, cache, selection, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (isNotFound(error)) return;
      if (isWorthReporting(++failures)) {
        deps.log("warn", "catchUpFailed", { kind: cache.resource.kind, failures, error });
      }
    }
    // What was deleted after the list was taken never comes: then a new list is needed.
    for (let look = 0; look < LOOKS_PER_LIST && !signal.aborted; look++) {
      if (listed !== undefined && isCovered(listed, cache.objects)) return;
      await deps.clock.sleep(LOOK_MS, signal);
    }
  }
}

/** How often a lagging cache is looked at, and how many times before a new list. */
const LOOK_MS = 50;
const LOOKS_PER_LIST = 20;

const PAGE_SIZE = 500;

interface Listed {
  readonly resourceVersion: string;
  readonly metas: ReadonlyMap<string, ObjectMeta>;
}

async function listMetas<T>(
  kube: Kube,
  { resource }: Cache<T>,
  selection: Selection,
  signal: AbortSignal,
): Promise<Listed> {
  const metas = new Map<string, ObjectMeta>();
  const source = { kube, resource, selection, signal };
  let first: string | undefined;
  for await (const page of listPages(source, { limit: String(PAGE_SIZE) })) {
    for (const item of objectsAt(page, "items")) {
      if (resource.parse(item) === undefined) continue;
      const meta = parseMeta(item);
      metas.set(keyOf(meta), meta);
    }
    first ??= stringAt(objectAt(page, "metadata"), "resourceVersion") ?? "";
  }
  return { resourceVersion: first ?? "", metas };
}

/** Nothing listed is missing or older in the cache, and nothing is left that was deleted before. */
function isCovered(listed: Listed, cached: ReadonlyMap<string, Versioned>): boolean {
  for (const [key, meta] of listed.metas) {
    const seen = cached.get(key)?.meta;
    if (seen === undefined || (seen.uid !== meta.uid && !isOlderVersion(meta, seen))) return false;
    if (isOlderVersion(seen, meta)) return false;
  }
  for (const [key, { meta }] of cached) {
    if (!listed.metas.has(key) && isOlderVersion(meta, listed)) return false;
  }
  return true;
}
