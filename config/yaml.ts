import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  Scalar,
  type YAMLMap,
} from "yaml";
import { type Entry, type Position, quote, type TextTree, type Tree } from "./tree.ts";

/** Why a text is not the YAML it should be. */
export interface YamlFault extends Position {
  /** After a syntax fault the document is a guess; after a duplicate key the first one counts. */
  readonly kind: "syntax" | "duplicate-key";
  /** Sentence case, no full stop. */
  readonly message: string;
}

/** What a YAML text holds. */
export interface YamlText {
  /** In order; those that are empty or have a syntax fault are left out. */
  readonly documents: readonly Tree[];
  /** In order of position. */
  readonly faults: readonly YamlFault[];
}

/** Where a position within the text is for people, when the text stands within a larger file. */
export type Placed = (at: Position) => Position;

/** Nodes that aliases may add to a text: a real configuration has dozens. */
const MAX_ALIASED_NODES = 50_000;
const MAX_DEPTH = 100;
const TOO_DEEP = "Cannot read YAML: nested too deep, or aliases repeat too much";

/**
 * Reads YAML as Kubernetes' own readers do (1.1: `yes` and `on` are booleans, `<<` merges), keeping positions.
 * Never throws. Duplicate keys, unknown aliases and aliases that blow up are faults.
 *
 * @example
 * ```ts
 * import { parseYaml } from "./yaml.ts";
 * const { documents, faults } = parseYaml("a: 1\nb: [x]\na: 2\n");
 * if (documents.length !== 1 || faults[0]?.line !== 3) throw new Error("duplicate key in line 3");
 * ```
 */
export function parseYaml(text: string, placed: Placed = (at) => at): YamlText {
  const lines = new Lines(placed);
  const documents: Tree[] = [];
  const faults: YamlFault[] = [];
  try {
    const parsed = parseAllDocuments(text, {
      version: "1.1",
      lineCounter: lines.counter,
      prettyErrors: false,
      uniqueKeys: false,
    });
    for (const document of "empty" in parsed ? [] : parsed) {
      const read = readDocument(text, lines, document);
      faults.push(...read.faults);
      if (read.tree !== undefined) documents.push(read.tree);
    }
  } catch (error) {
    // The parser recurses: a text of nothing but brackets exhausts the stack.
    if (!(error instanceof RangeError)) throw error;
    faults.push({ kind: "syntax", ...placed({ line: 1, column: 1 }), message: TOO_DEEP });
  }
  return { documents, faults: faults.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function readDocument(
  text: string,
  lines: Lines,
  document: Document,
): { readonly tree?: Tree; readonly faults: readonly YamlFault[] } {
  const syntax = syntaxFaults(text, document, lines);
  const { contents } = document;
  const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
  if (syntax.length > 0 || isEmpty) return { faults: syntax };
  const walk = new Walk(text, lines, document);
  const tree = walk.tree(contents, 0);
  const isWhole = walk.faults.every(({ kind }) => kind !== "syntax");
  return { ...isWhole && { tree }, faults: walk.faults };
}

/**
 * The first fault of each line: what follows on the same line is the parser finding its way back. Of a text
 * with tabs for indentation or with template marks only that is said: it explains the rest.
 */
function syntaxFaults(text: string, document: Document, lines: Lines): readonly YamlFault[] {
  const byLine = new Map<number, YamlFault>();
  for (const { code, message, pos } of document.errors) {
    const at = lines.positionAt(pos[0]);
    const cause = causeInLine(lineAround(text, pos[0]));
    if (cause !== undefined) return [{ kind: "syntax", ...at, message: cause }];
    if (byLine.has(at.line)) continue;
    byLine.set(at.line, { kind: "syntax", ...at, message: wordFault(code, message) });
  }
  return [...byLine.values()];
}

const HAS_TAB = "Cannot read YAML: need spaces for indentation, have a tab";

/** What commonly makes a line no YAML, and is hard to tell from what the parser says. */
function causeInLine(line: string): string | undefined {
  if (/^ *\t/.test(line)) return HAS_TAB;
  return line.includes("{{")
    ? 'Cannot read YAML: this is a template ("{{"); render it first, as with "helm template"'
    : undefined;
}

function lineAround(text: string, offset: number): string {
  const end = text.indexOf("\n", offset);
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, end < 0 ? undefined : end);
}

function wordFault(code: string, message: string): string {
  if (code === "TAB_AS_INDENT") return HAS_TAB;
  if (code === "BLOCK_AS_IMPLICIT_KEY") {
    return 'Cannot read YAML: need one "key: value" on a line, have another ":" in the value; ' +
      "quote the value, or indent the next key like the one before";
  }
  if (message.startsWith("Maximum call stack")) return TOO_DEEP;
  const [, missing] = /^Missing closing (['"])quote$|end with a ([\]}])$/.exec(message)
    ?.filter((part) => part !== undefined) ?? [];
  if (missing !== undefined) return `Cannot read YAML: need a closing ${missing}, have none`;
  return `Cannot read YAML: ${message.slice(0, 1).toLowerCase()}${shorten(message.slice(1))}`;
}

/** The parser quotes what it did not expect, which may be the rest of a file. */
const MESSAGE_MAX = 160;

function shorten(message: string): string {
  return message.length <= MESSAGE_MAX ? message : `${message.slice(0, MESSAGE_MAX)}…`;
}

/** Offsets in the text as positions for people. */
class Lines {
  readonly counter = new LineCounter();
  readonly #placed: Placed;

  constructor(placed: Placed) {
    this.#placed = placed;
  }

  positionAt(offset: number): Position {
    const { line, col } = this.counter.linePos(offset);
    return this.#placed({ line: Math.max(line, 1), column: Math.max(col, 1) });
  }
}

/** Turns the nodes of one document into trees. */
class Walk {
  readonly faults: YamlFault[] = [];
  readonly #text: string;
  readonly #lines: Lines;
  readonly #document: Document;
  #openAliases = 0;
  #aliasedNodes = 0;
  #isExhausted = false;

  constructor(text: string, lines: Lines, document: Document) {
    this.#text = text;
    this.#lines = lines;
    this.#document = document;
  }

  tree(node: unknown, depth: number): Tree {
    const at = this.#positionOf(node);
    if (this.#openAliases > 0) this.#aliasedNodes++;
    if (this.#aliasedNodes > MAX_ALIASED_NODES || depth > MAX_DEPTH) {
      if (!this.#isExhausted) this.#fault(at, TOO_DEEP);
      this.#isExhausted = true;
    }
    if (this.#isExhausted) return { kind: "null", at };
    if (isAlias(node)) return this.#alias(node, at, depth);
    if (isSeq(node)) {
      return { kind: "list", at, items: node.items.map((item) => this.tree(item, depth + 1)) };
    }
    if (isMap(node)) return { kind: "map", at, entries: this.#entries(node, depth) };
    if (isScalar(node)) return this.#scalar(node, at);
    return { kind: "null", at };
  }

  #alias(alias: Alias, at: Position, depth: number): Tree {
    const target = alias.resolve(this.#document);
    if (target !== undefined) {
      this.#openAliases++;
      const tree = this.tree(target, depth + 1);
      this.#openAliases--;
      return tree;
    }
    this.#fault(
      at,
      `Cannot read YAML: need an anchor "&${alias.source}" before the alias, have none`,
    );
    return { kind: "null", at };
  }

  #entries(map: YAMLMap, depth: number): readonly Entry[] {
    const own = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (const pair of map.items) {
      const key = this.#key(pair);
      const keyAt = this.#positionOf(pair.key ?? map);
      const value = this.tree(pair.value, depth + 1);
      if (isMergeKey(pair)) {
        merged.push(...this.#merge(value, keyAt));
        continue;
      }
      const earlier = own.get(key);
      if (earlier === undefined) {
        own.set(key, { key, keyAt, value });
      } else {
        const line = earlier.keyAt?.line ?? 0;
        const message = `Cannot use key ${quote(key)} twice: it stands in line ${line} already`;
        this.#fault(keyAt, message, "duplicate-key");
      }
    }
    for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry);
    return [...own.values()];
  }

  #merge(value: Tree, keyAt: Position): readonly Entry[] {
    if (value.kind === "map") return value.entries;
    if (value.kind === "list") return value.items.flatMap((item) => this.#merge(item, keyAt));
    this.#fault(keyAt, 'Cannot read YAML: need a map after the merge key "<<"');
    return [];
  }

  #key(pair: Pair): string {
    const key = isAlias(pair.key) ? pair.key.resolve(this.#document) : pair.key;
    if (isScalar(key)) return typeof key.value === "string" ? key.value : key.source ?? "";
    this.#fault(this.#positionOf(pair.key), "Cannot read YAML: need a text as key");
    return "";
  }

  #scalar(scalar: Scalar, at: Position): Tree {
    const { value } = scalar;
    const text = scalar.source ?? "";
    if (value === null || value === undefined) return { kind: "null", at };
    if (typeof value === "boolean") return { kind: "boolean", at, value, text };
    if (typeof value === "number") return { kind: "number", at, value, text };
    if (typeof value !== "string") return { kind: "text", at, value: text };
    return this.#textTree(scalar, value, at);
  }

  #textTree(scalar: Scalar, value: string, at: Position): TextTree {
    if (scalar.type !== Scalar.BLOCK_LITERAL) return { kind: "text", at, value };
    const block = this.#text.slice(scalar.range?.[0], scalar.range?.[1]).split("\n").slice(1);
    const inFile = block.find((line) => line.trim() !== "") ?? "";
    const inValue = value.split("\n").find((line) => line.trim() !== "") ?? "";
    const indent = leadingSpaces(inFile) - leadingSpaces(inValue);
    return { kind: "text", at, value, contentAt: { line: at.line + 1, column: indent + 1 } };
  }

  #positionOf(node: unknown): Position {
    const hasRange = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
    return this.#lines.positionAt(hasRange ? node.range?.[0] ?? 0 : 0);
  }

  #fault(at: Position, message: string, kind: YamlFault["kind"] = "syntax"): void {
    this.faults.push({ kind, ...at, message });
  }
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.source === "<<" &&
    (pair.key.type === undefined || pair.key.type === Scalar.PLAIN);
}

function leadingSpaces(line: string): number {
  return line.length - line.trimStart().length;
}
