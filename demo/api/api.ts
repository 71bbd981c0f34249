import type { JsonObject } from "../../kube/types.ts";
import { Cluster } from "./cluster.ts";
import { Faults } from "./faults.ts";
import type { Fault } from "./faults.ts";
import { textAt } from "./json.ts";
import { apiVersionOf } from "./kind.ts";
import { NAMESPACE } from "./kinds/core.ts";
import { Server } from "./server.ts";
import { ApiError } from "./status.ts";
import { errorResponse } from "./call.ts";

/** How an {@linkcode Api} is made. */
export interface ApiOptions {
  /** ms since 1970. @default Date.now */
  readonly now?: () => number;
  /** Numbers from 0 to 1, for generated names. @default Math.random */
  readonly random?: () => number;
  /** Told of every request once its answer begins. */
  readonly requestLog?: (entry: RequestEntry) => void;
  /** Changes remembered per kind, at least, for watches that start in the past. @default 20000 */
  readonly historyLimit?: number;
  /** ms between the bookmarks of a watch. @default 60000 */
  readonly bookmarkMs?: number;
  /**
   * ms between the deletion of a Namespace and that of what is in it. Where people delete a manifest
   * with its Namespace in it, they expect to find the rest of it a moment longer. @default 0
   */
  readonly namespaceDelayMs?: number;
}

/** One answered request. */
export interface RequestEntry {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** 0: no answer was given, because a fault wanted it so. */
  readonly status: number;
  readonly userAgent: string;
}

/** An API server in memory. */
export interface Api {
  /** Answers a request as `fetch` would, so that clients can be given this instead of a socket. */
  fetch(input: URL | Request | string, init?: RequestInit): Promise<Response>;
  /** Answers a request of an HTTP server. `signal` ends what is under way. */
  handle(request: Request, signal: AbortSignal): Promise<Response>;
  /**
   * Puts objects in place as `kubectl create` would, in order; statuses are kept.
   *
   * @throws ApiError for the first object that is refused; RangeError for an unknown kind
   */
  load(objects: readonly JsonObject[]): void;
  /** Forces what a real server does on bad days. */
  readonly faults: Faults;
  /** The revision of the latest change. */
  readonly revision: number;
  /** Ends all watches, and whatever else is under way. */
  stop(): void;
}

/** Makes an API server with the namespaces and accounts of an empty cluster. */
export function createApi(options: ApiOptions = {}): Api {
  const random = options.random ?? Math.random;
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const schedule = (work: () => void): void => {
    const delayMs = options.namespaceDelayMs ?? 0;
    if (delayMs === 0) return work();
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, delayMs);
    timers.add(timer);
  };
  const cluster = new Cluster({
    schedule,
    now: options.now ?? Date.now,
    newUid: () => crypto.randomUUID(),
    newSuffix: () => suffix(random),
    historyLimit: options.historyLimit ?? 20_000,
  });
  for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"]) {
    cluster.create(NAMESPACE, "", { metadata: { name } }, QUIET);
  }
  const server = new Server(cluster, options.bookmarkMs ?? 60_000);
  const faults = new Faults(cluster, server.watches);
  const answer = async (request: Request, signal: AbortSignal): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const fault = faults.take(request.method, `${pathname}${search}`);
    return await suffer(fault, signal) ?? await server.answer(request, signal);
  };
  const handle = async (request: Request, signal: AbortSignal): Promise<Response> => {
    signal.throwIfAborted();
    const entry = entryOf(request);
    try {
      const response = await answer(request, signal);
      options.requestLog?.({ ...entry, status: response.status });
      return response;
    } catch (error) {
      options.requestLog?.({ ...entry, status: 0 });
      throw error;
    }
  };
  return {
    faults,
    handle,
    fetch: (input, init) => {
      const request = new Request(input, init);
      return handle(request, request.signal);
    },
    get revision() {
      return cluster.store.revision;
    },
    load: (objects) => objects.forEach((object) => load(cluster, object)),
    stop: () => {
      timers.forEach(clearTimeout);
      faults.dropWatches();
    },
  };
}

const QUIET = { isDryRun: false, fieldValidation: "Ignore", warn: () => {} } as const;

function load(cluster: Cluster, object: JsonObject): void {
  const apiVersion = textAt(object, "apiVersion");
  const name = textAt(object, "kind");
  const kind = cluster.registry.kinds.find((one) =>
    one.kind === name && apiVersionOf(one) === apiVersion
  );
  if (kind === undefined) {
    throw new RangeError(`Cannot load object: no kind "${name}" in "${apiVersion}"`);
  }
  const namespace = kind.scope === "Cluster"
    ? ""
    : textAt(object, "metadata", "namespace") || "default";
  const made = cluster.create(kind, namespace, object, QUIET);
  const status = object["status"];
  if (status === undefined || !kind.subresources.includes("status")) return;
  const target = { kind, namespace, name: textAt(made, "metadata", "name") };
  cluster.update(target, "status", { ...kind.read(made), status }, QUIET);
}

function entryOf(request: Request): Omit<RequestEntry, "status"> {
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: `${pathname}${search}`,
    userAgent: request.headers.get("user-agent") ?? "",
  };
}

/** Lets a fault happen; the answer that it gives instead of the real one, if any. */
async function suffer(
  fault: Fault | undefined,
  signal: AbortSignal,
): Promise<Response | undefined> {
  if (fault === undefined) return undefined;
  if (fault.delayMs !== undefined) await delay(fault.delayMs, signal);
  if (fault.status === undefined) return undefined;
  if (fault.status === 0) throw new TypeError("Cannot reach the API server: connection refused");
  const reason = REASONS[fault.status] ?? "InternalError";
  const error = new ApiError(fault.status, reason, `a fault was asked for: ${reason}`);
  return errorResponse(error, fault.retryAfterSeconds);
}

const REASONS: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  429: "TooManyRequests",
  503: "ServiceUnavailable",
  504: "Timeout",
};

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", abort);
    function finish(): void {
      signal.removeEventListener("abort", abort);
      resolve();
    }
    function abort(): void {
      clearTimeout(timer);
      reject(signal.reason);
    }
  });
}

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Five characters without vowels, as the API server appends them to `generateName`. */
function suffix(random: () => number): string {
  return Array.from({ length: 5 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join("");
}
