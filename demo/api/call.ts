import { parse } from "yaml";
import type { Json, JsonObject } from "../../kube/types.ts";
import type { FieldValidation } from "./admit.ts";
import type { Cluster, Target, WriteOptions } from "./cluster.ts";
import { negotiate } from "./encode.ts";
import type { Encoder, Form } from "./encode.ts";
import type { Kind } from "./kind.ts";
import type { Route } from "./route.ts";
import { ApiError, badRequest } from "./status.ts";
import { decodeProtobuf } from "./wire/protobuf.ts";

/** One request for objects of a known kind, and what it takes to answer it. */
export interface Call {
  readonly request: Request;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly url: URL;
  readonly route: Route;
  readonly kind: Kind;
  readonly form: Form;
  readonly cluster: Cluster;
  readonly encoder: Encoder;
  /** Warnings for the client, sent as headers. */
  readonly warnings: string[];
}

/** Which form the client wants. @throws ApiError 406 */
export function formOf(request: Request, url: URL): Form {
  const accept = request.headers.get("accept") ?? "";
  const form = negotiate(accept, url.searchParams.get("includeObject") ?? "");
  if (form !== undefined) return form;
  const message = "only the following media types are accepted: application/json";
  throw new ApiError(406, "NotAcceptable", message);
}

/** The object that a path with a name points at. */
export function targetOf(call: Call): Target {
  const { kind, route } = call;
  return { kind, namespace: route.namespace ?? "", name: route.name ?? "" };
}

/** The body as JSON; YAML only where the type says so. @throws ApiError 400 or 415 */
export async function readBody(request: Request): Promise<Json> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
  if (type === "application/vnd.kubernetes.protobuf") return readProtobuf(request);
  const text = await request.text();
  if (text === "") return {};
  try {
    if (type.endsWith("yaml")) return parse(text);
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw badRequest(`the object provided is unrecognized: ${error.message}`);
  }
}

async function readProtobuf(request: Request): Promise<Json> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length === 0) return {};
  try {
    const object = decodeProtobuf(bytes);
    if (object !== undefined) return object;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw badRequest(`the object provided is unrecognized: ${error.message}`);
  }
  const message = "the body of the request was in an unknown format - accepted media types " +
    "include: application/json, application/yaml";
  throw new ApiError(415, "UnsupportedMediaType", message);
}

/** How a write is to be made, by its query parameters. @throws ApiError 400 */
export function writeOptions(call: Call): WriteOptions {
  const query = call.url.searchParams;
  return {
    isDryRun: query.getAll("dryRun").includes("All"),
    fieldValidation: fieldValidation(query.get("fieldValidation") ?? ""),
    warn: (message) => call.warnings.push(message),
  };
}

function fieldValidation(text: string): FieldValidation {
  switch (text) {
    case "":
      return "Warn";
    case "Strict":
    case "Warn":
    case "Ignore":
      return text;
    default:
      throw badRequest(`fieldValidation parameter unsupported: "${text}"`);
  }
}

/** One object as the answer. */
export function objectResponse(call: Call, object: JsonObject, status = 200): Response {
  const { encoder, kind, form, cluster } = call;
  return jsonResponse(encoder.one(kind, object, form, cluster.now()), status, call.warnings);
}

/** JSON text as the answer. */
export function jsonResponse(
  text: string,
  status = 200,
  warnings: readonly string[] = [],
): Response {
  const headers = new Headers({ "content-type": "application/json", "cache-control": "no-cache" });
  for (const warning of warnings) {
    headers.append("warning", `299 - "${warning.replaceAll(/["\\]/g, "\\$&")}"`);
  }
  return new Response(text, { status, headers });
}

/** A refusal as the answer. */
export function errorResponse(error: ApiError, retryAfterSeconds?: number): Response {
  const response = jsonResponse(JSON.stringify(error.status), error.code);
  if (retryAfterSeconds !== undefined) {
    response.headers.set("retry-after", String(retryAfterSeconds));
  }
  return response;
}
