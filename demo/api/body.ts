import type { Json, JsonObject } from "../../kube/types.ts";
import { isObject, textAt } from "./json.ts";
import type { Kind } from "./kind.ts";
import { badRequest } from "./status.ts";

/** @throws ApiError 400 when a body is not the object that its path says. */
export function checkBody(
  body: Json,
  kind: Kind,
  apiVersion: string,
  place: { readonly namespace: string; readonly name: string | undefined },
): JsonObject {
  if (!isObject(body)) throw badRequest("the body of the request is not an object");
  const found = { apiVersion: textAt(body, "apiVersion"), kind: textAt(body, "kind") };
  if (found.apiVersion !== "" && found.apiVersion !== apiVersion) {
    throw badRequest(
      `the API version in the data (${found.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (found.kind !== "" && found.kind !== kind.kind) {
    throw badRequest(
      `the kind in the data (${found.kind}) does not match the expected kind (${kind.kind})`,
    );
  }
  const namespace = textAt(body, "metadata", "namespace");
  if (namespace !== "" && namespace !== place.namespace) {
    throw badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  const name = textAt(body, "metadata", "name");
  if (place.name !== undefined && name !== "" && name !== place.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${place.name})`,
    );
  }
  return body;
}
