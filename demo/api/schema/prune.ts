import type { Json, JsonObject } from "../../../kube/types.ts";
import { isList, isObject } from "../json.ts";
import type { Schema } from "./schema.ts";

/** A value without the fields that its schema does not know, and where those were. */
export interface Pruned {
  readonly value: Json;
  /** `spec.ports[0].prot`, in the order of the document. */
  readonly unknown: readonly string[];
}

/** Removes unknown fields. At the root, `apiVersion`, `kind` and `metadata` are always known. */
export function pruneObject(object: JsonObject, schema: Schema): Pruned {
  const unknown: string[] = [];
  const properties = { ...ROOT, ...schema.properties };
  return { value: prune(object, { ...schema, properties }, "", unknown), unknown };
}

const ROOT: Readonly<Record<string, Schema>> = { apiVersion: {}, kind: {}, metadata: {} };

function prune(value: Json, schema: Schema, path: string, unknown: string[]): Json {
  if (isList(value)) {
    const items = schema.items;
    if (items === undefined) return value;
    return value.map((item, index) => prune(item, items, `${path}[${index}]`, unknown));
  }
  if (!isObject(value)) return value;
  const keepsUnknown = schema["x-kubernetes-preserve-unknown-fields"] === true ||
    (schema.properties === undefined && schema.additionalProperties === undefined &&
      schema.type !== "object");
  const next: Record<string, Json> = {};
  for (const [name, field] of Object.entries(value)) {
    const here = path === "" ? name : `${path}.${name}`;
    const of = schema.properties?.[name] ?? schema.additionalProperties;
    if (of !== undefined) next[name] = prune(field, of, here, unknown);
    else if (keepsUnknown || isOfEmbedded(name, schema)) next[name] = field;
    else unknown.push(here);
  }
  return next;
}

function isOfEmbedded(name: string, schema: Schema): boolean {
  return schema["x-kubernetes-embedded-resource"] === true &&
    (name === "apiVersion" || name === "kind" || name === "metadata");
}
