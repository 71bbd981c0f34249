import type { Json, JsonObject } from "../../../kube/types.ts";
import { isList, isObject } from "../json.ts";
import type { FieldFault } from "../status.ts";
import type { Schema } from "./schema.ts";

/**
 * The faults of a value against its schema, worded as the API server words them. CEL rules
 * (`x-kubernetes-validations`) are not evaluated.
 */
export function validate(value: Json, schema: Schema, path = ""): readonly FieldFault[] {
  if (value === null && schema.nullable === true) return [];
  const wrongType = typeFault(value, schema, path);
  if (wrongType !== undefined) return [wrongType];
  return [
    ...enumFaults(value, schema, path),
    ...textFaults(value, schema, path),
    ...numberFaults(value, schema, path),
    ...listFaults(value, schema, path),
    ...objectFaults(value, schema, path),
    ...alternativeFaults(value, schema, path),
  ];
}

/** The name of a JSON type as OpenAPI says it. */
function typeOf(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

function typeFault(value: Json, schema: Schema, path: string): FieldFault | undefined {
  const found = typeOf(value);
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (found === "integer" || found === "string") return undefined;
    return wrongType(path, "integer,string", found);
  }
  if (schema.type === undefined || schema.type === found) return undefined;
  if (schema.type === "number" && found === "integer") return undefined;
  return wrongType(path, schema.type, found);
}

function wrongType(field: string, wanted: string, found: string): FieldFault {
  return {
    reason: "FieldValueTypeInvalid",
    field,
    value: found,
    detail: `${field} in body must be of type ${wanted}: "${found}"`,
  };
}

function enumFaults(value: Json, schema: Schema, field: string): readonly FieldFault[] {
  const allowed = schema.enum;
  if (allowed === undefined || allowed.includes(value)) return [];
  const values = allowed.map((item) => JSON.stringify(item)).join(", ");
  return [{
    reason: "FieldValueNotSupported",
    field,
    value,
    detail: `supported values: ${values}`,
  }];
}

function textFaults(value: Json, schema: Schema, field: string): readonly FieldFault[] {
  if (typeof value !== "string") return [];
  const faults: FieldFault[] = [];
  if (schema.minLength !== undefined && [...value].length < schema.minLength) {
    faults.push(shape(field, value, `should be at least ${schema.minLength} chars long`));
  }
  if (schema.maxLength !== undefined && [...value].length > schema.maxLength) {
    const detail = `may not be more than ${schema.maxLength} bytes`;
    faults.push({ reason: "FieldValueTooLong", field, value, detail });
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    faults.push(shape(field, value, `should match '${schema.pattern}'`));
  }
  const format = schema.format;
  if (format !== undefined && FORMATS[format]?.test(value) === false) {
    faults.push(shape(field, value, `must be of type ${format}: ${JSON.stringify(value)}`));
  }
  return faults;
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  "date-time": /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/,
};

function numberFaults(value: Json, schema: Schema, field: string): readonly FieldFault[] {
  if (typeof value !== "number") return [];
  const { minimum, maximum } = schema;
  const faults: FieldFault[] = [];
  if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) {
    const words = schema.exclusiveMinimum ? "greater than" : "greater than or equal to";
    faults.push(shape(field, value, `should be ${words} ${minimum}`));
  }
  if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) {
    const words = schema.exclusiveMaximum ? "less than" : "less than or equal to";
    faults.push(shape(field, value, `should be ${words} ${maximum}`));
  }
  return faults;
}

function listFaults(value: Json, schema: Schema, field: string): readonly FieldFault[] {
  if (!isList(value)) return [];
  const faults: FieldFault[] = [];
  if (schema.minItems !== undefined && value.length < schema.minItems) {
    const detail = `should have at least ${schema.minItems} items`;
    faults.push(shape(field, value.length, detail));
  }
  if (schema.maxItems !== undefined && value.length > schema.maxItems) {
    const detail = `must have at most ${schema.maxItems} items`;
    faults.push({ reason: "FieldValueTooMany", field, value: value.length, detail });
  }
  const items = schema.items;
  if (items === undefined) return faults;
  return [
    ...faults,
    ...value.flatMap((item, index) => validate(item, items, `${field}[${index}]`)),
    ...duplicates(value, schema, field),
  ];
}

function duplicates(
  value: readonly Json[],
  schema: Schema,
  field: string,
): readonly FieldFault[] {
  const type = schema["x-kubernetes-list-type"];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  if (type !== "set" && type !== "map") return [];
  const seen = new Set<string>();
  return value.flatMap((item, index): FieldFault[] => {
    const id = type === "map" && isObject(item)
      ? Object.fromEntries(keys.map((key) => [key, item[key] ?? null]))
      : item;
    const text = JSON.stringify(id);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    return [{ reason: "FieldValueDuplicate", field: `${field}[${index}]`, value: id }];
  });
}

function objectFaults(value: Json, schema: Schema, path: string): readonly FieldFault[] {
  if (!isObject(value)) return [];
  const missing = (schema.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name): FieldFault => ({ reason: "FieldValueRequired", field: join(path, name) }));
  return [...missing, ...fieldFaults(value, schema, path)];
}

function fieldFaults(value: JsonObject, schema: Schema, path: string): readonly FieldFault[] {
  return Object.entries(value).flatMap(([name, field]) => {
    const of = schema.properties?.[name];
    if (of !== undefined) return validate(field, of, join(path, name));
    const additional = schema.additionalProperties;
    return additional === undefined ? [] : validate(field, additional, join(path, name));
  });
}

function alternativeFaults(value: Json, schema: Schema, path: string): readonly FieldFault[] {
  const holds = (one: Schema): boolean => validate(value, one, path).length === 0;
  const faults: FieldFault[] = (schema.allOf ?? []).flatMap((one) => validate(value, one, path));
  if (schema.anyOf !== undefined && !schema.anyOf.some(holds)) {
    faults.push(shape(path, value, "must validate at least one schema (anyOf)"));
  }
  if (schema.oneOf !== undefined && schema.oneOf.filter(holds).length !== 1) {
    faults.push(shape(path, value, "must validate one and only one schema (oneOf)"));
  }
  if (schema.not !== undefined && holds(schema.not)) {
    faults.push(shape(path, value, "must not validate the schema (not)"));
  }
  return faults;
}

function shape(field: string, value: Json, claim: string): FieldFault {
  return { reason: "FieldValueInvalid", field, value, detail: `${field} in body ${claim}` };
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
