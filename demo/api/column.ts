import type { Json, JsonObject } from "../../kube/types.ts";
import { ageOf } from "./duration.ts";
import { textAt } from "./json.ts";
import type { Column } from "./kind.ts";

/** A column of text. */
export function textColumn(
  name: string,
  cell: (object: JsonObject, now: number) => Json,
  options: { readonly wide?: true; readonly type?: Column["type"] } = {},
): Column {
  return {
    name,
    type: options.type ?? "string",
    description: `${name} of the object`,
    priority: options.wide === true ? 1 : 0,
    cell,
  };
}

/** The name of the object; `kubectl -o name` and `--show-kind` go by its format. */
export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name must be unique within a namespace",
  priority: 0,
  cell: (object) => textAt(object, "metadata", "name"),
};

/** Time since the object was made. */
export const ageColumn: Column = textColumn(
  "Age",
  (object, now) => ageOf(textAt(object, "metadata", "creationTimestamp"), now),
);

/** `a=b,c=d`, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`).sort();
  return pairs.length === 0 ? "<none>" : pairs.join(",");
}
