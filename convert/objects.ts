import type { Problem, Source } from "../config/config.ts";
import { type Place, problemAt } from "../config/reader.ts";
import { childOf, textOf, type Tree } from "../config/tree.ts";
import { parseYaml } from "../config/yaml.ts";

/** An object of a file, whatever its kind. */
export interface FoundObject {
  /** Empty where the file does not say. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly tree: Tree;
  readonly place: Place;
}

/** What a file holds. */
export interface Found {
  readonly objects: readonly FoundObject[];
  /** Documents that are no objects: the value of MetalLB's ConfigMap may stand alone. */
  readonly bare: readonly { readonly tree: Tree; readonly place: Place }[];
  readonly problems: readonly Problem[];
}

/** Reads a YAML or JSON text: objects in any number of documents and Lists. */
export function readObjects(file: string, text: string): Found {
  const source: Source = { kind: "file", file };
  const { documents, faults } = parseYaml(text);
  const objects: FoundObject[] = [];
  const bare: { readonly tree: Tree; readonly place: Place }[] = [];
  const visit = (tree: Tree): void => {
    const place = { source, path: "", ...tree.at && { at: tree.at } };
    const kind = textOf(tree, "kind");
    const items = childOf(tree, "items");
    if (kind === undefined) bare.push({ tree, place });
    else if (kind.endsWith("List") && items?.kind === "list") items.items.forEach(visit);
    else objects.push(objectOf(tree, kind, place));
  };
  documents.forEach(visit);
  const problems = faults.map(({ line, column, message }) =>
    problemAt("error", { source, path: "", at: { line, column } }, message)
  );
  return { objects, bare, problems };
}

function objectOf(tree: Tree, kind: string, place: Place): FoundObject {
  const meta = childOf(tree, "metadata");
  return {
    apiVersion: textOf(tree, "apiVersion") ?? "",
    kind,
    namespace: textOf(meta, "namespace") ?? "",
    name: textOf(meta, "name") ?? "",
    tree,
    place,
  };
}

/** `Service default/web`: an object as messages name it. */
export function nameObject({ kind, namespace, name }: FoundObject): string {
  return `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

/** The place of a value within an object; of the object where the value has none. */
export function placeIn({ place }: FoundObject, value: Tree | undefined): Place {
  return { ...place, ...value?.at && { at: value.at } };
}
