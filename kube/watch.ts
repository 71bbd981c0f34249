import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { AbortScope } from "./abort_scope.ts";
import { KubeError } from "./errors.ts";
import { isObject, numberAt, objectAt, objectsAt, stringAt } from "./json.ts";
import type { Kube, KubeCall, Selection } from "./kube.ts";
import {
  FIRST_LIST,
  isWorthReporting,
  type ListState,
  type ListWatchOutcome,
  type ListWatchState,
  type ListWatchStep,
  step,
  type WatchState,
} from "./list_watch.ts";
import { keyOf, pathOf, type Resource } from "./resource.ts";
import type { Json, JsonObject } from "./types.ts";

/** What changed among the selected objects. Keys are `keyOf`. */
export type Change<T> =
  /** All there is: whatever is not among them is gone. */
  | { readonly kind: "all"; readonly objects: ReadonlyMap<string, T> }
  /** The server has no such kind, so there are none; it is asked again slowly. */
  | { readonly kind: "absent" }
  | { readonly kind: "set"; readonly key: string; readonly object: T }
  | { readonly kind: "delete"; readonly key: string };

export interface WatchDeps {
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
}

/**
 * Follows the selected objects of one kind until the signal aborts; never throws. It lists in pages,
 * then watches with bookmarks from where the list was taken. Dropped and stalled streams are
 * resumed, a lost place in history is made good by a new list; how long to wait is decided by `step`.
 * Objects that `resource.parse` leaves out are reported as deleted, since they may have been in before.
 */
export async function* watch<T>(
  kube: Kube,
  resource: Resource<T>,
  selection: Selection,
  deps: WatchDeps,
  signal: AbortSignal,
): AsyncGenerator<Change<T>> {
  const source = { kube, resource, selection, deps, signal };
  let state: ListWatchState = { ...FIRST_LIST, isNarrow: selection.narrowing !== undefined };
  let pages = new Map<string, T>();
  while (!signal.aborted) {
    if (state.kind === "list" && state.continueToken === undefined) pages = new Map();
    const outcome: ListWatchOutcome = state.kind === "list"
      ? await readPage(source, state, pages)
      : yield* readStream(source, state);
    if (signal.aborted) return;
    if (outcome.kind === "page" && outcome.continueToken === undefined) {
      yield { kind: "all", objects: pages };
      pages = new Map();
    }
    const next: ListWatchStep = step(state, outcome, deps.random());
    if (next.isAbsent) yield { kind: "absent" };
    state = next.state;
    if (next.delayMs > 0) await deps.clock.sleep(next.delayMs, signal);
  }
}

interface Source<T> {
  readonly kube: Kube;
  readonly resource: Resource<T>;
  readonly selection: Selection;
  readonly deps: WatchDeps;
  readonly signal: AbortSignal;
}

const PAGE_SIZE = 500;

/** How long the server is asked to keep a stream: 5 to 10 minutes, so that they do not all end at once. */
const STREAM_SECONDS = 300;

/** What a server may take longer than it was asked to before the stream counts as stalled. */
const STALL_MARGIN_MS = 30_000;

async function readPage<T>(
  source: Source<T>,
  state: ListState,
  pages: Map<string, T>,
): Promise<ListWatchOutcome> {
  const { resource, deps } = source;
  const startedAt = deps.clock.now();
  try {
    const call = callOf(source, state, {
      ...(state.isPaged ? { limit: String(source.selection.pageSize ?? PAGE_SIZE) } : {}),
      ...(state.continueToken === undefined ? {} : { continue: state.continueToken }),
    });
    const list = objectOf(await source.kube.request(call, source.signal));
    for (const item of objectsAt(list, "items")) {
      const object = resource.parse(item);
      if (object !== undefined) pages.set(keyOfObject(item), object);
    }
    const meta = objectAt(list, "metadata");
    return {
      kind: "page",
      resourceVersion: stringAt(meta, "resourceVersion") ?? "",
      continueToken: stringAt(meta, "continue") || undefined,
    };
  } catch (error) {
    return failed(source, state, error, undefined, startedAt);
  }
}

async function* readStream<T>(
  source: Source<T>,
  state: WatchState,
): AsyncGenerator<Change<T>, ListWatchOutcome> {
  const { deps } = source;
  const startedAt = deps.clock.now();
  const seconds = Math.round(STREAM_SECONDS * (1 + deps.random()));
  let { resourceVersion } = state;
  using scope = new AbortScope(source.signal);
  try {
    const call = callOf(source, state, {
      watch: "1",
      allowWatchBookmarks: "true",
      resourceVersion,
      timeoutSeconds: String(seconds),
    });
    const limitMs = seconds * 1000 + STALL_MARGIN_MS;
    scope.after(limitMs, deps.clock, () => scope.abort(stalled(call, seconds)));
    for await (const line of source.kube.stream(call, scope.signal)) {
      const event = objectOf(line);
      const object = objectAt(event, "object");
      if (event["type"] === "ERROR") throw errorOfEvent(call, object);
      resourceVersion = stringAt(objectAt(object, "metadata"), "resourceVersion") ??
        resourceVersion;
      if (event["type"] !== "BOOKMARK") yield changeOf(source.resource, event, object);
    }
    return { kind: "ended", resourceVersion, lastedMs: deps.clock.now() - startedAt };
  } catch (error) {
    return failed(source, state, error, resourceVersion, startedAt);
  }
}

function changeOf<T>(resource: Resource<T>, event: JsonObject, item: JsonObject): Change<T> {
  const key = keyOfObject(item);
  const object = event["type"] === "DELETED" ? undefined : resource.parse(item);
  return object === undefined ? { kind: "delete", key } : { kind: "set", key, object };
}

function callOf<T>(
  source: Source<T>,
  { isNarrow }: ListWatchState,
  query: Readonly<Record<string, string>>,
): KubeCall {
  const { namespace, labelSelector, narrowing } = source.selection;
  const fieldSelector = isNarrow ? narrowing : source.selection.fieldSelector;
  return {
    method: "GET",
    path: pathOf(source.resource, namespace === undefined ? {} : { namespace }),
    query: {
      ...query,
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    },
  };
}

function failed<T>(
  source: Source<T>,
  state: ListWatchState,
  error: unknown,
  resourceVersion: string | undefined,
  startedAt: number,
): ListWatchOutcome {
  const { clock, log } = source.deps;
  const status = error instanceof KubeError ? error.status : 0;
  const isRefusedNarrow = status === 400 && state.isNarrow;
  const isExpected = status === 410 || status === 404 || isRefusedNarrow;
  if (!source.signal.aborted && isWorthReporting(state.failures + 1)) {
    const fields = { kind: source.resource.kind, failures: state.failures + 1, error };
    log(isExpected ? "debug" : "warn", "watchFailed", fields);
  }
  return {
    kind: "failed",
    status,
    retryAfterSeconds: error instanceof KubeError ? error.retryAfterSeconds : undefined,
    resourceVersion,
    lastedMs: clock.now() - startedAt,
  };
}

function stalled(call: KubeCall, seconds: number): KubeError {
  return new KubeError({
    verb: call.method,
    path: call.path,
    status: 0,
    reason: "Timeout",
    detail: `wanted the stream to end after ${seconds} s, found it open`,
  });
}

function errorOfEvent(call: KubeCall, status: JsonObject): KubeError {
  return new KubeError({
    verb: call.method,
    path: call.path,
    status: numberAt(status, "code") ?? 500,
    reason: stringAt(status, "reason") ?? "Unknown",
    detail: stringAt(status, "message") ?? "no explanation given",
    retryAfterSeconds: numberAt(objectAt(status, "details"), "retryAfterSeconds"),
  });
}

function objectOf(json: Json): JsonObject {
  if (!isObject(json)) {
    throw new TypeError(`Cannot read answer: wanted an object, found ${typeof json}`);
  }
  return json;
}

function keyOfObject(object: JsonObject): string {
  const meta = objectAt(object, "metadata");
  return keyOf({
    namespace: stringAt(meta, "namespace") ?? "",
    name: stringAt(meta, "name") ?? "",
  });
}
