import { run } from "../command.ts";
import { ROOT } from "../source.ts";

/**
 * Where the commands of a page are run.
 *
 * - `lab`: in `lanlord demo --keep --api real`, with `lanlord`, `kubectl`, and `client` for the client on the LAN
 * - `cluster`: on a cluster with kubelets; `helm`, `systemd`, `image`: where that is
 * - `source`: in the root of a clone
 * - `laptop`: nowhere; it needs what no test has, and only its syntax is looked at
 */
export type Place = "lab" | "cluster" | "helm" | "systemd" | "image" | "source" | "laptop";

/** All places. */
export const PLACES: readonly Place[] = [
  "lab",
  "cluster",
  "helm",
  "systemd",
  "image",
  "source",
  "laptop",
];

/** A fenced block of commands: ```` ```sh PLACE ````, or ```` ```sh PLACE fails ````. */
export interface Block {
  /** From the repository's root: `docs/install.md`. */
  readonly page: string;
  /** Of its first fence, from 1. */
  readonly line: number;
  readonly place: Place;
  /** For `bash -eu`, without the indentation of the fence. */
  readonly script: string;
  readonly ends: "with success" | "with failure";
  /** The ```` ```text ```` block that follows it directly, if there is one; see `mismatch`. */
  readonly output: string | undefined;
}

/** What a page has in its fences. */
export interface PageBlocks {
  readonly blocks: readonly Block[];
  /** Fences that break the rules, `page:line: what is wanted`. */
  readonly faults: readonly string[];
}

/** Languages of blocks that are neither commands nor output. */
const LANGUAGES = ["yaml", "json", "ts", "mermaid"];

const WANTED = `want "sh PLACE", "text", ${LANGUAGES.map((name) => `"${name}"`).join(", ")}`;

/** Reads the fenced blocks of a page. */
export function readBlocks(page: string, text: string): PageBlocks {
  const fences = readFences(text);
  const faults = fences.flatMap((fence, i) => {
    const fault = faultOf(fence, fences[i - 1]);
    return fault === undefined ? [] : [`${page}:${fence.line}: ${fault}`];
  });
  const blocks = fences.flatMap((fence, i) => {
    const place = placeOf(fence);
    if (place === undefined) return [];
    const next = fences[i + 1];
    const output = next !== undefined && isOutputOf(next, fence) ? next.body : undefined;
    const ends = fence.words[2] === "fails" ? "with failure" as const : "with success" as const;
    return [{ page, line: fence.line, place, script: fence.body, ends, output }];
  });
  return { blocks, faults };
}

/** The blocks of a place in the order of the pages' names and on each page from top to bottom. */
export async function blocksFor(
  place: Place,
  isMeant: (page: string) => boolean = () => true,
): Promise<readonly Block[]> {
  const pages = await readPages();
  return pages
    .filter(({ path }) => isMeant(path))
    .flatMap(({ path, text }) => readBlocks(path, text).blocks)
    .filter((block) => block.place === place);
}

/** A page of the repository. */
export interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** Every Markdown page that git knows or would take, sorted by path. */
export async function readPages(): Promise<readonly Page[]> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"];
  const { stdout } = await run(["git", "-C", ROOT, ...args]);
  const paths = stdout.split("\n").filter(Boolean).toSorted();
  if (paths.length === 0) throw new Error(`Cannot read pages: want some in ${ROOT}, found none`);
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Deno.readTextFile(ROOT + path) })),
  );
}

interface Fence {
  readonly line: number;
  /** Of the line that ends it. */
  readonly endLine: number;
  /** The info string's words. */
  readonly words: readonly string[];
  readonly body: string;
  /** Whether nothing but blank lines stands between it and the fence before. */
  readonly follows: boolean;
}

/** Fences of backquotes (CommonMark 0.31 §4.5), in lists too. */
function readFences(text: string): readonly Fence[] {
  const lines = text.split("\n");
  const fences: Fence[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opening = /^( *)(`{3,})([^`]*)$/.exec(lines[at] ?? "");
    if (opening === null) continue;
    const [, indent = "", ticks = "", info = ""] = opening;
    const length = lines.slice(at + 1).findIndex((line) => line.trim() === ticks);
    const end = length < 0 ? lines.length : at + 1 + length;
    const body = lines.slice(at + 1, end).map((line) =>
      line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()
    );
    const previousEnd = fences.at(-1)?.endLine;
    fences.push({
      line: at + 1,
      endLine: end + 1,
      words: info.split(/\s+/).filter(Boolean),
      body: body.join("\n"),
      follows: previousEnd !== undefined &&
        lines.slice(previousEnd, at).every((line) => line.trim() === ""),
    });
    at = end;
  }
  return fences;
}

function placeOf({ words: [language, place] }: Fence): Place | undefined {
  return language === "sh" ? PLACES.find((known) => known === place) : undefined;
}

function isOutputOf(fence: Fence, before: Fence): boolean {
  return fence.words[0] === "text" && fence.follows && placeOf(before) !== undefined;
}

/** What is wrong with a fence, if anything is. */
function faultOf(fence: Fence, before: Fence | undefined): string | undefined {
  const [language = "", ...rest] = fence.words;
  if (language === "sh") {
    if (placeOf(fence) === undefined) {
      return `"sh ${rest.join(" ")}": want a place, one of ${PLACES.join(", ")}`;
    }
    const isKnown = rest.length === 1 || (rest.length === 2 && rest[1] === "fails");
    return isKnown ? undefined : `"${fence.words.join(" ")}": want "fails" or nothing at the end`;
  }
  if (language === "text") {
    const isOutput = before !== undefined && isOutputOf(fence, before);
    const prompt = fence.body.split("\n").find((line) => /^ *\$ /.test(line));
    return isOutput || prompt === undefined
      ? undefined
      : `"${prompt.trim()}": commands stand in a block of their own`;
  }
  return LANGUAGES.includes(language) ? undefined : `"${fence.words.join(" ")}": ${WANTED}`;
}
