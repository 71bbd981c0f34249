import { createHash } from "node:crypto";
import { cacheFolder, findProgram, isFile } from "../../demo/control_plane/assets.ts";
import { buildImage, openStore } from "../../release/image.ts";
import { hashOf, readTree } from "../../release/tree.ts";
import { labFolders } from "../cluster/given.ts";
import { canCompile, COMPILER, RUNTIMES } from "../compiled/given.ts";
import { ROOT } from "../source.ts";
import { fetchPackages, makeBases } from "./base.ts";

/** What decides how an image is made, beside the program. */
const RECIPE = [
  "Dockerfile",
  ".dockerignore",
  "LICENSE",
  "release/compile.ts",
  "release/debian_files.ts",
  "release/dpkg.ts",
  "release/image.ts",
  "release/image_root.ts",
  "release/sbom.ts",
  "release/tree.ts",
  "tests/image/base.ts",
];

const DAY_MS = 24 * 3600 * 1000;

/** Why no image can be made here; `undefined` where it can. */
export function imageLack(): { readonly why: string; readonly remedy: string } | undefined {
  if (Deno.env.get("LANLORD_IMAGE_ARCHIVE")) return undefined;
  if (Deno.uid() !== 0) return { why: `user ${Deno.uid()} is not root`, remedy: "run as root" };
  const program = ["buildah", "apt-get", "dpkg-deb"].find((name) => !findProgram(name));
  if (program !== undefined) return { why: `${program} is not installed`, remedy: "install it" };
  return canCompile() ? undefined : {
    why: "what compiles the program was not fetched",
    remedy: "run `deno run -A tests/compiled/fetch.ts`",
  };
}

/** The path of `containerd`, `ctr` or `runc`: the cluster's, else an installed one. */
export function containerProgram(name: "containerd" | "ctr" | "runc"): string | undefined {
  const own = `${labFolders().assets}/bin/${name}`;
  return isFile(own) ? own : findProgram(name);
}

/** Why no container can be run here; `undefined` where one can. */
export function containerLack(): { readonly why: string; readonly remedy: string } | undefined {
  const missing = (["containerd", "ctr", "runc"] as const).find((name) =>
    containerProgram(name) === undefined
  );
  if (missing === undefined) return undefined;
  return { why: `${missing} is not there`, remedy: "run `deno task assets --cluster`" };
}

/**
 * The absolute path of the image of this working tree, for this machine, as `docker save` writes it, named
 * `docker.io/lanlord/lanlord:<version>`; built once into the cache folder, without a hub. `LANLORD_IMAGE_ARCHIVE`
 * names one that was made elsewhere.
 */
export async function imageArchive(): Promise<string> {
  const given = Deno.env.get("LANLORD_IMAGE_ARCHIVE");
  if (given) return await Deno.realPath(given);
  const debs = await debianPackages();
  const tree = await readTree();
  const folder = `${cacheFolder()}/image`;
  const path = `${folder}/${await keyOf(hashOf(tree), debs)}.tar`;
  if (!isFile(path)) {
    await Deno.mkdir(folder, { recursive: true });
    await removeOld(folder);
    await buildArchive(path);
  }
  const now = new Date();
  await Deno.utime(path, now, now);
  return path;
}

/** Builds the image into a file, whatever the cache holds. */
export async function buildArchive(out: string): Promise<void> {
  await using store = await openStore();
  await buildImage(store, { out, bases: { ...await makeBases(store, await debianPackages()) } });
}

/** The folder with Debian's packages, fetched once for a release of Debian and its point releases. */
async function debianPackages(): Promise<string> {
  const release = (await Deno.readTextFile("/etc/debian_version")).trim();
  const folder = `${cacheFolder()}/debian-${release}-${Deno.build.arch}`;
  const isThere = await Deno.stat(folder).then(() => true, () => false);
  if (isThere) return folder;
  await Deno.mkdir(cacheFolder(), { recursive: true });
  const unfinished = await Deno.makeTempDir({ dir: cacheFolder(), prefix: ".debian-" });
  await fetchPackages(unfinished);
  await Deno.rename(unfinished, folder);
  return folder;
}

async function keyOf(program: string, debs: string): Promise<string> {
  const hash = createHash("sha256").update(program);
  for (const path of RECIPE) hash.update(await Deno.readFile(ROOT + path));
  const names = (await Array.fromAsync(Deno.readDir(debs))).map(({ name }) => name);
  hash.update(JSON.stringify([names.toSorted(), COMPILER, RUNTIMES]));
  return hash.digest("hex").slice(0, 16);
}

/** Removes what nobody asked for since yesterday: each is of 120 MB. */
async function removeOld(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    // Another may rename or remove it meanwhile.
    const { mtime } = await Deno.stat(path).catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < DAY_MS) continue;
    await Deno.remove(path).catch(() => {});
  }
}
