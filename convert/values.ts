import { childOf, type Tree } from "../config/tree.ts";

/** A text under a key, any scalar spelled as it was typed: how Go's YAML reader fills a text. */
export function textIn(tree: Tree | undefined, key: string): string | undefined {
  const value = childOf(tree, key);
  return value === undefined ? undefined : textOfScalar(value);
}

/** A scalar as text; `undefined` for a list, a map or null. */
export function textOfScalar(tree: Tree): string | undefined {
  switch (tree.kind) {
    case "text":
      return tree.value;
    case "number":
    case "boolean":
      return tree.text;
    default:
      return undefined;
  }
}

/** The items of the list under a key; empty where there is none. */
export function itemsIn(tree: Tree | undefined, key: string): readonly Tree[] {
  const value = childOf(tree, key);
  return value?.kind === "list" ? value.items : [];
}

/** The texts of the list under a key. */
export function textsIn(tree: Tree | undefined, key: string): readonly string[] {
  return itemsIn(tree, key).flatMap((item) => textOfScalar(item) ?? []);
}

/** The boolean under a key. */
export function booleanIn(tree: Tree | undefined, key: string): boolean | undefined {
  const value = childOf(tree, key);
  return value?.kind === "boolean" ? value.value : undefined;
}

/** The number under a key. */
export function numberIn(tree: Tree | undefined, key: string): number | undefined {
  const value = childOf(tree, key);
  return value?.kind === "number" ? value.value : undefined;
}

/** The texts under the keys of a map, those that are texts. */
export function recordIn(
  tree: Tree | undefined,
  key: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entriesIn(tree, key).flatMap(({ key: name, value }) => {
      const text = textOfScalar(value);
      return text === undefined ? [] : [[name, text]];
    }),
  );
}

/** The entries of the map under a key, in written order. */
export function entriesIn(
  tree: Tree | undefined,
  key: string,
): readonly { readonly key: string; readonly value: Tree }[] {
  const value = childOf(tree, key);
  return value?.kind === "map" ? value.entries : [];
}
