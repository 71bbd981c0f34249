import {
  CONFIG_MAPS,
  isNotFound,
  type Json,
  type JsonObject,
  type Kube,
  pathOf,
  type Resource,
  type RunningCache,
  type Selection,
  startCache,
} from "../../../kube/mod.ts";
import { aborted, silentLog } from "../../../kube/testing.ts";
import { type Clock, systemClock } from "../../../ops/clock.ts";

/** An API server and clients for it. */
export interface World {
  /** May do everything. */
  readonly kube: Kube;
  /** A second client with the same rights and connections of its own. */
  readonly other: Kube;
  /** A client without rights, where the server asks for any. */
  readonly stranger?: Kube;
  /** A namespace for the case alone. */
  readonly namespace: string;
  /** Aborts when the case is over. */
  readonly signal: AbortSignal;
  /** Makes the server forget history, where that can be had. */
  readonly compact?: () => void;
}

export interface Case {
  readonly name: string;
  /** What a world must have beyond the rest for this case. */
  readonly wants?: "compact";
  run(world: World): Promise<void>;
}

/** Creates the namespace of a case. */
export async function createNamespace(kube: Kube, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  const call = { method: "POST", path: "/api/v1/namespaces", body } as const;
  await kube.request(call, new AbortController().signal);
}

/** A cache and a way to wait for what it should come to hold. */
export interface WatchedCache<T> extends AsyncDisposable {
  readonly cache: RunningCache<T>;
  until(isReached: (cache: RunningCache<T>) => boolean): Promise<void>;
}

/** Starts a cache that lasts until it is disposed, or the case is over. */
export function watchCache<T>(
  kube: Kube,
  resource: Resource<T>,
  selection: Selection,
  signal: AbortSignal,
): WatchedCache<T> {
  const stop = new AbortController();
  let changed = Promise.withResolvers<void>();
  const onChange = (): void => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const deps = { clock: hastyClock, random: Math.random, log: silentLog, onChange };
  const cache = startCache(kube, resource, selection, deps, AbortSignal.any([signal, stop.signal]));
  const until = async (isReached: (cache: RunningCache<T>) => boolean): Promise<void> => {
    while (!isReached(cache)) {
      await Promise.race([changed.promise, aborted(signal)]);
      signal.throwIfAborted();
    }
  };
  const dispose = async (): Promise<void> => {
    stop.abort();
    await cache.ended;
  };
  return { cache, until, [Symbol.asyncDispose]: dispose };
}

/** The machine's clock, with the waits between attempts cut short; guards of streams stay as they are. */
const hastyClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms > 60_000 ? ms : Math.min(ms, 50), signal),
};

/** Attempts until the kind is served. */
export async function untilFound(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await hastyClock.sleep(50, signal);
      signal.throwIfAborted();
    }
  }
}

/** @throws TypeError when the answer is not an object */
export function asObject(json: Json | undefined): JsonObject {
  if (typeof json === "object" && json !== null && !isArray(json)) return json;
  throw new TypeError(`Cannot read answer: wanted an object, found ${JSON.stringify(json)}`);
}

/** @throws TypeError when the answer is not a list of objects */
export function itemsOf(list: Json): readonly JsonObject[] {
  const { items } = asObject(list);
  if (items === undefined || !isArray(items)) throw new TypeError("Cannot read list: no items");
  return items.map(asObject);
}

/** Names of the objects in a list. */
export function namesOf(list: Json): readonly string[] {
  return itemsOf(list).map((item) => String(asObject(item["metadata"])["name"]));
}

/** The answer to the creation of a ConfigMap. */
export async function createConfigMap(
  kube: Kube,
  namespace: string,
  name: string,
  data: JsonObject,
  signal: AbortSignal,
  labels: JsonObject = {},
): Promise<Json> {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data };
  const path = pathOf(CONFIG_MAPS, { namespace });
  return await kube.request({ method: "POST", path, body }, signal);
}

function isArray(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
