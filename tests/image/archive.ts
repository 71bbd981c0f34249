import { mustRun } from "../../demo/program.ts";
import type { ImageConfig } from "./runtime_spec.ts";

/** An image as `docker save` writes it, unpacked. */
export interface Archive extends AsyncDisposable {
  /** The image's names, with their tags. */
  readonly names: readonly string[];
  readonly config: ImageConfig & { readonly Labels: Readonly<Record<string, string>> };
  /** The folder with the image's files. */
  readonly root: string;
  /** Every file, folders left out, from the root, sorted. */
  readonly files: readonly string[];
  /** Of the layers; registries compress them. */
  readonly sizeBytes: number;
}

interface SavedImage {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

/** What find(1) is asked for: whatever is no folder, by its path from where it began. */
const LEAVES = ["-mindepth", "1", "!", "-type", "d", "-printf", "%P\\n"];

/** Unpacks the one image of an archive. */
export async function openArchive(path: string): Promise<Archive> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-archive-" });
  const root = `${folder}/root`;
  await Deno.mkdir(root);
  await mustRun(["tar", "--extract", "--file", path, "--directory", folder]);
  const [image]: readonly SavedImage[] = JSON.parse(
    await Deno.readTextFile(`${folder}/manifest.json`),
  );
  if (image === undefined) throw new Error(`Cannot open ${path}: it holds no image`);
  const layers = image.Layers.map((layer) => `${folder}/${layer}`);
  for (const layer of layers) {
    await mustRun(["tar", "--extract", "--file", layer, "--directory", root]);
  }
  const sizes = await Promise.all(layers.map(async (layer) => (await Deno.stat(layer)).size));
  const listed = await mustRun(["find", root, ...LEAVES]);
  return {
    names: image.RepoTags,
    config: JSON.parse(await Deno.readTextFile(`${folder}/${image.Config}`)).config,
    root,
    files: listed.trim().split("\n").toSorted(),
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
