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
  return isArray(value) ? value.filter(isObject) : [];
}

/** The text under `key`; `undefined` when there is none, or something else. */
export function stringAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === "string" ? value : undefined;
}

/** The texts of the array under `key`; whatever else stands in it is left out. */
export function stringsAt(object: JsonObject, key: string): readonly string[] {
  const value = object[key];
  return isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
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
  const entries = Object.entries(objectAt(object, key));
  if (entries.length === 0) return NO_TEXTS;
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

const NOTHING: JsonObject = {};
const NO_TEXTS: Readonly<Record<string, string>> = {};

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
