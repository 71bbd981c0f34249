import type { Api } from "./api.ts";

/** Where to listen: a TCP port (0: any free one) or a Unix socket. */
export type ListenAddress =
  | { readonly hostname: string; readonly port: number }
  | { readonly path: string };

/** A listening API server. */
export interface ServedApi {
  /** `http://127.0.0.1:8001`; `http+unix://<path>` for a Unix socket. */
  readonly url: string;
  /** Resolves once the socket is closed. */
  readonly finished: Promise<void>;
}

/** Serves an API over HTTP until `signal` aborts; then watches end and the socket is closed. */
export function serveApi(api: Api, listen: ListenAddress, signal: AbortSignal): ServedApi {
  // Whoever goes away cancels the body of its answer: there is no need of `request.signal`.
  const handler = (request: Request): Promise<Response> => api.handle(request, signal);
  const common = { signal, onListen: () => {}, onError: refuse };
  if ("path" in listen) {
    const server = Deno.serve({ ...common, path: listen.path }, handler);
    signal.addEventListener("abort", () => api.stop());
    return { url: `http+unix://${listen.path}`, finished: server.finished };
  }
  const server = Deno.serve({ ...common, hostname: listen.hostname, port: listen.port }, handler);
  signal.addEventListener("abort", () => api.stop());
  const host = listen.hostname.includes(":") ? `[${listen.hostname}]` : listen.hostname;
  return { url: `http://${host}:${server.addr.port}`, finished: server.finished };
}

/** A request that a fault leaves without an answer. */
function refuse(): Response {
  return new Response("no answer", { status: 502 });
}
