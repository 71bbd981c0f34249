import type { Health } from "./health.ts";
import { messageOf } from "./log.ts";
import type { Registry } from "./prometheus.ts";

/** Where to listen: `undefined` as host name means every address, IPv6 included. */
export interface Listen {
  readonly hostname: string | undefined;
  readonly port: number;
}

/** A JSON answer as pieces of text, made one by one while the reader takes them. */
export type JsonPieces = () => Iterable<string>;

/** Read-only JSON by path, served beside the rest; may be added to while it is served. */
export type Routes = Map<string, JsonPieces>;

/** A running HTTP server. */
export interface Serving {
  readonly port: number;
  /** Resolves when the last answer is out, after `signal` aborted. */
  readonly finished: Promise<void>;
}

/**
 * Serves `/metrics` (Prometheus text), `/healthz` (503 when the work loop stands still) and `/readyz`
 * (503 until the work can be done), and what stands in `routes`, until `signal` aborts.
 *
 * @throws Error when the address cannot be had; the message names it and the flag that changes it
 */
export function serveOps(
  listen: Listen,
  parts: { readonly registry: Registry; readonly health: Health; readonly routes?: Routes },
  signal: AbortSignal,
): Serving {
  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("Method not allowed\n", { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const path = new URL(request.url).pathname;
    const pieces = parts.routes?.get(path);
    if (pieces !== undefined) return json(pieces());
    switch (path) {
      case "/metrics":
        return new Response(await parts.registry.metrics(), {
          headers: { "content-type": parts.registry.contentType },
        });
      case "/healthz":
        return probe(parts.health.isAlive());
      case "/readyz":
        return probe(parts.health.isReady());
      default:
        return notFound(["/metrics", "/healthz", "/readyz", ...parts.routes?.keys() ?? []]);
    }
  };
  const server = open(listen, handle, signal);
  return { port: server.addr.port, finished: server.finished };
}

function open(
  listen: Listen,
  handle: (request: Request) => Promise<Response>,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  const on = (hostname: string): Deno.HttpServer<Deno.NetAddr> =>
    Deno.serve({ port: listen.port, signal, onListen: () => {}, hostname }, handle);
  try {
    if (listen.hostname !== undefined) return on(listen.hostname);
    try {
      return on("::");
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) throw error;
      // A machine without IPv6 has no "::" to listen on.
      return on("0.0.0.0");
    }
  } catch (error) {
    const where = `${listen.hostname ?? ""}:${listen.port}`;
    throw new Error(
      `Cannot listen on "${where}" for metrics and probes; choose another with --http: ${
        whyClosed(error)
      }`,
    );
  }
}

function whyClosed(error: unknown): string {
  if (error instanceof Deno.errors.AddrInUse) return "it is in use";
  if (error instanceof Deno.errors.PermissionDenied) return "this user may not have it";
  return messageOf(error);
}

function json(pieces: Iterable<string>): Response {
  // No piece is made before it is asked for: see `JsonPieces`.
  const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { "content-type": "application/json" } });
}

function notFound(paths: readonly string[]): Response {
  return new Response(`Not found: served here are ${paths.join(", ")}\n`, { status: 404 });
}

function probe(isGood: boolean): Response {
  return new Response(isGood ? "ok\n" : "not ready\n", { status: isGood ? 200 : 503 });
}
