import { compile } from "../../release/compile.ts";
import { readTree } from "../../release/tree.ts";
import { run } from "../command.ts";
import { compiledLanlord, compilerPath, runtimePath } from "../compiled/given.ts";
import type { LabFolders } from "./given.ts";

/** The image that the manifest names, without the registry's host. */
const IMAGE = "lanlord/lanlord";

/** Another build of this tree: the same program, as if of another commit. */
export const NEXT_IMAGE = `docker.io/${IMAGE}:next`;

/** The commit that the other build tells of. */
export const NEXT_COMMIT = "feedc0de".repeat(5);

/**
 * Puts two images of this working tree into the lab's registry: the one that the manifest names, and another build.
 */
export async function pushImages(version: string, folders: LabFolders): Promise<void> {
  await push(`${IMAGE}:${version}`, await compiledLanlord(), folders);
  const folder = await Deno.makeTempDir({ prefix: "lanlord-next-" });
  try {
    await compileNext(`${folder}/lanlord`);
    await push(`${IMAGE}:next`, `${folder}/lanlord`, folders);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compileNext(out: string): Promise<void> {
  const commit = new TextEncoder().encode(JSON.stringify({ commit: NEXT_COMMIT }));
  const tree = new Map([...await readTree(), ["app/cli/commit.json", commit]]);
  const { arch } = Deno.build;
  await compile(tree, { arch, out, deno: compilerPath(), denort: runtimePath(arch) });
}

async function push(name: string, program: string, { scripts, assets }: LabFolders): Promise<void> {
  const argv = [`${scripts}/image.sh`, name, `${program}=/usr/bin/lanlord`];
  const { code, stderr } = await run(["env", `CLUSTER_ASSETS=${assets}`, ...argv]);
  if (code !== 0) throw new Error(`Cannot push the image "${name}": ${stderr}`);
}
