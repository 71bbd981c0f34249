import type { Log } from "../ops/log.ts";
import { type Clock, systemClock } from "../ops/clock.ts";
import { abortable, AbortScope } from "./abort_scope.ts";
import type { Credentials } from "./access.ts";
import { errorOfAnswer, KubeError } from "./errors.ts";
import type { Kube, KubeCall } from "./kube.ts";
import { splitLines } from "./lines.ts";
import type { Json } from "./types.ts";

/** What a client needs from outside. */
export interface ClientDeps {
  /** Sends one request. @default the runtime's `fetch`, with the credentials' TLS */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** @default the machine's clocks */
  readonly clock?: Clock;
  /** @default nothing is written */
  readonly log?: Log;
  /** How long a call may take in whole, and a stream until it is accepted. @default 30000 */
  readonly timeoutMs?: number;
  /** @default "lanlord" */
  readonly userAgent?: string;
}

/**
 * A client for the API server that the credentials name. Nothing is sent until the first call.
 * It does not try again, except once after a 401 when a newer token is to be had. When a call gets no
 * answer in time and nothing else came over the connection meanwhile, the connection is left behind with
 * all streams on it: calls share it, and a dead peer is not noticed by TCP for many minutes. When the caller's signal
 * aborts, calls reject with the signal's reason.
 */
export function createClient(credentials: Credentials, deps: ClientDeps = {}): Kube & Disposable {
  return new Client(credentials, deps);
}

class Client implements Kube, Disposable {
  readonly #credentials: Credentials;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #userAgent: string;
  readonly #fetch: ClientDeps["fetch"];
  #connection: Connection | undefined;
  #isDisposed = false;

  constructor(credentials: Credentials, deps: ClientDeps) {
    this.#credentials = credentials;
    this.#clock = deps.clock ?? systemClock;
    this.#log = deps.log ?? ((): void => {});
    this.#timeoutMs = deps.timeoutMs ?? 30_000;
    this.#userAgent = deps.userAgent ?? "lanlord";
    this.#fetch = deps.fetch;
  }

  async request(call: KubeCall, signal: AbortSignal): Promise<Json> {
    const connection = this.#connect();
    using scope = new AbortScope(signal, connection.signal);
    this.#limit(call, connection, scope, (error) => scope.abort(error));
    try {
      const response = await this.#send(call, connection, scope.signal);
      const text = await abortable(response.text(), scope.signal);
      return decode(call, text);
    } catch (error) {
      throw reasonOf(call, error, signal, scope.signal);
    }
  }

  async *stream(call: KubeCall, signal: AbortSignal): AsyncGenerator<Json> {
    const connection = this.#connect();
    using scope = new AbortScope(signal, connection.signal);
    try {
      const response = await this.#accepted(call, connection, scope.signal);
      for await (const line of linesOf(response, scope.signal)) {
        connection.heardAt = this.#clock.now();
        yield decode(call, line);
      }
    } catch (error) {
      throw reasonOf(call, error, signal, scope.signal);
    } finally {
      // Also reached when the reader leaves early: the request must not go on behind its back.
      scope.abort(new DOMException("The stream is no longer read", "AbortError"));
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#connection?.[Symbol.dispose]();
    this.#connection = undefined;
  }

  #connect(): Connection {
    if (this.#isDisposed) throw new TypeError("Cannot call API server: the client is closed");
    return this.#connection ??= new Connection(this.#credentials, this.#fetch);
  }

  /** The time limit covers the head of the answer, not the stream that follows. */
  async #accepted(call: KubeCall, connection: Connection, signal: AbortSignal): Promise<Response> {
    using start = new AbortScope();
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {});
    this.#limit(call, connection, start, late.reject);
    return await Promise.race([this.#send(call, connection, signal), late.promise]);
  }

  /** Tells `stop` when the time is up; the connection is left if nothing at all came over it. */
  #limit(
    call: KubeCall,
    connection: Connection,
    scope: AbortScope,
    stop: (error: KubeError) => void,
  ): void {
    const { timeoutMs = this.#timeoutMs } = call;
    const startedAt = this.#clock.now();
    scope.after(timeoutMs, this.#clock, () => {
      const detail = `wanted an answer within ${Math.round(timeoutMs)} ms, have none`;
      const error = failure(call, "Timeout", detail);
      stop(error);
      if (connection.heardAt <= startedAt) this.#leave(connection, error);
    });
  }

  async #send(call: KubeCall, connection: Connection, signal: AbortSignal): Promise<Response> {
    const token = await this.#credentials.token("send");
    let response = await abortable(this.#attempt(call, token, connection, signal), signal);
    connection.heardAt = this.#clock.now();
    if (response.status === 401) {
      const fresh = await this.#credentials.token("rejected");
      if (fresh !== undefined && fresh !== token) {
        await response.body?.cancel();
        response = await abortable(this.#attempt(call, fresh, connection, signal), signal);
      }
    }
    if (response.ok) return response;
    throw await errorOf(call, response, signal);
  }

  #attempt(
    call: KubeCall,
    token: string | undefined,
    connection: Connection,
    signal: AbortSignal,
  ): Promise<Response> {
    const headers = new Headers({ accept: "application/json", "user-agent": this.#userAgent });
    if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
    if (call.body !== undefined) headers.set("content-type", call.contentType ?? JSON_TYPE);
    const body = call.body === undefined ? null : JSON.stringify(call.body);
    // A redirect would carry the token to wherever the answer points.
    const init: RequestInit = { method: call.method, headers, body, signal, redirect: "error" };
    return connection.fetch(new Request(urlOf(this.#credentials.server, call), init));
  }

  #leave(connection: Connection, error: KubeError): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    this.#log("warn", "apiConnectionLeft", { server: this.#credentials.server, error });
    connection.leave(error);
  }
}

/** The connections that calls share until one of them gets no answer. */
class Connection implements Disposable {
  readonly #scope = new AbortController();
  readonly #http: Deno.HttpClient | undefined;
  /** When something last came over it, by the monotonic clock. */
  heardAt = -Infinity;
  readonly fetch: (request: Request) => Promise<Response>;

  constructor(credentials: Credentials, send: ClientDeps["fetch"]) {
    const client = send === undefined ? openHttp(credentials) : undefined;
    this.#http = client;
    this.fetch = send ??
      ((request) => client === undefined ? fetch(request) : fetch(request, { client }));
  }

  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  leave(reason: unknown): void {
    this.#scope.abort(reason);
    this.#http?.close();
  }

  [Symbol.dispose](): void {
    if (this.#scope.signal.aborted) return;
    this.leave(new DOMException("The client is closed", "AbortError"));
  }
}

const JSON_TYPE = "application/json";

function openHttp({ tls, proxyUrl }: Credentials): Deno.HttpClient {
  const options = {
    caCerts: [...tls?.caCerts ?? []],
    ...(proxyUrl === undefined ? {} : { proxy: { url: proxyUrl } }),
  };
  const { cert, key } = tls ?? {};
  if (cert === undefined || key === undefined) return Deno.createHttpClient(options);
  return Deno.createHttpClient({ ...options, cert, key });
}

function urlOf(server: string, call: KubeCall): string {
  const query = new URLSearchParams(call.query).toString();
  return `${server}${call.path}${query === "" ? "" : `?${query}`}`;
}

async function* linesOf(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) break;
      const { lines, rest: next } = splitLines(rest, decoder.decode(value, { stream: true }));
      rest = next;
      yield* lines;
    }
  } finally {
    // Nothing waits for this: the connection may be the very thing that does not answer.
    reader.cancel().catch(() => {});
  }
  if (rest.trim() !== "") throw new SyntaxError("the stream ended within a line");
}

function decode(call: KubeCall, text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = `wanted JSON, found ${JSON.stringify(text.slice(0, 40))}`;
    throw failure(call, "BrokenStream", detail, cause);
  }
}

async function errorOf(call: KubeCall, response: Response, signal: AbortSignal): Promise<unknown> {
  const text = await abortable(response.text(), signal);
  return errorOfAnswer({
    verb: call.method,
    path: call.path,
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    body: text.trimStart().startsWith("{") ? decode(call, text) : text.slice(0, 200),
  });
}

/** Who stopped the call decides what is thrown: its caller, its connection, or neither. */
function reasonOf(
  call: KubeCall,
  error: unknown,
  caller: AbortSignal,
  scope: AbortSignal,
): unknown {
  if (caller.aborted) return caller.reason;
  const cause = scope.aborted && !(error instanceof KubeError) ? scope.reason : error;
  if (cause instanceof KubeError) {
    // What ended another call's connection ended this call with it.
    return cause.path === call.path
      ? cause
      : failure(call, cause.reason, "the connection was left behind", cause);
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  // What it says is said already; what caused it is not.
  return failure(call, "Unreachable", detail, cause instanceof Error ? cause.cause : undefined);
}

function failure(call: KubeCall, reason: string, detail: string, cause?: unknown): KubeError {
  return new KubeError(
    { verb: call.method, path: call.path, status: 0, reason, detail },
    cause === undefined ? undefined : { cause },
  );
}
