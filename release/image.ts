// deno-lint-ignore-file no-console
/**
 * `deno task image FILE`: makes the image of this working tree with buildah and writes it into a file, as
 * `docker save` would, and its list of contents into `FILE.spdx.json`. Runs as root. The environment may name other
 * images to build with, `DENO_IMAGE` and `DEBIAN_IMAGE` (see the Dockerfile), and set `TARGETARCH` (amd64, arm64) and
 * `SOURCE_DATE_EPOCH`.
 */
import { dirname, resolve } from "node:path";
import { formatCommit, readCommit, VERSION } from "../cli/version.ts";
import { mustRun } from "../demo/program.ts";
import { type Arch, DEBIAN_ARCHES, parseDebianArch } from "./arch.ts";
import { IMAGE_NAME } from "./sbom.ts";
import { sourceDateSeconds } from "./source_date.ts";
import { endWithUsage, runTask } from "./task.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** What an image is made with. */
export interface ImageOptions {
  /** The file that is written. */
  readonly out: string;
  /** @default this machine's */
  readonly arch?: Arch;
  /** The build arguments `DENO_IMAGE` and `DEBIAN_IMAGE`. @default what the Dockerfile names */
  readonly bases?: Readonly<Record<string, string>>;
}

/** A folder in which buildah keeps images for as long as it is not disposed. */
export interface ImageStore extends AsyncDisposable {
  /** Runs buildah. @returns what it wrote @throws Error with what it said when it fails */
  buildah(...args: readonly string[]): Promise<string>;
}

/** Makes an empty store, away from the images of this machine. */
export async function openStore(): Promise<ImageStore> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-image-" });
  const where = ["--root", `${folder}/root`, "--runroot", `${folder}/run`];
  return {
    buildah: async (...args) => {
      const argv = ["buildah", ...where, "--storage-driver", "vfs", ...args];
      return (await mustRun(argv, { env: { TMPDIR: folder } })).trim();
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/**
 * Builds the Dockerfile and writes the image, named `docker.io/lanlord/lanlord:<version>`. The same tree, commit
 * and base images give the same bytes.
 *
 * @throws Error with what buildah said
 */
export async function buildImage(store: ImageStore, options: ImageOptions): Promise<void> {
  const { out, arch = Deno.build.arch, bases = {} } = options;
  const commit = await readCommit();
  const seconds = await sourceDateSeconds();
  const values = {
    ...bases,
    TARGETARCH: DEBIAN_ARCHES[arch],
    VERSION,
    COMMIT: commit ? formatCommit(commit) : "",
    SOURCE_DATE_EPOCH: `${seconds}`,
    CREATED: new Date(seconds * 1000).toISOString().replace(".000", ""),
  };
  const name = `${IMAGE_NAME}:${VERSION}`;
  await store.buildah(
    "build",
    // Commands of the build run in a chroot: this works in a container and where namespaces are not to be had.
    "--isolation=chroot",
    `--platform=linux/${DEBIAN_ARCHES[arch]}`,
    `--timestamp=${seconds}`,
    // The program is named by its hash in the list of contents, buildah's version would only tell builders apart.
    "--identity-label=false",
    ...Object.entries(values).map(([key, value]) => `--build-arg=${key}=${value}`),
    `--tag=${name}`,
    ROOT,
  );
  // Under another name first: a file that is cut short is no image.
  const unfinished = `${out}.${Deno.pid}`;
  try {
    await store.buildah("push", "--quiet", name, `docker-archive:${unfinished}:${name}`);
    await Deno.rename(unfinished, out);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
}

/** The list of contents (SPDX 2.3, JSON) of an image that `buildImage` wrote. @throws Error when it has none */
export async function listOfContents(archive: string): Promise<string> {
  const script = `tar -xOf "$1" --wildcards '*.tar' | tar -xO usr/share/doc/lanlord/sbom.spdx.json`;
  return await mustRun(["bash", "-o", "pipefail", "-c", script, "bash", archive]);
}

async function main(out: string): Promise<void> {
  const given = ["DENO_IMAGE", "DEBIAN_IMAGE"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value]] : [];
  });
  await Deno.mkdir(dirname(resolve(out)), { recursive: true });
  await using store = await openStore();
  const target = Deno.env.get("TARGETARCH");
  const arch = target ? parseDebianArch(target) : Deno.build.arch;
  await buildImage(store, { out, arch, bases: Object.fromEntries(given) });
  await Deno.writeTextFile(`${out}.spdx.json`, await listOfContents(out));
  console.log(`${IMAGE_NAME}:${VERSION} is in ${out}`);
}

if (import.meta.main) {
  const [out, ...rest] = Deno.args;
  if (out === undefined || out.startsWith("-") || rest.length > 0) endWithUsage("image FILE");
  await runTask(() => main(out));
}
