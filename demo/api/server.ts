import type { Json, JsonObject } from "../../kube/types.ts";
import { errorResponse, formOf, jsonResponse, readBody } from "./call.ts";
import type { Call } from "./call.ts";
import type { Cluster } from "./cluster.ts";
import { aggregatedDiscovery, discoveryAt, SERVER_VERSION } from "./discovery.ts";
import { Encoder } from "./encode.ts";
import { objectAt } from "./json.ts";
import { openApiDocument, openApiIndex } from "./openapi.ts";
import { isWatch, openWatch, readList, readOne } from "./read.ts";
import { parseRoute } from "./route.ts";
import { ApiError, noSuchPath } from "./status.ts";
import type { Watch } from "./watch.ts";
import { create, patch, remove, removeAll, replace } from "./write.ts";

/** From requests to answers. */
export class Server {
  readonly watches = new Set<Watch>();
  readonly #cluster: Cluster;
  readonly #encoder = new Encoder();
  readonly #bookmarkMs: number;

  constructor(cluster: Cluster, bookmarkMs: number) {
    this.#cluster = cluster;
    this.#bookmarkMs = bookmarkMs;
  }

  /** Answers a request; refusals are answers too. */
  async answer(request: Request, signal: AbortSignal): Promise<Response> {
    try {
      const url = new URL(request.url);
      return plainAnswer(url) ?? this.#describe(request, url) ??
        await review(request, url) ?? await this.#serve(request, url, signal);
    } catch (error) {
      if (error instanceof ApiError) return errorResponse(error);
      if (signal.aborted) throw error;
      const message = error instanceof Error ? error.message : String(error);
      return errorResponse(new ApiError(500, "InternalError", message));
    }
  }

  /** Discovery and OpenAPI. */
  #describe(request: Request, url: URL): Response | undefined {
    if (request.method !== "GET") return undefined;
    const { kinds } = this.#cluster.registry;
    const path = url.pathname.replace(/\/$/, "");
    if (path === "/openapi/v3") return jsonResponse(JSON.stringify(openApiIndex(kinds)));
    if (path.startsWith("/openapi/v3/")) {
      const document = openApiDocument(path.slice("/openapi/v3/".length), kinds);
      if (document === undefined) throw noSuchPath();
      return jsonResponse(JSON.stringify(document));
    }
    if (path === "/openapi/v2") return new Response(OPENAPI_V2, { headers: OPENAPI_V2_HEADERS });
    const accept = request.headers.get("accept") ?? "";
    if ((path === "/api" || path === "/apis") && AGGREGATED.test(accept)) {
      const document = aggregatedDiscovery(path === "/api" ? "api" : "apis", kinds);
      const response = jsonResponse(JSON.stringify(document));
      response.headers.set("content-type", AGGREGATED_TYPE);
      return response;
    }
    const document = discoveryAt(path, kinds);
    return document === undefined ? undefined : jsonResponse(JSON.stringify(document));
  }

  async #serve(request: Request, url: URL, signal: AbortSignal): Promise<Response> {
    const route = parseRoute(url.pathname);
    if (route === undefined) throw noSuchPath();
    const kind = this.#cluster.registry.find(route.group, route.version, route.plural);
    if (kind === undefined) throw noSuchPath();
    const isKnownPart = route.subresource === undefined ||
      kind.subresources.some((name) => name === route.subresource);
    if (!isKnownPart || (kind.scope === "Cluster" && route.namespace !== undefined)) {
      throw noSuchPath();
    }
    const call: Call = {
      request,
      signal,
      url,
      route,
      kind,
      form: formOf(request, url),
      cluster: this.#cluster,
      encoder: this.#encoder,
      warnings: [],
    };
    return await this.#dispatch(call);
  }

  #dispatch(call: Call): Response | Promise<Response> {
    const hasName = call.route.name !== undefined;
    switch (call.request.method) {
      case "GET":
        if (isWatch(call.url)) return openWatch(call, this.watches, this.#bookmarkMs);
        return hasName ? readOne(call) : readList(call);
      case "POST":
        if (!hasName) return create(call);
        break;
      case "PUT":
        if (hasName) return replace(call);
        break;
      case "PATCH":
        if (hasName) return patch(call);
        break;
      case "DELETE":
        return hasName ? remove(call) : removeAll(call);
    }
    const message = "the server does not allow this method on the requested resource";
    throw new ApiError(405, "MethodNotAllowed", message);
  }
}

/**
 * `swagger: "2.0"` and nothing else, in protobuf: for kinds that the server does not have kubectl asks
 * here, and goes on to say so when it finds nothing.
 */
const OPENAPI_V2 = Uint8Array.of(0x0a, 3, 0x32, 0x2e, 0x30);
const OPENAPI_V2_HEADERS = {
  "content-type": "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
};

const AGGREGATED = /g=apidiscovery\.k8s\.io;v=v2;as=APIGroupDiscoveryList/;
const AGGREGATED_TYPE = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

function plainAnswer(url: URL): Response | undefined {
  switch (url.pathname.replace(/\/$/, "")) {
    case "/healthz":
    case "/readyz":
    case "/livez":
      return new Response("ok");
    case "/version":
      return jsonResponse(JSON.stringify(SERVER_VERSION));
    default:
      return undefined;
  }
}

/** Everyone may do everything, and is told so. */
async function review(request: Request, url: URL): Promise<Response | undefined> {
  const [, apis, group, version, plural] = url.pathname.split("/");
  if (request.method !== "POST" || apis !== "apis" || version !== "v1") return undefined;
  const status = REVIEWS[`${group}/${plural}`];
  if (status === undefined) return undefined;
  const body: Json = await readBody(request);
  const answer: JsonObject = { ...objectAt(body), status };
  return jsonResponse(JSON.stringify(answer), 201);
}

const USER = { username: "demo", groups: ["system:masters", "system:authenticated"] };
const REVIEWS: Readonly<Record<string, JsonObject>> = {
  "authorization.k8s.io/selfsubjectaccessreviews": { allowed: true },
  "authorization.k8s.io/subjectaccessreviews": { allowed: true },
  "authentication.k8s.io/selfsubjectreviews": { userInfo: USER },
};
