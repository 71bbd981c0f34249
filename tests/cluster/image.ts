import { mustRun } from "../../demo/program.ts";
import { compile } from "../../release/compile.ts";
import { IMAGE_NAME } from "../../release/sbom.ts";
import { readTree } from "../../release/tree.ts";
import { compilerPath, runtimePath } from "../compiled/given.ts";
import { imageArchive } from "../image/given.ts";
import type { LabFolders } from "./given.ts";

/** The image that the manifest names, without the registry's host. */
const IMAGE = IMAGE_NAME.replace("docker.io/", "");

/** Another build of this tree: the same program, as if of another commit. */
export const NEXT_IMAGE = `${IMAGE_NAME}:next`;

/** The commit that the other build tells of. */
const NEXT_COMMIT = "feedc0de".repeat(5);

const PUSH = new URL("./push.sh", import.meta.url).pathname;

/**
 * Puts two images of this working tree into the lab's registry: the one that is released, under the name that the
 * manifest has, and one with another build of the program in it.
 */
export async function pushImages(version: string, { scripts, assets }: LabFolders): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-next-" });
  try {
    await Deno.mkdir(`${folder}/root/usr/bin`, { recursive: true });
    await compileNext(`${folder}/root/usr/bin/lanlord`);
    const layer = `${folder}/layer.tar`;
    await mustRun(["tar", "-C", `${folder}/root`, "--owner=0", "--group=0", "-cf", layer, "."]);
    const registry = [`${assets}/registry`, `${scripts}/registry.yaml`];
    const images = [`${IMAGE}:${version}`, await imageArchive(), `${IMAGE}:next`, layer];
    const path = `${assets}/bin:${Deno.env.get("PATH") ?? ""}`;
    await mustRun(["env", `PATH=${path}`, PUSH, ...registry, ...images]);
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
