import type { Json, JsonObject } from "../../kube/types.ts";
import { ageColumn, nameColumn } from "./column.ts";
import { defineKind } from "./define.ts";
import { ageOf } from "./duration.ts";
import { at, isList, isObject, listAt, numberAt, objectAt, textAt } from "./json.ts";
import type { Column, Kind, Subresource } from "./kind.ts";
import { parseSchema } from "./schema/schema.ts";
import { root } from "./kinds/meta.ts";

/** The kinds that a CustomResourceDefinition defines: one for each served version. */
export function customKinds(definition: JsonObject): readonly Kind[] {
  const spec = objectAt(definition, "spec");
  return listAt(spec, "versions").filter((version) => at(version, "served") === true)
    .map((version) => customKind(spec, version));
}

function customKind(spec: JsonObject, version: Json): Kind {
  const names = objectAt(spec, "names");
  const group = textAt(spec, "group");
  const subresources = (["status"] as const)
    .filter((name) => isObject(at(version, "subresources", name)));
  const schema = parseSchema(at(version, "schema", "openAPIV3Schema"));
  const properties = { ...root("", {}).properties, ...schema.properties, ...META_OVERRIDE };
  return defineKind({
    group,
    version: textAt(version, "name"),
    kind: textAt(names, "kind"),
    plural: textAt(names, "plural"),
    singular: textAt(names, "singular"),
    shortNames: texts(at(names, "shortNames")),
    categories: texts(at(names, "categories")),
    scope: textAt(spec, "scope") === "Cluster" ? "Cluster" : "Namespaced",
    subresources: subresources satisfies readonly Subresource[],
    schema: { ...schema, properties },
    columns: columnsOf(version),
    selectable: listAt(version, "selectableFields").map((one) => textAt(one, "jsonPath").slice(1)),
    origin: "custom",
    generation: "spec",
    statusMetadata: "none",
    storage: `${group}/${textAt(names, "plural")}`,
  });
}

const META_OVERRIDE = { metadata: root("", {}).properties?.["metadata"] ?? {} };

function texts(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

function columnsOf(version: Json): readonly Column[] {
  const columns = listAt(version, "additionalPrinterColumns");
  if (columns.length === 0) return [nameColumn, ageColumn];
  return [nameColumn, ...columns.map(customColumn)];
}

function customColumn(column: Json): Column {
  const path = textAt(column, "jsonPath");
  const type = columnType(textAt(column, "type"));
  return {
    name: textAt(column, "name"),
    type,
    ...(textAt(column, "format") === "" ? {} : { format: textAt(column, "format") }),
    description: textAt(column, "description"),
    priority: numberAt(column, "priority") ?? 0,
    cell: (object, now) => cellOf(jsonPath(object, path), type, now),
  };
}

function columnType(type: string): Column["type"] {
  switch (type) {
    case "integer":
    case "number":
    case "boolean":
    case "date":
      return type;
    default:
      return "string";
  }
}

function cellOf(values: readonly Json[], type: Column["type"], now: number): Json {
  const value = values[0];
  if (value === undefined || value === null) return null;
  if (type === "date") return ageOf(String(value), now);
  if (type !== "string") return value;
  if (values.length > 1) return values.map(String).join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * The simple JSONPath of printer columns: `.a.b`, `['a.b']`, `[0]`, `[*]`, `[?(@.type=="Ready")]`.
 */
export function jsonPath(object: Json, path: string): readonly Json[] {
  const steps = path.match(/\.[^.[\]]+|\[[^\]]*\]/g) ?? [];
  return steps.reduce<readonly Json[]>(
    (values, step) => values.flatMap((value) => stepInto(value, step)),
    [object],
  );
}

function stepInto(value: Json, step: string): readonly Json[] {
  if (step.startsWith(".")) return present(at(value, step.slice(1).replaceAll("\\", "")));
  const inside = step.slice(1, -1).trim();
  if (inside === "*") return isList(value) ? value : Object.values(objectAt(value));
  const filter = /^\?\(@\.([\w.]+)\s*==\s*["'](.*)["']\)$/.exec(inside);
  if (filter !== null) {
    const [, field = "", wanted] = filter;
    return listAt(value).filter((item) => String(at(item, ...field.split("."))) === wanted);
  }
  const quoted = /^["'](.*)["']$/.exec(inside);
  if (quoted !== null) return present(at(value, quoted[1] ?? ""));
  return isList(value) ? present(value.at(Number(inside))) : [];
}

function present(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : [value];
}
