import type { Json, JsonObject } from "./types.ts";

/** Whether the value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether the value is a JSON array. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object under `key`; empty when there is none, or something else. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isObject(value) ? value : NOTHING;
}

/** The objects of the array under `key`; whatever else stands in it is left out. */
export function objectsAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return isArray(value) && value.length > 0 ? value.filter(isObject) : NO_LIST;
}

/** The text under `key`; `undefined` when there is none, or something else. */
export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}

/** The texts of the array under `key`; whatever else stands in it is left out. */
export function stringsAt(object: JsonObject, key: string): readonly string[] {
  const value = object[key];
  if (!isArray(value) || value.length === 0) return NO_LIST;
  // Filtered arrays are larger than what is in them, and these are kept.
  return isTexts(value) ? value : value.filter(isText);
}

/** The number under `key`; `undefined` when there is none, or something else. */
export function numberAt(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" ? value : undefined;
}

/** The truth value under `key`; `undefined` when there is none, or something else. */
export function booleanAt(object: JsonObject, key: string): boolean | undefined {
  const value = object[key];
  return typeof value === "boolean" ? value : undefined;
}

/** The texts of the object under `key`, by name; whatever else stands in it is left out. */
export function recordAt(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const record = objectAt(object, key);
  if (isRecord(record)) return Object.keys(record).length === 0 ? NO_TEXTS : record;
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => isText(entry[1])),
  );
}

/** Whether two values are the same, whatever the order of the fields of their objects. */
export function isEqualJson(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isEqualJson(item, b[i] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => name in b && isEqualJson(a[name] ?? null, b[name] ?? null));
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}

function isTexts(values: readonly Json[]): values is readonly string[] {
  return values.every(isText);
}

function isRecord(object: JsonObject): object is Readonly<Record<string, string>> {
  return Object.values(object).every(isText);
}

const NOTHING: JsonObject = {};
const NO_TEXTS: Readonly<Record<string, string>> = {};
const NO_LIST: readonly never[] = [];
