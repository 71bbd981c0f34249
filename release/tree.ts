import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { formatCommit, readCommit } from "../cli/version.ts";
import { mustRun } from "../demo/program.ts";

/**
 * The files that a program is compiled from, by path, in the order of the paths: `app/…` is what
 * `deno compile` starts from, `deno_dir/…` the cache (`DENO_DIR`) with the npm packages.
 */
export type Tree = ReadonlyMap<string, Uint8Array>;

const ROOT = new URL("..", import.meta.url).pathname;

/** The file that says which commit this is; see cli/version.ts. */
const COMMIT_FILE = "cli/commit.json";

/** What a package runs from. Types, maps, tests and what is for browsers stay out. */
const PACKAGE_FILES = /\.(js|cjs|mjs|json)$/;
const PACKAGE_FOLDERS_LEFT_OUT = ["test", "examples", "browser"];

interface Graph {
  readonly modules: readonly { readonly specifier: string; readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, NpmPackage>>;
}

interface NpmPackage {
  readonly dependencies: readonly string[];
  /** Where it lies in the cache. */
  readonly localPath: string;
}

interface Manifest {
  readonly version: string;
  readonly imports: Readonly<Record<string, string>>;
}

interface Lock {
  readonly version: string;
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, unknown>>;
}

/**
 * What a program is made of, and nothing else: the modules that its entry reaches, the commit, the npm packages
 * that these reach, deno.json and deno.lock with them. Two checkouts of one commit have the same tree.
 *
 * @param entry the module that is run, from the repository's root
 */
export async function readTree(entry = "main.ts"): Promise<Tree> {
  const graph: Graph = await denoInfo(entry);
  const { npmCache } = await readDenoFolders();
  const packages = packagesOf(graph);
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const lock: Lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`));
  const commit = await readCommit();
  const files = new Map<string, Uint8Array>();
  for (const { specifier } of graph.modules.filter(isOurs)) {
    const path = specifier.slice(`file://${ROOT}`.length);
    files.set(`app/${path}`, await Deno.readFile(ROOT + path));
  }
  files.set("app/deno.json", asJson(manifestWith(manifest, packages)));
  files.set("app/deno.lock", asJson(lockWith(lock, packages)));
  files.set(`app/${COMMIT_FILE}`, asJson({ commit: commit ? formatCommit(commit) : "" }));
  for (const { localPath } of packages.values()) {
    for (const path of await listPackage(localPath)) {
      files.set(`deno_dir/npm${path.slice(npmCache.length)}`, await Deno.readFile(path));
    }
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** SHA-256 of all paths and bytes, in hexadecimal digits. */
export function hashOf(tree: Tree): string {
  const hash = createHash("sha256");
  for (const [path, bytes] of tree) hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  return hash.digest("hex");
}

/**
 * Writes the files into a folder. All are of the same instant: a compiled program holds the times of its files.
 */
export async function writeTree(tree: Tree, folder: string): Promise<void> {
  for (const [path, bytes] of tree) {
    const to = `${folder}/${path}`;
    await Deno.mkdir(dirname(to), { recursive: true });
    await Deno.writeFile(to, bytes);
    await Deno.utime(to, 0, 0);
  }
}

/** Where Deno keeps what it downloads: everything, and npm packages. */
export async function readDenoFolders(): Promise<
  { readonly denoDir: string; readonly npmCache: string }
> {
  return await denoInfo();
}

/** The version that deno.json names. */
export function versionOf(tree: Tree): string {
  const manifest: Manifest = JSON.parse(new TextDecoder().decode(tree.get("app/deno.json")));
  return manifest.version;
}

/** What `deno info --json` prints. */
async function denoInfo<T>(...entry: readonly string[]): Promise<T> {
  return JSON.parse(await mustRun([Deno.execPath(), "info", "--json", ...entry], { cwd: ROOT }));
}

function isOurs({ specifier }: { readonly specifier: string }): boolean {
  return specifier.startsWith(`file://${ROOT}`);
}

/** The npm packages that the modules reach, by `name@version`. */
function packagesOf({ modules, npmPackages }: Graph): ReadonlyMap<string, NpmPackage> {
  const reached = new Map<string, NpmPackage>();
  const visit = (id: string): void => {
    const found = npmPackages[id];
    if (found === undefined || reached.has(id)) return;
    reached.set(id, found);
    found.dependencies.forEach(visit);
  };
  modules.forEach(({ npmPackage }) => npmPackage !== undefined && visit(npmPackage));
  return reached;
}

async function listPackage(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory && !PACKAGE_FOLDERS_LEFT_OUT.includes(name)) {
      paths.push(...await listPackage(path));
    }
    if (!isDirectory && PACKAGE_FILES.test(name)) paths.push(path);
  }
  return paths;
}

type Packages = ReadonlyMap<string, NpmPackage>;

function manifestWith({ version, imports }: Manifest, packages: Packages): unknown {
  const kept = Object.entries(imports).filter(([, specifier]) => packages.has(idOf(specifier)));
  return { version, nodeModulesDir: "none", imports: Object.fromEntries(kept) };
}

function lockWith({ version, specifiers, npm }: Lock, packages: Packages): unknown {
  const kept = Object.entries(specifiers).filter(([specifier]) => packages.has(idOf(specifier)));
  return {
    version,
    specifiers: Object.fromEntries(kept),
    npm: Object.fromEntries(Object.entries(npm).filter(([id]) => packages.has(id))),
    workspace: { dependencies: kept.map(([specifier]) => specifier) },
  };
}

/** `npm:name@1.2.3` and `npm:/name@1.2.3/` -> `name@1.2.3` */
function idOf(specifier: string): string {
  return specifier.replace(/^npm:\/?/, "").replace(/\/$/, "");
}

function asJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}
