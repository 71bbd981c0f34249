// deno-lint-ignore-file no-console
/**
 * `deno task compile`: makes one file of the program for each processor, `dist/lanlord-<version>-linux-<processor>`,
 * and writes its SHA-256 beside it.
 *
 *     --target ARCH    x86_64 or aarch64, instead of both
 *     --out FOLDER     instead of dist/
 *     --deno FILE      another Deno than the one that runs this
 *     --denort FILE    a runtime of that Deno's version and of the target, instead of the one that it downloads
 */
import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PERMISSIONS } from "../cli/permissions.ts";
import { compileFailure } from "./compile_failure.ts";
import { runProgram, runTask } from "./program.ts";
import { readDenoFolders, readTree, type Tree, versionOf, writeTree } from "./tree.ts";

/** The processors that there is a program for, as the kernel names them. */
export type Arch = "x86_64" | "aarch64";

/** All of them. */
export const ARCHES: readonly Arch[] = ["x86_64", "aarch64"];

/** What `deno compile` is told, whatever is compiled. */
export const COMPILE_FLAGS: readonly string[] = [
  // What some command needs: each drops what it does not keep (cli/permissions.ts), and nobody is asked.
  ...PERMISSIONS.map((kind) => `--allow-${kind}`),
  "--no-prompt",
  // Types are checked by `deno task check`, V8's cache would be written into the temporary folder.
  "--no-check",
  "--no-code-cache",
  // A compiled program does not look at DENO_V8_FLAGS. With 1,000 Services this spares a speaker a third of its memory.
  "--v8-flags=--optimize-for-size",
  // Nothing but the files of the tree, with the hashes of its lock file.
  "--frozen",
  "--cached-only",
];

/** What compiles, and for which machine. */
export interface CompileOptions {
  readonly arch: Arch;
  /** Where the program is put; its folder must be there. */
  readonly out: string;
  /** The module that is run. @default "main.ts" */
  readonly entry?: string;
  /** @default the Deno that runs this */
  readonly deno?: string;
  /** The runtime (denort) of that Deno's version for `arch`. @default deno fetches it, and keeps it */
  readonly denort?: string;
}

/**
 * Makes one file of the tree and a runtime. The same tree, Deno and runtime give the same bytes, wherever they lie.
 * The file appears at once and whole.
 *
 * @throws Error in one line, with what deno said, when it cannot
 */
export async function compile(tree: Tree, options: CompileOptions): Promise<void> {
  const { arch, out, entry = "main.ts", deno = Deno.execPath(), denort } = options;
  const folder = await Deno.makeTempDir({ dir: dirname(out), prefix: ".compile-" });
  try {
    await writeTree(tree, folder);
    if (denort === undefined) await keepDownloads(`${folder}/deno_dir`);
    const target = ["--target", `${arch}-unknown-linux-gnu`, "--output", `${folder}/lanlord`];
    const { success, stderr } = await runProgram(deno, {
      args: ["compile", "--quiet", ...COMPILE_FLAGS, ...target, entry],
      cwd: `${folder}/app`,
      env: {
        DENO_DIR: `${folder}/deno_dir`,
        ...denort === undefined ? {} : { DENORT_BIN: resolve(denort) },
        // Deno 2.7 overflows the stack that its threads have by default.
        RUST_MIN_STACK: `${64 * 2 ** 20}`,
        NO_COLOR: "1",
      },
    });
    if (!success) throw new Error(compileFailure(new TextDecoder().decode(stderr), arch));
    await Deno.rename(`${folder}/lanlord`, out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Lets a cache that is thrown away share the runtimes that Deno downloads. */
async function keepDownloads(cache: string): Promise<void> {
  const { denoDir } = await readDenoFolders();
  await Deno.mkdir(`${denoDir}/dl`, { recursive: true });
  await Deno.symlink(`${denoDir}/dl`, `${cache}/dl`);
}

/** @throws RangeError when it is none */
function parseArch(text: string): Arch {
  const found = ARCHES.find((arch) => arch === text);
  if (found !== undefined) return found;
  throw new RangeError(`Cannot compile for "${text}": want one of ${ARCHES.join(", ")}`);
}

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: "string" },
      out: { type: "string", default: new URL("../dist", import.meta.url).pathname },
      deno: { type: "string", default: Deno.execPath() },
      denort: { type: "string" },
    },
  });
  const { target, denort } = values;
  const arches = target === undefined ? ARCHES : [parseArch(target)];
  if (denort !== undefined && arches.length > 1) {
    throw new RangeError("Cannot compile for two processors with one --denort: want --target");
  }
  const tree = await readTree();
  const given = { deno: resolve(values.deno), ...denort === undefined ? {} : { denort } };
  await Deno.mkdir(values.out, { recursive: true });
  for (const arch of arches) await release(tree, values.out, { arch, ...given });
}

/** Compiles into a folder, and writes the hash beside the program. */
async function release(
  tree: Tree,
  folder: string,
  options: Omit<CompileOptions, "out">,
): Promise<void> {
  const { arch } = options;
  const name = `lanlord-${versionOf(tree)}-linux-${arch}`;
  const out = resolve(folder, name);
  await compile(tree, { ...options, out });
  const sha256 = createHash("sha256").update(await Deno.readFile(out)).digest("hex");
  await Deno.writeTextFile(`${out}.sha256`, `${sha256}  ${name}\n`);
  console.log(`${sha256}  ${out}`);
}

if (import.meta.main) await runTask(() => main(Deno.args));
