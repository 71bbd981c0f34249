// deno-lint-ignore-file no-console
/**
 * `deno run -A tests/arm64/fetch.ts`: fetches Deno for arm64 from the npm registry (30 MB) into the cache
 * folder, with `npm pack`. What is there already is kept.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { isFile } from "../../demo/control_plane/assets.ts";
import { ARM64_DENO, arm64DenoPath } from "./given.ts";

async function main(): Promise<void> {
  const path = arm64DenoPath();
  if (!isFile(path)) await fetchTo(path);
  console.log(`Deno ${ARM64_DENO.version} for arm64: ${path}`);
}

async function fetchTo(path: string): Promise<void> {
  const { name, version } = ARM64_DENO;
  const download = await Deno.makeTempDir({ prefix: "lanlord-arm64-" });
  try {
    await run("npm", ["pack", "--silent", "--pack-destination", download, `${name}@${version}`]);
    const packed = `${download}/${name.slice(1).replace("/", "-")}-${version}.tgz`;
    await verify(packed);
    await run("tar", ["-xzf", packed, "-C", download, "package/deno"]);
    await Deno.mkdir(dirname(path), { recursive: true });
    // Under another name first: a copy that is cut short leaves no half a program behind.
    const unfinished = `${path}.${Deno.pid}`;
    await Deno.copyFile(`${download}/package/deno`, unfinished);
    await Deno.rename(unfinished, path);
  } finally {
    await Deno.remove(download, { recursive: true });
  }
}

/** @throws Error when the package is not the one that was pinned */
async function verify(packed: string): Promise<void> {
  const hash = createHash("sha512").update(await Deno.readFile(packed)).digest("base64");
  const found = `sha512-${hash}`;
  if (found === ARM64_DENO.integrity) return;
  throw new Error(
    `Cannot take ${ARM64_DENO.name}: want integrity "${ARM64_DENO.integrity}", found "${found}"`,
  );
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { code } = await new Deno.Command(program, { args: [...args], stdout: "null" }).output();
  if (code !== 0) throw new Error(`Cannot run "${program} ${args.join(" ")}": exit code ${code}`);
}

await main();
