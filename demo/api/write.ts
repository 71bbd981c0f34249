import type { Json, JsonObject } from "../../kube/types.ts";
import { checkBody } from "./body.ts";
import { jsonResponse, objectResponse, readBody, targetOf, writeOptions } from "./call.ts";
import type { Call } from "./call.ts";
import type { DeleteOptions, Target } from "./cluster.ts";
import { isObject, textAt } from "./json.ts";
import { apiVersionOf } from "./kind.ts";
import { readPage } from "./page.ts";
import { jsonPatch } from "./patch/json_patch.ts";
import { mergeObject } from "./patch/merge.ts";
import { strategicPatch } from "./patch/strategic.ts";
import { selectionOf } from "./read.ts";
import { scaleOf, withScale } from "./scale.ts";
import { ApiError, badRequest, notFound } from "./status.ts";

/** POST to a collection. */
export async function create(call: Call): Promise<Response> {
  const { kind, route, cluster } = call;
  const json = await readBody(call.request);
  const namespace = kind.scope === "Cluster"
    ? ""
    : route.namespace ?? textAt(json, "metadata", "namespace");
  const body = checkBody(json, kind, apiVersionOf(kind), { namespace, name: undefined });
  const object = cluster.create(kind, namespace, body, writeOptions(call));
  return objectResponse(call, object, 201);
}

/** PUT of an object, its status or its scale. */
export async function replace(call: Call): Promise<Response> {
  const json = await readBody(call.request);
  if (call.route.subresource === "scale") return writeScale(call, json);
  return write(call, json);
}

/** PATCH of an object, its status or its scale. */
export async function patch(call: Call): Promise<Response> {
  const type = contentType(call.request);
  const change = await readBody(call.request);
  const target = targetOf(call);
  if (type === APPLY && !exists(call)) return createApplied(call, change);
  const before = served(call, target);
  if (call.route.subresource === "scale") {
    return writeScale(call, patched(call, scaleOf(before), change, type));
  }
  return write(call, patched(call, before, change, type));
}

/** DELETE of one object. */
export async function remove(call: Call): Promise<Response> {
  const options = deleteOptions(call, await readBody(call.request));
  const { object, isGone } = call.cluster.remove(targetOf(call), options);
  if (!isGone) return objectResponse(call, object);
  return jsonResponse(JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: textAt(object, "metadata", "name"),
      ...(call.kind.group === "" ? {} : { group: call.kind.group }),
      kind: call.kind.plural,
      uid: textAt(object, "metadata", "uid"),
    },
  }));
}

/** DELETE of a collection. */
export async function removeAll(call: Call): Promise<Response> {
  const { cluster, kind, route, encoder } = call;
  const options = deleteOptions(call, await readBody(call.request));
  const { objects } = readPage(cluster.store, {
    storage: kind.storage,
    namespace: route.namespace,
    matches: selectionOf(call),
    limit: undefined,
    from: "",
  });
  for (const object of objects) {
    const namespace = textAt(object, "metadata", "namespace");
    const target = { kind, namespace, name: textAt(object, "metadata", "name") };
    // A dependent of an object before it in the list is gone already.
    if (cluster.store.get(kind.storage, `${namespace}/${target.name}`) !== undefined) {
      cluster.remove(target, options);
    }
  }
  const meta = { resourceVersion: String(cluster.store.revision) };
  return jsonResponse(encoder.list(kind, objects, meta, { kind: "object" }, cluster.now()));
}

const APPLY = "application/apply-patch+yaml";

function write(call: Call, json: Json): Response {
  const { kind, route, cluster } = call;
  const target = targetOf(call);
  const body = checkBody(json, kind, apiVersionOf(kind), target);
  if (kind.origin === "custom" && call.request.method === "PUT") needVersion(call, body);
  const part = route.subresource === "status" ? "status" : "main";
  return objectResponse(call, cluster.update(target, part, body, writeOptions(call)));
}

/** Custom resources cannot be replaced without saying which version is meant. */
function needVersion(call: Call, body: JsonObject): void {
  if (textAt(body, "metadata", "resourceVersion") !== "") return;
  const { kind } = call;
  const subject = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
  const message = `${subject} "${call.route.name}" is invalid: metadata.resourceVersion: ` +
    "Invalid value: 0: must be specified for an update";
  throw new ApiError(422, "Invalid", message);
}

function writeScale(call: Call, json: Json): Response {
  if (!isObject(json)) throw badRequest("the body of the request is not a Scale");
  const { cluster } = call;
  const target = targetOf(call);
  const next = withScale(cluster.get(target), json);
  const object = cluster.update(target, "main", next, writeOptions(call));
  return jsonResponse(JSON.stringify(scaleOf(object)));
}

function patched(call: Call, before: JsonObject, change: Json, type: string): Json {
  switch (type) {
    case "application/json-patch+json":
      return jsonPatch(before, change);
    case "application/merge-patch+json":
      return mergeObject(before, needObject(change));
    case "application/strategic-merge-patch+json":
    case APPLY: {
      // A Scale has no lists, so that the schema of its Deployment does no harm.
      if (call.kind.origin === "built-in") {
        return strategicPatch(before, needObject(change), call.kind.schema);
      }
      if (type === APPLY) return mergeObject(before, needObject(change));
      throw unsupportedType(MERGE_TYPES);
    }
    default:
      throw unsupportedType([...MERGE_TYPES, "application/strategic-merge-patch+json"]);
  }
}

const MERGE_TYPES = ["application/json-patch+json", "application/merge-patch+json", APPLY];

function unsupportedType(accepted: readonly string[]): ApiError {
  const message = "the body of the request was in an unknown format - accepted media types " +
    `include: ${accepted.join(", ")}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

function needObject(json: Json): JsonObject {
  if (isObject(json)) return json;
  throw badRequest("the patch is not an object");
}

function served(call: Call, target: Target): JsonObject {
  const { kind, cluster } = call;
  const object = kind.read(cluster.get(target));
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
}

function exists(call: Call): boolean {
  const { kind, cluster, route } = call;
  return cluster.store.get(kind.storage, `${route.namespace ?? ""}/${route.name}`) !== undefined;
}

function createApplied(call: Call, json: Json): Response {
  const { kind, cluster, route } = call;
  if (route.subresource !== undefined) throw notFound(kind, route.name ?? "");
  const body = checkBody(json, kind, apiVersionOf(kind), targetOf(call));
  const object = cluster.create(kind, route.namespace ?? "", body, writeOptions(call));
  return objectResponse(call, object, 201);
}

function contentType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";")[0]?.trim() ?? "";
}

function deleteOptions(call: Call, body: Json): DeleteOptions {
  const query = call.url.searchParams;
  const policy = query.get("propagationPolicy") ?? textAt(body, "propagationPolicy");
  const isOrphan = policy === "Orphan" || query.get("orphanDependents") === "true";
  return {
    isDryRun: query.getAll("dryRun").includes("All"),
    propagation: isOrphan ? "Orphan" : policy === "Foreground" ? "Foreground" : "Background",
    uid: textAt(body, "preconditions", "uid"),
    resourceVersion: textAt(body, "preconditions", "resourceVersion"),
  };
}
