import { dirname } from "node:path";
import { PERMISSIONS } from "../cli/permissions.ts";
import { type Tree, writeTree } from "./tree.ts";

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
  // Nothing but the files of the tree, with the hashes of its lock file.
  "--frozen",
  "--cached-only",
];

/** What compiles, and for which machine. */
export interface CompileOptions {
  readonly arch: Arch;
  /** Where the program is put; its folder must be there. */
  readonly out: string;
  /** @default the Deno that runs this */
  readonly deno?: string;
  /** The runtime (denort) of that Deno's version for `arch`. @default deno fetches it, and keeps it */
  readonly denort?: string;
}

/**
 * Makes one file of the tree and a runtime. The same tree, Deno and runtime give the same bytes, wherever they lie.
 * The file appears at once and whole.
 *
 * @throws Error with what deno said when it cannot
 */
export async function compile(
  tree: Tree,
  { arch, out, deno = Deno.execPath(), denort }: CompileOptions,
): Promise<void> {
  const folder = await Deno.makeTempDir({ dir: dirname(out), prefix: ".compile-" });
  try {
    await writeTree(tree, folder);
    const target = ["--target", `${arch}-unknown-linux-gnu`, "--output", `${folder}/lanlord`];
    const { success, stderr } = await new Deno.Command(deno, {
      args: ["compile", "--quiet", ...COMPILE_FLAGS, ...target, "main.ts"],
      cwd: `${folder}/app`,
      env: {
        DENO_DIR: `${folder}/deno_dir`,
        ...denort === undefined ? {} : { DENORT_BIN: denort },
        // Deno 2.7 overflows the stack that its threads have by default.
        RUST_MIN_STACK: `${64 * 2 ** 20}`,
      },
    }).output();
    if (!success) throw new Error(`Cannot compile: ${new TextDecoder().decode(stderr).trim()}`);
    await Deno.rename(`${folder}/lanlord`, out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
