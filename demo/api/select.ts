import type { JsonObject } from "../../kube/types.ts";
import { at, mapAt } from "./json.ts";
import { badRequest } from "./status.ts";

/** Whether an object is selected. */
export type Matches = (object: JsonObject) => boolean;

/**
 * A label selector in the text form of the query parameter: `a=b,c!=d,e in (f,g),h notin (i),j,!k`.
 *
 * @throws ApiError 400 when it cannot be parsed.
 */
export function parseLabelSelector(text: string): Matches {
  const parts = splitOutsideBraces(text).map(parseRequirement);
  return (object) => {
    if (parts.length === 0) return true;
    const labels = mapAt(object, "metadata", "labels");
    return parts.every((holds) => holds(labels));
  };
}

type Requirement = (labels: Readonly<Record<string, string>>) => boolean;

function splitOutsideBraces(text: string): readonly string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim()).filter((part) => part !== "");
}

function parseRequirement(text: string): Requirement {
  const inSet = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (inSet !== null) {
    const [, key = "", operator, list = ""] = inSet;
    const values = list.split(",").map((value) => value.trim());
    if (operator === "in") return (labels) => values.includes(labels[key] ?? "\0");
    return (labels) => !values.includes(labels[key] ?? "\0");
  }
  const compared = /^([^!=\s]+)\s*(==|=|!=)\s*([^!=\s]*)$/.exec(text);
  if (compared !== null) {
    const [, key = "", operator, value] = compared;
    if (operator === "!=") return (labels) => labels[key] !== value;
    return (labels) => labels[key] === value;
  }
  const exists = /^(!?)\s*([^!=\s()]+)$/.exec(text);
  if (exists === null) {
    throw badRequest(`unable to parse requirement: found '${text}', expected a label selector`);
  }
  const [, not, key = ""] = exists;
  return (labels) => Object.hasOwn(labels, key) === (not === "");
}

/**
 * A field selector: `metadata.name=a,spec.type!=ClusterIP`.
 *
 * @param selectable paths such as `spec.nodeName` that may stand in it, beside `metadata.name` and
 *   `metadata.namespace`
 * @throws ApiError 400 when it cannot be parsed or names a field that cannot be selected by.
 */
export function parseFieldSelector(text: string, selectable: readonly string[]): Matches {
  const parts = text.split(",").filter((part) => part !== "").map((part) => {
    const [, path = "", operator, value = ""] = /^([^!=]+)(==|=|!=)(.*)$/.exec(part) ?? [];
    if (operator === undefined) throw badRequest(`invalid selector: '${text}'`);
    const isKnown = path === "metadata.name" || path === "metadata.namespace" ||
      selectable.includes(path);
    if (!isKnown) throw badRequest(`field label not supported: ${path}`);
    const keys = path.split(".");
    return { keys, value: value.replaceAll(/\\(.)/g, "$1"), isEqual: operator !== "!=" };
  });
  return (object) =>
    parts.every(({ keys, value, isEqual }) => (fieldText(object, keys) === value) === isEqual);
}

function fieldText(object: JsonObject, keys: readonly string[]): string {
  const value = at(object, ...keys);
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}
