import type { Json, JsonObject } from "../../kube/types.ts";
import { openApiKey } from "./discovery.ts";
import type { Kind } from "./kind.ts";
import { OBJECT_META } from "./kinds/meta.ts";
import type { Schema } from "./schema/schema.ts";

/** The index at `/openapi/v3`: a document for each group and version. */
export function openApiIndex(kinds: readonly Kind[]): JsonObject {
  const keys = [...new Set(kinds.map(openApiKey))];
  return {
    paths: Object.fromEntries(
      keys.map((key) => [key, { serverRelativeURL: `/openapi/v3/${key}` }]),
    ),
  };
}

/**
 * The OpenAPI v3 document of one group and version: the schemas of its kinds (for `kubectl explain`) and
 * the paths with their query parameters (`kubectl` asks whether `fieldValidation` is among them).
 */
export function openApiDocument(key: string, kinds: readonly Kind[]): JsonObject | undefined {
  const chosen = kinds.filter((kind) => openApiKey(kind) === key);
  if (chosen.length === 0) return undefined;
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.36.3" },
    paths: Object.fromEntries(chosen.flatMap((kind) => pathsOf(kind, key))),
    components: {
      schemas: Object.fromEntries(chosen.map((kind) => [schemaName(kind), rootSchema(kind)])),
    },
  };
}

function pathsOf(kind: Kind, key: string): readonly (readonly [string, Json])[] {
  const place = kind.scope === "Namespaced" ? "/namespaces/{namespace}" : "";
  const collection = `/${key}${place}/${kind.plural}`;
  return [
    [collection, { get: operation(kind, "list"), post: operation(kind, "post") }],
    [`${collection}/{name}`, {
      get: operation(kind, "get"),
      put: operation(kind, "put"),
      patch: operation(kind, "patch"),
      delete: operation(kind, "delete"),
    }],
  ];
}

const PARAMETERS = ["dryRun", "fieldManager", "fieldValidation", "pretty"].map((name) => ({
  name,
  in: "query",
  schema: { type: "string", uniqueItems: true },
}));

function operation(kind: Kind, action: string): Json {
  const schema = { $ref: `#/components/schemas/${schemaName(kind)}` };
  return {
    parameters: PARAMETERS,
    responses: { 200: { description: "OK", content: { "application/json": { schema } } } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk(kind),
  };
}

function rootSchema(kind: Kind): Json {
  const schema = toJson({
    ...kind.schema,
    properties: {
      apiVersion: { type: "string", description: "Version of the schema of this object." },
      kind: { type: "string", description: "Kind of this object." },
      ...kind.schema.properties,
      metadata: OBJECT_META,
    },
  });
  return { ...schema, "x-kubernetes-group-version-kind": [gvk(kind)] };
}

function gvk(kind: Kind): JsonObject {
  return { group: kind.group, kind: kind.kind, version: kind.version };
}

/** `io.metallb.v1beta1.IPAddressPool`, `io.k8s.api.core.v1.Service`. */
function schemaName(kind: Kind): string {
  const owner = kind.origin === "custom"
    ? kind.group.split(".").toReversed().join(".")
    : `io.k8s.api.${kind.group === "" ? "core" : kind.group.split(".")[0]}`;
  return `${owner}.${kind.version}.${kind.kind}`;
}

/** A schema as JSON. Free form is an object to those who only show it. */
function toJson(schema: Schema): JsonObject {
  const { properties, additionalProperties, items, allOf, anyOf, oneOf, not, ...plain } = schema;
  const isFree = schema["x-kubernetes-preserve-unknown-fields"] === true &&
    schema.type === undefined;
  return {
    ...(isFree ? { type: "object" } : {}),
    ...definedFields(plain),
    ...(properties === undefined ? {} : {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, toJson(property)]),
      ),
    }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: toJson(additionalProperties) }),
    ...(items === undefined ? {} : { items: toJson(items) }),
    ...(allOf === undefined ? {} : { allOf: allOf.map(toJson) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(toJson) }),
    ...(oneOf === undefined ? {} : { oneOf: oneOf.map(toJson) }),
    ...(not === undefined ? {} : { not: toJson(not) }),
  };
}

function definedFields(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  const defined: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}
