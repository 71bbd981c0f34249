/**
 * `deno run -A release/image_root.ts DEBIAN IMAGE`, in the Dockerfile: compiles the program and writes all that the
 * image has into the folder `IMAGE`, taking from `DEBIAN`, the root of an installed Debian, what it needs.
 *
 * `TARGETARCH` (amd64, arm64) is the processor, and `SOURCE_DATE_EPOCH` (seconds) when the list of contents was
 * made. Without them: this machine's, and 1970. `COMPILE_DENO` is the Deno that compiles where it is not the one that
 * runs this, `DENORT_BIN` its runtime where it is not to be fetched.
 */
import { createHash } from "node:crypto";
import { formatCommit, readCommit } from "../cli/version.ts";
import { mustRun } from "../demo/program.ts";
import { parseDebianArch } from "./arch.ts";
import { compile } from "./compile.ts";
import { takeDebianFiles } from "./debian_files.ts";
import { packagesOfLock, sbom } from "./sbom.ts";
import { runTask } from "./task.ts";
import { readTree, versionOf } from "./tree.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** Where the image says what it holds, and under which licence; from the root. */
const DOC = "usr/share/doc/lanlord";

async function main([debian, image]: readonly string[]): Promise<void> {
  if (debian === undefined || image === undefined) {
    throw new Error("Cannot make an image: want two folders, DEBIAN and IMAGE");
  }
  const target = Deno.env.get("TARGETARCH");
  const arch = target ? parseDebianArch(target) : Deno.build.arch;
  await Deno.mkdir(`${image}/usr/bin`, { recursive: true });
  await Deno.mkdir(`${image}/${DOC}`, { recursive: true });
  const packages = await takeDebianFiles(debian, image, arch);
  const tree = await readTree();
  const program = `${image}/usr/bin/lanlord`;
  const deno = Deno.env.get("COMPILE_DENO") || Deno.execPath();
  await compile(tree, { arch, out: program, deno });
  await Deno.chmod(program, 0o755);
  await Deno.copyFile(`${ROOT}LICENSE`, `${image}/${DOC}/copyright`);
  const commit = await readCommit();
  const contents = sbom({
    version: versionOf(tree),
    commit: commit && formatCommit(commit),
    programSha256: createHash("sha256").update(await Deno.readFile(program)).digest("hex"),
    createdSeconds: Number(Deno.env.get("SOURCE_DATE_EPOCH") ?? 0),
    deno: await versionOfDeno(deno),
    npm: packagesOfLock(new TextDecoder().decode(tree.get("app/deno.lock"))),
    debian: packages,
  });
  await Deno.writeTextFile(
    `${image}/${DOC}/sbom.spdx.json`,
    `${JSON.stringify(contents, null, 2)}\n`,
  );
}

async function versionOfDeno(deno: string): Promise<string> {
  const [, version] = /^deno (\S+)/.exec(await mustRun([deno, "--version"])) ?? [];
  if (version !== undefined) return version;
  throw new Error(`Cannot make an image: ${deno} does not say which version it is`);
}

if (import.meta.main) await runTask(() => main(Deno.args));
