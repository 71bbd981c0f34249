import { EDGE_FILES } from "./kinds.ts";

/**
 * What a file is for.
 *
 * - `pure`: bytes, values, decisions and their types; `edge`: effects; `mod`: re-exports of a folder
 * - `rim`: `main.ts` and `cli/`, which are the process; `outside`: the demo, tests and benchmarks
 */
export type Kind = "pure" | "edge" | "mod" | "test" | "rim" | "outside";

/** One TypeScript file of the repository. */
export interface Source {
  /** From the repository's root, `ip/address.ts`. */
  readonly path: string;
  readonly kind: Kind;
  readonly text: string;
  /** Repository files that it imports, types included, in the order of the import lines. */
  readonly imports: readonly string[];
}

/** The repository's root, with a slash at the end. */
export const ROOT: string = new URL("..", import.meta.url).pathname;

/** The kind of a file, by where it stands. */
export function kindOf(path: string): Kind {
  if (path.endsWith("_test.ts")) return "test";
  const slash = path.indexOf("/");
  const [folder, rest] = slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
  if (path === "main.ts" || folder === "cli") return "rim";
  if (folder === "ops") return "edge";
  const edges = EDGE_FILES[folder];
  if (edges === undefined) return "outside";
  if (rest === "mod.ts" || rest.endsWith("/mod.ts")) return "mod";
  return edges.includes(rest) ? "edge" : "pure";
}

/** All TypeScript files that git knows or would take, sorted by path. */
export async function listSources(): Promise<readonly string[]> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts"];
  const { stdout } = await new Deno.Command("git", { args, cwd: ROOT }).output();
  const paths = new TextDecoder().decode(stdout).split("\n").filter((path) => path !== "");
  const present = await Promise.all(paths.map((path) => isThere(path)));
  return paths.filter((path, i) => present[i] && !path.startsWith("tests/lint_samples/")).sort();
}

/** Reads all sources, with who imports whom as `deno info` sees it. */
export async function readSources(): Promise<readonly Source[]> {
  const paths = await listSources();
  const imports = await readImports(paths);
  return await Promise.all(paths.map(async (path) => ({
    path,
    kind: kindOf(path),
    text: await Deno.readTextFile(ROOT + path),
    imports: imports.get(path) ?? [],
  })));
}

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly type?: { readonly specifier?: string };
    }[];
  }[];
}

async function readImports(
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      entry,
      paths.map((path) => `import "file://${ROOT}${path}";\n`).join(""),
    );
    const args = ["info", "--json", "--config", `${ROOT}deno.json`, entry];
    const { stdout } = await new Deno.Command(Deno.execPath(), { args }).output();
    const info: Info = JSON.parse(new TextDecoder().decode(stdout));
    return new Map(info.modules.map(({ specifier, dependencies = [] }) => [
      relative(specifier) ?? "",
      dependencies.flatMap(({ code, type }) => relative(code?.specifier ?? type?.specifier) ?? []),
    ]));
  } finally {
    await Deno.remove(entry);
  }
}

function relative(specifier: string | undefined): string | undefined {
  const prefix = `file://${ROOT}`;
  return specifier?.startsWith(prefix) ? specifier.slice(prefix.length) : undefined;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(ROOT + path).then(() => true, () => false);
}
