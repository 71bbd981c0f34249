// deno-lint-ignore-file no-console
/**
 * `deno task image FILE`: makes the image of this working tree with buildah and writes it into a file, as
 * `docker save` would, and its list of contents into `FILE.spdx.json`. Runs as root. The environment may name other
 * images to build with, `DENO_IMAGE` and `DEBIAN_IMAGE` (see the Dockerfile), and set `TARGETARCH` (amd64, arm64) and
 * `SOURCE_DATE_EPOCH`.
 */
import { dirname, resolve } from "node:path";
import { formatCommit, readCommit, VERSION } from "../cli/version.ts";
import { endWithUsage, runProgram, runTask } from "./program.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** The name of the image, without a tag. */
export const IMAGE_NAME = "docker.io/lanlord/lanlord";

/** What an image is made with. */
export interface ImageOptions {
  /** The file that is written. */
  readonly out: string;
  /** @default this machine's */
  readonly arch?: "amd64" | "arm64";
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
      const { success, stdout, stderr } = await runProgram("buildah", {
        args: [...where, "--storage-driver", "vfs", ...args],
        env: { TMPDIR: folder },
      });
      const text = new TextDecoder();
      if (success) return text.decode(stdout).trim();
      throw new Error(`Cannot run buildah ${args[0]}: ${text.decode(stderr).trim()}`);
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
  const { out, arch = archOf(Deno.build.arch), bases = {} } = options;
  const commit = await readCommit();
  const seconds = await sourceDateSeconds();
  const values = {
    ...bases,
    TARGETARCH: arch,
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
    `--platform=linux/${arch}`,
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
  const { success, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-o", "pipefail", "-c", script, "bash", archive],
  }).output();
  const text = new TextDecoder();
  if (success) return text.decode(stdout);
  throw new Error(`Cannot read what is in ${archive}: ${text.decode(stderr).trim()}`);
}

/** `SOURCE_DATE_EPOCH`, else when the commit was made. */
export async function sourceDateSeconds(): Promise<number> {
  const given = Deno.env.get("SOURCE_DATE_EPOCH");
  if (given) return Number(given);
  const args = ["log", "-1", "--format=%ct"];
  const { success, stdout } = await runProgram("git", { args, cwd: ROOT, stderr: "null" });
  if (!success) throw new Error("Cannot date a release: set SOURCE_DATE_EPOCH, or use a clone");
  return Number(new TextDecoder().decode(stdout));
}

function archOf(name: string): "amd64" | "arm64" {
  return name === "aarch64" || name === "arm64" ? "arm64" : "amd64";
}

async function main(out: string): Promise<void> {
  const given = ["DENO_IMAGE", "DEBIAN_IMAGE"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value ? [[name, value]] : [];
  });
  await Deno.mkdir(dirname(resolve(out)), { recursive: true });
  await using store = await openStore();
  const arch = archOf(Deno.env.get("TARGETARCH") || Deno.build.arch);
  await buildImage(store, { out, arch, bases: Object.fromEntries(given) });
  await Deno.writeTextFile(`${out}.spdx.json`, await listOfContents(out));
  console.log(`${IMAGE_NAME}:${VERSION} is in ${out}`);
}

if (import.meta.main) {
  const [out, ...rest] = Deno.args;
  if (out === undefined || out.startsWith("-") || rest.length > 0) endWithUsage("image FILE");
  await runTask(() => main(out));
}
