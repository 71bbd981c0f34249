import type { Json } from "../../../kube/types.ts";
import type { Schema } from "./schema.ts";

/** Fields of an object, by name; a bare text is the description of a field of free form. */
export type Fields = Readonly<Record<string, Schema>>;

/** A text. With values: one of them. */
export function text(description: string, values: readonly string[] = []): Schema {
  return {
    type: "string",
    description,
    ...(values.length === 0 ? {} : { enum: values.toSorted() }),
  };
}

/** A whole number of 32 bits. */
export function integer(description: string, minimum?: number, maximum?: number): Schema {
  return {
    type: "integer",
    format: "int32",
    description,
    ...(minimum === undefined ? {} : { minimum }),
    ...(maximum === undefined ? {} : { maximum }),
  };
}

/** True or false. */
export function flag(description: string): Schema {
  return { type: "boolean", description };
}

/** An instant, RFC 3339. */
export function time(description: string): Schema {
  return { type: "string", format: "date-time", nullable: true, description };
}

/** A number, or a text such as a port name, a percentage or a quantity. */
export function intOrString(description: string): Schema {
  return { "x-kubernetes-int-or-string": true, description };
}

/** Anything: kept as it comes. */
export function free(description: string): Schema {
  return { "x-kubernetes-preserve-unknown-fields": true, description };
}

/** An object with these fields and no others. */
export function object(
  description: string,
  properties: Fields,
  required: readonly string[] = [],
): Schema {
  return { type: "object", description, properties, ...(required.length > 0 ? { required } : {}) };
}

/** An object from any key to one kind of value. */
export function map(description: string, additionalProperties: Schema = text("")): Schema {
  return { type: "object", description, additionalProperties };
}

/** A list that patches replace as a whole. */
export function list(description: string, items: Schema): Schema {
  return { type: "array", description, items };
}

/** A list whose items strategic merge patches tell apart by one field. */
export function keyed(description: string, key: string, items: Schema): Schema {
  return {
    ...list(description, items),
    "x-kubernetes-patch-strategy": "merge",
    "x-kubernetes-patch-merge-key": key,
  };
}

/** A list of plain values that strategic merge patches add to. */
export function set(description: string, items: Schema = text("")): Schema {
  return { ...list(description, items), "x-kubernetes-patch-strategy": "merge" };
}

/** The same with a value for when the field is absent. */
export function defaulted(schema: Schema, value: Json): Schema {
  return { ...schema, default: value };
}
