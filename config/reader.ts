import type { Problem, Source } from "./config.ts";
import { nearestWord } from "./suggest.ts";
import { describeTree, type MapTree, type Position, quote, type Tree } from "./tree.ts";

/** Where a value stands: enough for a Problem to point at it. */
export interface Place {
  readonly source: Source;
  /** `address-pools[0].addresses[1]`; empty for the whole. */
  readonly path: string;
  readonly at?: Position;
}

/** A value and where it stands. */
export interface Spot extends Place {
  readonly tree: Tree;
  /** The end of the path, for messages: `addresses[1]`. */
  readonly name: string;
}

/** A value under a key of a map. */
export interface KeyedSpot extends Spot {
  readonly key: string;
  readonly keyAt?: Position;
}

/**
 * How strictly a value is read.
 * `configmap`: as MetalLB's ConfigMap, where Go's YAML reader takes any scalar for a text; unknown keys are errors.
 * `manifest`: as kubectl applies a file; unknown keys are errors.
 * `served`: as the API server serves an object; an unknown key belongs to a newer schema and is a warning.
 */
export type Dialect = "configmap" | "manifest" | "served";

/** The keys of a map that were found and are not null. */
export interface Fields {
  /** Of the map itself: what a missing key is reported at. */
  readonly place: Place;
  /** `undefined` where the key is absent or null. */
  get(key: string): KeyedSpot | undefined;
}

/** Reads values out of a tree and collects everything that is wrong, so that one reading finds it all. */
export class Reader {
  readonly dialect: Dialect;
  readonly #problems: Problem[] = [];

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** What was found so far, in the order of reading. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** How many errors were found so far: whether a part was read without one. */
  get errorCount(): number {
    return this.#problems.filter(({ severity }) => severity === "error").length;
  }

  /** Notes an error at a place. */
  error(place: Place, message: string): void {
    this.#problems.push(problemAt("error", place, message));
  }

  /** Notes a warning at a place. */
  warning(place: Place, message: string): void {
    this.#problems.push(problemAt("warning", place, message));
  }

  /** The keys of a map; null is an empty map, as in Go. Reports unknown keys and anything but a map. */
  fields(spot: Spot, known: readonly string[], what: string): Fields | undefined {
    const { tree } = spot;
    if (tree.kind !== "map" && tree.kind !== "null") {
      this.error(
        spot,
        `Cannot read ${what}: need a map of keys such as ${quote(known[0] ?? "")}, have ${
          describeTree(tree)
        }`,
      );
      return undefined;
    }
    const children = new Map<string, KeyedSpot>();
    for (const child of tree.kind === "map" ? childrenOf(spot, tree) : []) {
      if (!known.includes(child.key)) this.#unknownKey(child, known, what);
      else if (child.tree.kind !== "null") children.set(child.key, child);
    }
    return { place: spot, get: (key) => children.get(key) };
  }

  /** Every key with its value, whatever the keys are. */
  entries(spot: Spot | undefined, what: string): readonly KeyedSpot[] {
    if (spot === undefined || spot.tree.kind === "null") return [];
    if (spot.tree.kind === "map") return childrenOf(spot, spot.tree);
    this.error(spot, `Cannot read ${what}: need a map of keys, have ${describeTree(spot.tree)}`);
    return [];
  }

  /** The items of a list; empty where there is none, or no list, which is reported. */
  list(spot: Spot | undefined): readonly Spot[] {
    if (spot === undefined || spot.tree.kind === "null") return [];
    if (spot.tree.kind !== "list") {
      this.error(
        spot,
        `Cannot read ${quote(spot.name)}: need a list, have ${describeTree(spot.tree)}`,
      );
      return [];
    }
    const { source, path, name } = spot;
    return spot.tree.items.map((tree, i) => (
      { source, path: `${path}[${i}]`, name: `${name}[${i}]`, tree, at: tree.at }
    ));
  }

  /** A text. In a ConfigMap any scalar is one, spelled as it was typed, and null is empty, as in Go. */
  text(spot: Spot | undefined): string | undefined {
    if (spot === undefined) return undefined;
    const { tree } = spot;
    if (tree.kind === "text") return tree.value;
    if (this.dialect === "configmap") {
      if (tree.kind === "number" || tree.kind === "boolean") return tree.text;
      if (tree.kind === "null") return "";
    }
    const hint = tree.kind === "number" || tree.kind === "boolean" ? "; quote it" : "";
    this.error(
      spot,
      `Cannot read ${quote(spot.name)}: need a text, have ${describeTree(tree)}${hint}`,
    );
    return undefined;
  }

  /** A boolean; `undefined` where there is none, or something else, which is reported. */
  boolean(spot: Spot | undefined): boolean | undefined {
    if (spot === undefined) return undefined;
    const { tree } = spot;
    if (tree.kind === "boolean") return tree.value;
    const isQuoted = tree.kind === "text" && /^(true|false|yes|no|on|off)$/i.test(tree.value);
    const hint = isQuoted ? "; remove the quotes" : "";
    this.error(
      spot,
      `Cannot read ${quote(spot.name)}: need true or false, have ${describeTree(tree)}${hint}`,
    );
    return undefined;
  }

  /** An integer within both bounds; `undefined` where there is none, or something else, which is reported. */
  integer(spot: Spot | undefined, min: number, max: number): number | undefined {
    if (spot === undefined) return undefined;
    const { tree } = spot;
    if (
      tree.kind === "number" && Number.isInteger(tree.value) && min <= tree.value &&
      tree.value <= max
    ) return tree.value;
    const isQuoted = tree.kind === "text" && /^[0-9]+$/.test(tree.value);
    const hint = isQuoted ? "; remove the quotes" : "";
    this.error(
      spot,
      `Cannot read ${quote(spot.name)}: need a whole number from ${min} to ${max}, have ${
        describeTree(tree)
      }${hint}`,
    );
    return undefined;
  }

  /** The texts of a list, each with its place; what is no text is reported and left out. */
  texts(spot: Spot | undefined): readonly { readonly text: string; readonly spot: Spot }[] {
    return this.list(spot).flatMap((item) => {
      const text = this.text(item);
      return text === undefined ? [] : [{ text, spot: item }];
    });
  }

  #unknownKey(child: KeyedSpot, known: readonly string[], what: string): void {
    const meant = nearestWord(child.key, known);
    const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean "${meant}"`;
    const message = `Cannot use key ${quote(child.key)} of ${what}: not known, ${hint}`;
    const place = { source: child.source, path: child.path, at: child.keyAt ?? child.at };
    if (this.dialect === "served") this.warning(place, `${message}; it has no effect`);
    else this.error(place, message);
  }
}

/** The Problem at a place. */
export function problemAt(
  severity: Problem["severity"],
  { source, path, at }: Place,
  message: string,
): Problem {
  return { severity, source, path, ...at, message };
}

function childrenOf(spot: Spot, tree: MapTree): readonly KeyedSpot[] {
  const { source, path } = spot;
  return tree.entries.map(({ key, keyAt, value }) => ({
    source,
    path: path === "" ? key : `${path}.${key}`,
    name: key,
    tree: value,
    at: value.at,
    key,
    keyAt,
  }));
}
