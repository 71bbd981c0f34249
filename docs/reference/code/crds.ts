import { parse } from "yaml";
import { isObject, objectAt, objectsAt, stringAt, stringsAt } from "../../../kube/json.ts";
import type { JsonObject } from "../../../kube/types.ts";
import { code, GENERATED, oneLine, table } from "./markdown.ts";

/** The page of all fields of custom resources, as Markdown, not yet formatted. @param texts of `deploy/crds` */
export function crdsPage(texts: readonly string[]): string {
  const kinds = texts.map(readKind).toSorted((a, b) => a.kind < b.kind ? -1 : 1);
  return [
    GENERATED,
    "# Fields of custom resources",
    "From `deploy/crds`, as `kubectl explain` tells them. [How to use them](../configuration.md).",
    kinds.map(({ kind }) => `- [${kind}](#${kind.toLowerCase()})`).join("\n"),
    ...kinds.flatMap(({ kind, versions }) => [`## ${kind}`, ...versions.flatMap(versionText)]),
  ].join("\n\n");
}

interface Kind {
  readonly kind: string;
  readonly versions: readonly JsonObject[];
}

function readKind(text: string): Kind {
  const spec = objectAt(parse(text), "spec");
  return {
    kind: stringAt(objectAt(spec, "names"), "kind") ?? "",
    versions: objectsAt(spec, "versions"),
  };
}

function versionText(version: JsonObject): readonly string[] {
  const schema = objectAt(objectAt(version, "schema"), "openAPIV3Schema");
  const note = version["deprecated"] === true ? ", deprecated" : "";
  const rows = ["spec", "status"].flatMap((part) => {
    const found = objectAt(objectAt(schema, "properties"), part);
    return Object.keys(found).length === 0 ? [] : fieldRows(part, found);
  });
  return [
    `\`metallb.io/${stringAt(version, "name")}\`${note}. ${
      oneLine(stringAt(schema, "description") ?? "")
    }`,
    ...(rows.length === 0 ? [] : [table([["field", "type", "default", ""], ...rows])]),
  ];
}

/** The fields below a path, each before its own. What Kubernetes has everywhere is told of by its name alone. */
function fieldRows(path: string, schema: JsonObject): readonly (readonly string[])[] {
  const required = stringsAt(schema, "required");
  return Object.entries(objectAt(schema, "properties")).flatMap(([name, field]) => {
    if (!isObject(field)) return [];
    const at = `${path}.${name}`;
    const items = objectAt(field, "items");
    const inner = field["type"] === "array" ? items : field;
    const place = field["type"] === "array" ? `${at}[]` : at;
    return [
      [
        code(at),
        typeOf(field),
        defaultOf(field, required.includes(name)),
        oneLine(stringAt(field, "description") ?? ""),
      ],
      ...(wordFor(inner) === undefined ? fieldRows(place, inner) : []),
    ];
  });
}

function typeOf(field: JsonObject): string {
  const choices = stringsAt(field, "enum");
  if (choices.length > 0) return choices.map((choice) => code(choice)).join(", ");
  const type = wordFor(field) ?? stringAt(field, "type") ?? "value";
  if (type === "array") return `list of ${typeOf(objectAt(field, "items"))}s`;
  const limits = [field["minimum"], field["maximum"]];
  return limits.every((limit) => typeof limit === "number")
    ? `${type}, ${limits.join(" to ")}`
    : type;
}

function defaultOf(field: JsonObject, isRequired: boolean): string {
  if (isRequired) return "required";
  const value = field["default"];
  return value === undefined ? "" : code(JSON.stringify(value));
}

/** What Kubernetes calls a structure of its own. */
function wordFor(schema: JsonObject): string | undefined {
  const properties = objectAt(schema, "properties");
  if ("matchLabels" in properties) return "label selector";
  return "lastTransitionTime" in properties ? "condition" : undefined;
}
