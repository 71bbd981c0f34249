import { type Kind, kindOf, type Source } from "./source.ts";

/** A rule that the repository keeps. */
export interface Rule {
  readonly name: string;
  /** The places that break it, each as `path: what`. */
  readonly check: (sources: readonly Source[]) => readonly string[];
}

/** Which folders a folder of the engine may import. The rim and what is outside may import any. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ip: [],
  ops: [],
  kube: ["ip", "ops"],
  config: ["ip", "kube"],
  netlink: ["ip", "ops"],
  controller: ["ip", "kube", "config", "ops"],
  convert: ["ip", "kube", "config", "controller"],
  speaker: ["ip", "kube", "config", "netlink", "ops"],
  explain: ["ip", "kube", "config", "controller", "speaker"],
};

/** Folders that files with effects enter by `mod.ts` alone. */
const CLOSED = ["kube", "netlink", "controller", "speaker", "convert", "explain"];

const MAX_LINES = 400;

/** Words that say nothing of what a file is about. */
const EMPTY_NAMES = /(^|[_/])(utils?|helpers?|common|misc|managers?|processors?|servicer)(?=[_./])/;

const ENGINE: readonly Kind[] = ["pure", "edge", "mod"];

export const RULES: readonly Rule[] = [
  {
    name: "folders import only what is further in",
    check: (sources) =>
      edges(sources).flatMap(({ from, to }) => {
        const allowed = MAY_IMPORT[folderOf(from.path)];
        const folder = folderOf(to.path);
        if (
          allowed === undefined || from.kind === "test" || folder === folderOf(from.path)
        ) return [];
        return allowed.includes(folder) || to.path === "deno.json" ? [] : [arrow(from, to)];
      }),
  },
  {
    name: "pure files import pure files, each by its own name",
    check: (sources) =>
      edges(sources).filter(({ from, to }) => from.kind === "pure" && to.kind !== "pure")
        .map(({ from, to }) => arrow(from, to)),
  },
  {
    name: "files with effects enter another folder by its mod.ts",
    check: (sources) =>
      edges(sources).filter(({ from, to }) =>
        (from.kind === "edge" || from.kind === "rim") && to.kind !== "mod" &&
        folderOf(from.path) !== folderOf(to.path) && CLOSED.includes(folderOf(to.path))
      ).map(({ from, to }) => arrow(from, to)),
  },
  {
    name: "nothing but tests imports a test or testing.ts",
    check: (sources) =>
      edges(sources).filter(({ from, to }) =>
        [...ENGINE, "rim"].includes(from.kind) && from.kind !== "test" &&
        (to.kind === "test" || to.path.endsWith("/testing.ts") || to.path.startsWith("tests/"))
      ).map(({ from, to }) => arrow(from, to)),
  },
  { name: "imports have no cycles", check: findCycles },
  {
    name: "Deno.dlopen stands in netlink/libc.ts alone",
    check: mentions(
      /\bDeno\.dlopen\b/,
      ({ path }) => path !== "netlink/libc.ts" && !path.startsWith("tests/"),
    ),
  },
  {
    name: "arguments, environment and exit belong to main.ts and cli/",
    check: mentions(/\bDeno\.(args|env|exit|exitCode)\b/, isEngine),
  },
  {
    name: "pure files have no clock and no chance",
    check: mentions(
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\b|\bcrypto\.(getRandomValues|randomUUID)\b/,
      ({ kind }) => kind === "pure",
    ),
  },
  {
    name: "only ops/clock.ts reads the clock, only the rim draws random numbers",
    check: mentions(
      /\bDate\.now\b|\bMath\.random\b/,
      (source) => isEngine(source) && source.path !== "ops/clock.ts",
    ),
  },
  {
    name: "ops/prometheus.ts alone knows prom-client",
    check: mentions(
      /\bfrom "prom-client\b/,
      (source) => isEngine(source) && source.path !== "ops/prometheus.ts",
    ),
  },
  {
    name: "the console belongs to the rim",
    check: mentions(/\bconsole\./, isEngine),
  },
  {
    name: `no file has more than ${MAX_LINES} lines`,
    check: (sources) =>
      sources.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
        .filter(({ lines }) => lines > MAX_LINES)
        .map(({ path, lines }) => `${path}: ${lines} lines`),
  },
  {
    name: "file names say what a file is about, in snake_case",
    check: (sources) =>
      sources.map(({ path }) => path)
        .filter((path) => EMPTY_NAMES.test(path) || !/^[a-z0-9_/]+(\.d)?\.ts$/.test(path)),
  },
];

interface Edge {
  readonly from: Source;
  readonly to: Pick<Source, "path" | "kind">;
}

function edges(sources: readonly Source[]): readonly Edge[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  return sources.flatMap((from) =>
    from.imports.map((path) => ({ from, to: byPath.get(path) ?? { path, kind: kindOf(path) } }))
  );
}

function findCycles(sources: readonly Source[]): readonly string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const next of byPath.get(path)?.imports ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return cycles;
}

/** A check for words in the code of some files; comments may say anything. */
function mentions(words: RegExp, isMeant: (source: Source) => boolean): Rule["check"] {
  return (sources) =>
    sources.filter(isMeant).flatMap(({ path, text }) =>
      withoutComments(text).split("\n").flatMap((line, i) => {
        const found = words.exec(line);
        return found === null ? [] : [`${path}:${i + 1}: ${found[0]}`];
      })
    );
}

/** The text with comments blanked and lines kept. Knows strings by their quotes, which is enough here. */
function withoutComments(text: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[^]*?\*\/|\/\/[^\n]*/g;
  return text.replace(
    token,
    (found) => found.startsWith("/") ? found.replace(/[^\n]/g, " ") : found,
  );
}

function isEngine({ kind }: Source): boolean {
  return ENGINE.includes(kind);
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function arrow(from: Pick<Source, "path">, to: Pick<Source, "path">): string {
  return `${from.path}: imports ${to.path}`;
}
