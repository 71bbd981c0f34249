import type { JsonObject } from "../../kube/types.ts";
import { jsonResponse, objectResponse, targetOf } from "./call.ts";
import type { Call } from "./call.ts";
import { textAt } from "./json.ts";
import { readPage } from "./page.ts";
import { scaleOf } from "./scale.ts";
import { parseFieldSelector, parseLabelSelector } from "./select.ts";
import type { Matches } from "./select.ts";
import { ApiError, badRequest } from "./status.ts";
import { Watch } from "./watch.ts";

/** GET of one object, or of a part of it. */
export function readOne(call: Call): Response {
  const object = call.cluster.get(targetOf(call));
  if (call.route.subresource !== "scale") return objectResponse(call, object);
  return jsonResponse(JSON.stringify(scaleOf(object)));
}

/** GET of a collection. @throws ApiError 400, 410 or 504 */
export function readList(call: Call): Response {
  const { cluster, encoder, kind, form, url } = call;
  checkVersion(call);
  const limit = numberOf(url, "limit");
  const page = readPage(cluster.store, {
    storage: kind.storage,
    namespace: call.route.namespace,
    matches: selectionOf(call),
    limit: limit === 0 ? undefined : limit,
    from: url.searchParams.get("continue") ?? "",
  });
  const hasSelector = url.searchParams.has("labelSelector") ||
    url.searchParams.has("fieldSelector");
  const meta = {
    resourceVersion: String(page.revision),
    ...(page.next === "" ? {} : { continue: page.next }),
    ...(page.remaining === 0 || hasSelector ? {} : { remainingItemCount: page.remaining }),
  };
  return jsonResponse(encoder.list(kind, page.objects, meta, form, cluster.now()));
}

/** GET of a collection with `watch=1`. The watch is among `watches` while it runs. */
export function openWatch(call: Call, watches: Set<Watch>, bookmarkMs: number): Response {
  const { cluster, encoder, kind, form, url, signal } = call;
  const query = url.searchParams;
  const from = numberOf(url, "resourceVersion");
  const sendsAll = query.get("sendInitialEvents") === "true";
  const timeoutSeconds = numberOf(url, "timeoutSeconds") ?? DEFAULT_TIMEOUT_SECONDS;
  const watch = new Watch(`${url.pathname}${url.search}`, cluster, encoder, {
    kind,
    namespace: call.route.namespace,
    matches: selectionOf(call),
    form,
    from: from === 0 || sendsAll ? undefined : from,
    sendsBookmarks: isTrue(query.get("allowWatchBookmarks")),
    marksInitialEnd: sendsAll,
    bookmarkMs,
    timeoutMs: timeoutSeconds * 1000,
    signal,
  }, (ended) => watches.delete(ended));
  if (watch.isRunning) watches.add(watch);
  return new Response(watch.body, { headers: { "content-type": "application/json" } });
}

const DEFAULT_TIMEOUT_SECONDS = 1800;

/** Whether a GET asks for a watch. */
export function isWatch(url: URL): boolean {
  return isTrue(url.searchParams.get("watch"));
}

/** Objects that the selectors of a request (and the name in its path) choose. @throws ApiError 400 */
export function selectionOf(call: Call): Matches {
  const { kind, url, route } = call;
  const labels = parseLabelSelector(url.searchParams.get("labelSelector") ?? "");
  const fields = parseFieldSelector(url.searchParams.get("fieldSelector") ?? "", kind.selectable);
  const name = route.name;
  return (object: JsonObject) =>
    labels(object) && fields(object) &&
    (name === undefined || textAt(object, "metadata", "name") === name);
}

function checkVersion(call: Call): void {
  const wanted = numberOf(call.url, "resourceVersion") ?? 0;
  const current = call.cluster.store.revision;
  if (wanted <= current) return;
  const message = `Too large resource version: ${wanted}, current: ${current}`;
  throw new ApiError(504, "Timeout", message, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });
}

function numberOf(url: URL, name: string): number | undefined {
  const text = url.searchParams.get(name) ?? "";
  if (text === "") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`the query parameter ${name} is not a number: "${text}"`);
}

function isTrue(text: string | null): boolean {
  return text === "true" || text === "1";
}
