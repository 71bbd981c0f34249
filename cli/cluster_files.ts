import { childOf, jsonObjectOf, parseYaml, textOf, type Tree } from "../config/mod.ts";
import {
  isArray,
  isObject,
  type Json,
  type JsonObject,
  keyOf,
  parseMeta,
  type Resource,
  type Selection,
} from "../kube/mod.ts";
import type { ObjectSource } from "./cluster.ts";
import { UsageError } from "./io.ts";
import { readOrFail, type ReadText } from "./text_file.ts";

/**
 * A cluster as files tell of it: what `kubectl get … -o yaml` or `-o json` prints, in any number of documents and
 * Lists. Of an object that stands there twice the last one counts.
 *
 * @param files names; `-` is standard input
 * @throws UsageError where a file cannot be read, or is no YAML
 */
export async function openFiles(
  files: readonly string[],
  readText: ReadText,
): Promise<ObjectSource> {
  const objects: JsonObject[] = [];
  for (const file of files) {
    objects.push(...readObjects(file === "-" ? "stdin" : file, await readOrFail(readText, file)));
  }
  return sourceOfObjects(objects);
}

/** The objects of one file, those in Lists included. @throws UsageError with the place of the first fault */
export function readObjects(file: string, text: string): readonly JsonObject[] {
  const json = parseJson(text);
  if (json !== undefined) return objectsIn(json);
  const { documents, faults: [fault] } = parseYaml(text);
  if (fault === undefined) return documents.flatMap((tree) => objectsIn(checked(file, tree)));
  const { line, column, message } = fault;
  throw new UsageError(`${file}:${line}:${column}: ${message}`);
}

/** A source that has these objects and no others. A kind of which there is none counts as not read. */
export function sourceOfObjects(objects: readonly JsonObject[]): ObjectSource {
  const byKind = Map.groupBy(objects, ({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  return {
    read: (resource, selection) => {
      const found = byKind.get(`${resource.apiVersion} ${resource.kind}`);
      return Promise.resolve(
        found === undefined ? "not-in-files" : parseAll(found, resource, selection),
      );
    },
  };
}

function parseAll<T>(
  objects: readonly JsonObject[],
  resource: Resource<T>,
  { namespace }: Selection,
): readonly T[] {
  const found = new Map<string, T>();
  for (const each of objects) {
    const object = resource.scope === "Cluster" ? each : inNamespace(each, namespace ?? "default");
    const meta = parseMeta(object);
    if (namespace !== undefined && meta.namespace !== namespace) continue;
    const parsed = resource.parse(object);
    if (parsed !== undefined) found.set(keyOf(meta), parsed);
  }
  return [...found.values()];
}

/** Files written by hand leave the namespace to kubectl. */
function inNamespace(object: JsonObject, namespace: string): JsonObject {
  if (parseMeta(object).namespace !== "") return object;
  const { metadata } = object;
  return { ...object, metadata: { ...isObject(metadata) ? metadata : {}, namespace } };
}

/** The text as JSON, which is read much faster; `undefined` where it is none. */
function parseJson(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const json: Json = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    // It may be YAML that begins like this; what is wrong with it is found there.
    return undefined;
  }
}

function checked(file: string, tree: Tree): JsonObject {
  if (textOf(tree, "kind") !== undefined && childOf(tree, "apiVersion") !== undefined) {
    return jsonObjectOf(tree);
  }
  const { line, column } = tree.at ?? { line: 1, column: 1 };
  throw new UsageError(
    `${file}:${line}:${column}: Cannot tell what this is: need an object with "apiVersion" and "kind"`,
  );
}

/** The objects of a List, which may leave out what kind they are, or the object itself. */
function objectsIn(object: JsonObject): readonly JsonObject[] {
  const { kind, items, apiVersion } = object;
  if (typeof kind !== "string" || !kind.endsWith("List") || !isArray(items)) return [object];
  const own = { apiVersion: apiVersion ?? "", kind: kind.slice(0, -"List".length) };
  return items.filter(isObject).flatMap((item) =>
    objectsIn(typeof item["kind"] === "string" ? item : { ...own, ...item })
  );
}
