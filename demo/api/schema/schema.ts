import type { Json, JsonObject } from "../../../kube/types.ts";
import { at, isList, isObject, listAt, numberAt, textAt } from "../json.ts";

/** The part of OpenAPI v3 that Kubernetes uses to describe objects, under its own names. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly default?: Json;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  /** The field by which a strategic merge patch tells the items of this list apart. */
  readonly "x-kubernetes-patch-merge-key"?: string;
  /** `merge` for lists (by key, or as a set of plain values). */
  readonly "x-kubernetes-patch-strategy"?: string;
}

/** Reads the `openAPIV3Schema` of a CustomResourceDefinition; what is not understood is left out. */
export function parseSchema(json: Json | undefined): Schema {
  return {
    ...texts(json),
    ...numbers(json),
    ...flags(json),
    ...children(json),
    ...(at(json, "default") === undefined ? {} : { default: at(json, "default") }),
    ...(isList(at(json, "enum")) ? { enum: listAt(json, "enum") } : {}),
    ...(isList(at(json, "required")) ? { required: stringsAt(json, "required") } : {}),
    ...(isList(at(json, LIST_MAP_KEYS)) ? { [LIST_MAP_KEYS]: stringsAt(json, LIST_MAP_KEYS) } : {}),
  };
}

const LIST_MAP_KEYS = "x-kubernetes-list-map-keys";
const TEXTS = ["type", "description", "format", "pattern", "x-kubernetes-list-type"] as const;
const NUMBERS = [
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
] as const;
const FLAGS = [
  "nullable",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "x-kubernetes-int-or-string",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-embedded-resource",
] as const;

function texts(json: Json | undefined): Schema {
  return Object.fromEntries(
    TEXTS.map((key) => [key, textAt(json, key)]).filter(([, text]) => text !== ""),
  );
}

function numbers(json: Json | undefined): Schema {
  return Object.fromEntries(
    NUMBERS.map((key) => [key, numberAt(json, key)]).filter(([, value]) => value !== undefined),
  );
}

function flags(json: Json | undefined): Schema {
  return Object.fromEntries(
    FLAGS.filter((key) => at(json, key) === true).map((key) => [key, true]),
  );
}

function children(json: Json | undefined): Schema {
  const properties = at(json, "properties");
  const additional = at(json, "additionalProperties");
  const items = at(json, "items");
  const not = at(json, "not");
  return {
    ...(isObject(properties) ? { properties: parseProperties(properties) } : {}),
    ...(isObject(additional) ? { additionalProperties: parseSchema(additional) } : {}),
    ...(additional === true ? { "x-kubernetes-preserve-unknown-fields": true } : {}),
    ...(isObject(items) ? { items: parseSchema(items) } : {}),
    ...(isObject(not) ? { not: parseSchema(not) } : {}),
    ...alternatives(json),
  };
}

function alternatives(json: Json | undefined): Schema {
  const parts = (["allOf", "anyOf", "oneOf"] as const)
    .filter((key) => isList(at(json, key)))
    .map((key) => [key, listAt(json, key).map(parseSchema)]);
  return Object.fromEntries(parts);
}

function parseProperties(properties: JsonObject): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, parseSchema(property)]),
  );
}

function stringsAt(json: Json | undefined, key: string): readonly string[] {
  return listAt(json, key).filter((item) => typeof item === "string");
}
