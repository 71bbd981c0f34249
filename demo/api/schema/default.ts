import type { Json } from "../../../kube/types.ts";
import { isList, isObject } from "../json.ts";
import type { Schema } from "./schema.ts";

/**
 * The value with the defaults of its schema filled in, at every depth. As in the API server, a default
 * is for a field that is absent (or null where null is not allowed), and defaults apply within defaults.
 */
export function applyDefaults(value: Json, schema: Schema): Json {
  if (isList(value)) {
    const items = schema.items;
    return items === undefined ? value : value.map((item) => applyDefaults(item, items));
  }
  if (!isObject(value)) return value;
  const next: Record<string, Json> = {};
  for (const [name, field] of Object.entries(value)) {
    const of = schema.properties?.[name] ?? schema.additionalProperties;
    if (of === undefined) next[name] = field;
    else if (field !== null || of.nullable === true) next[name] = applyDefaults(field, of);
    else if (of.default === undefined) next[name] = field;
  }
  for (const [name, of] of Object.entries(schema.properties ?? {})) {
    if (next[name] === undefined && of.default !== undefined) {
      next[name] = applyDefaults(of.default, of);
    }
  }
  return next;
}
