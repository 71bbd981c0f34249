import type { Json, JsonObject } from "../kube/types.ts";

/** A place in a text, both 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * A value as YAML or JSON wrote it, with its position where there is a text.
 * `text` of a scalar is what the author typed: `010` where the value is 8.
 */
export type Tree =
  | { readonly kind: "null"; readonly at?: Position }
  | {
    readonly kind: "boolean";
    readonly at?: Position;
    readonly value: boolean;
    readonly text: string;
  }
  | {
    readonly kind: "number";
    readonly at?: Position;
    readonly value: number;
    readonly text: string;
  }
  | TextTree
  | { readonly kind: "list"; readonly at?: Position; readonly items: readonly Tree[] }
  | MapTree;

export interface TextTree {
  readonly kind: "text";
  readonly at?: Position;
  readonly value: string;
  /** Where the first character of a literal block (`|`) stands: its lines are the lines of the file. */
  readonly contentAt?: Position;
}

export interface MapTree {
  readonly kind: "map";
  readonly at?: Position;
  /** In written order; a key stands once. */
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyAt?: Position;
  readonly value: Tree;
}

/** The tree of a JSON value: no positions. */
export function treeOfJson(json: Json): Tree {
  if (json === null) return { kind: "null" };
  switch (typeof json) {
    case "boolean":
      return { kind: "boolean", value: json, text: String(json) };
    case "number":
      return { kind: "number", value: json, text: String(json) };
    case "string":
      return { kind: "text", value: json };
  }
  if (isList(json)) return { kind: "list", items: json.map(treeOfJson) };
  const entries = Object.entries(json).map(([key, value]) => ({ key, value: treeOfJson(value) }));
  return { kind: "map", entries };
}

/** The JSON object of a map: what the API would be sent. Empty for anything but a map. */
export function jsonObjectOf(tree: Tree): JsonObject {
  if (tree.kind !== "map") return {};
  return Object.fromEntries(tree.entries.map(({ key, value }) => [key, jsonOf(value)]));
}

function jsonOf(tree: Tree): Json {
  switch (tree.kind) {
    case "null":
      return null;
    case "boolean":
    case "number":
    case "text":
      return tree.value;
    case "list":
      return tree.items.map(jsonOf);
    case "map":
      return jsonObjectOf(tree);
    default:
      return tree satisfies never;
  }
}

/** The value under a key of a map; `undefined` where there is none, or null, or no map. */
export function childOf(tree: Tree | undefined, key: string): Tree | undefined {
  if (tree?.kind !== "map") return undefined;
  const value = tree.entries.find((entry) => entry.key === key)?.value;
  return value?.kind === "null" ? undefined : value;
}

/** The text under a key of a map; `undefined` where there is no text. */
export function textOf(tree: Tree | undefined, key: string): string | undefined {
  const value = childOf(tree, key);
  return value?.kind === "text" ? value.value : undefined;
}

/**
 * Where positions of a text within the file stand: only a literal block keeps its lines; else all is at its start.
 */
export function placedIn({ at, contentAt }: TextTree): (at: Position) => Position {
  if (contentAt === undefined) return () => at ?? { line: 1, column: 1 };
  return ({ line, column }) => ({
    line: contentAt.line + line - 1,
    column: contentAt.column + column - 1,
  });
}

/** What was found, for the end of a message: `the text "maybe"`, `a list`. */
export function describeTree(tree: Tree): string {
  switch (tree.kind) {
    case "null":
      return "nothing";
    case "boolean":
      return `the boolean ${tree.text}`;
    case "number":
      return `the number ${tree.text}`;
    case "text":
      return `the text ${quote(tree.value)}`;
    case "list":
      return "a list";
    case "map":
      return "a map of keys";
    default:
      return tree satisfies never;
  }
}

/** The value in quotes on one line, cut after 80 characters. */
export function quote(value: string): string {
  const cut = value.length > 80 ? `${value.slice(0, 77)}...` : value;
  return JSON.stringify(cut);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
