import type { Json, JsonObject } from "../../kube/types.ts";
import { apiVersionOf } from "./kind.ts";
import type { Column, Kind } from "./kind.ts";
import { objectAt } from "./json.ts";

/** In which form objects are wanted. */
export type Form =
  | { readonly kind: "object" }
  | { readonly kind: "metadata" }
  | { readonly kind: "table"; readonly include: "None" | "Metadata" | "Object" };

/** `metadata` of a list. */
export interface ListMeta {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

/** Objects to JSON text, each object once for each kind that serves it. */
export class Encoder {
  readonly #texts = new WeakMap<Kind, WeakMap<JsonObject, string>>();

  /** One object, with `apiVersion` and `kind`. */
  object(kind: Kind, object: JsonObject): string {
    return withType(kind.kind, apiVersionOf(kind), this.#text(kind, object));
  }

  /** One object in the wanted form. */
  one(kind: Kind, object: JsonObject, form: Form, now: number): string {
    switch (form.kind) {
      case "object":
        return this.object(kind, object);
      case "metadata":
        return JSON.stringify(partial(kind.read(object)));
      case "table": {
        const version = objectAt(object, "metadata")["resourceVersion"];
        const resourceVersion = typeof version === "string" ? version : "";
        return this.#table(kind, [object], { resourceVersion }, form.include, now);
      }
      default:
        return form satisfies never;
    }
  }

  /** A list in the wanted form. */
  list(
    kind: Kind,
    objects: readonly JsonObject[],
    meta: ListMeta,
    form: Form,
    now: number,
  ): string {
    switch (form.kind) {
      case "object": {
        // As in the API server, items of built-in lists do not repeat what the list says of them.
        const text = (one: JsonObject): string =>
          kind.origin === "built-in" ? this.#text(kind, one) : this.object(kind, one);
        return listText(`${kind.kind}List`, apiVersionOf(kind), meta, objects.map(text));
      }
      case "metadata": {
        const items = objects.map((one) => JSON.stringify(partial(kind.read(one))));
        return listText("PartialObjectMetadataList", "meta.k8s.io/v1", meta, items);
      }
      case "table":
        return this.#table(kind, objects, meta, form.include, now);
      default:
        return form satisfies never;
    }
  }

  #text(kind: Kind, object: JsonObject): string {
    const known = this.#texts.get(kind) ?? new WeakMap<JsonObject, string>();
    this.#texts.set(kind, known);
    const text = known.get(object) ?? JSON.stringify(kind.read(object));
    known.set(object, text);
    return text;
  }

  #table(
    kind: Kind,
    objects: readonly JsonObject[],
    meta: ListMeta,
    include: "None" | "Metadata" | "Object",
    now: number,
  ): string {
    const rows = objects.map((object) => {
      const cells = JSON.stringify(kind.columns.map((column) => column.cell(object, now)));
      return `{"cells":${cells}${this.#rowObject(kind, object, include)}}`;
    });
    const definitions = JSON.stringify(kind.columns.map(definitionOf));
    return `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${JSON.stringify(meta)},` +
      `"columnDefinitions":${definitions},"rows":[${rows.join(",")}]}`;
  }

  #rowObject(kind: Kind, object: JsonObject, include: "None" | "Metadata" | "Object"): string {
    switch (include) {
      case "None":
        return "";
      case "Metadata":
        return `,"object":${JSON.stringify(partial(kind.read(object)))}`;
      case "Object":
        return `,"object":${this.object(kind, object)}`;
      default:
        return include satisfies never;
    }
  }
}

/**
 * Which form an `Accept` header asks for; `undefined` when none of those it names can be served.
 *
 * @param include the query parameter `includeObject`
 */
export function negotiate(accept: string, include: string): Form | undefined {
  for (const range of accept.split(",")) {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    if (type !== "application/json" && type !== "*/*" && type !== "application/*") continue;
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice(3);
    if (as === undefined) return { kind: "object" };
    if (!parameters.includes("v=v1") || !parameters.includes("g=meta.k8s.io")) continue;
    if (as.startsWith("PartialObjectMetadata")) return { kind: "metadata" };
    if (as === "Table") {
      return {
        kind: "table",
        include: include === "None" || include === "Object" ? include : "Metadata",
      };
    }
  }
  return accept.trim() === "" ? { kind: "object" } : undefined;
}

function withType(kind: string, apiVersion: string, text: string): string {
  const type = `"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)}`;
  return text === "{}" ? `{${type}}` : `{${type},${text.slice(1)}`;
}

function listText(
  kind: string,
  apiVersion: string,
  meta: ListMeta,
  items: readonly string[],
): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},` +
    `"metadata":${JSON.stringify(meta)},"items":[${items.join(",")}]}`;
}

function partial(object: JsonObject): JsonObject {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: "meta.k8s.io/v1",
    metadata: objectAt(object, "metadata"),
  };
}

function definitionOf(column: Column): Json {
  return {
    name: column.name,
    type: column.type,
    format: column.format ?? "",
    description: column.description,
    priority: column.priority,
  };
}
