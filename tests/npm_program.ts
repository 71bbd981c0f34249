import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { mustRun } from "../demo/program.ts";

/** A package of npm, pinned. */
export interface PinnedPackage {
  /** With its scope: `@deno/linux-x64-glibc`. */
  readonly name: string;
  readonly version: string;
  /** As npm writes it: an algorithm, and the hash of the package file in base64. */
  readonly integrity: string;
}

/**
 * Fetches a program out of a package with `npm pack`.
 *
 * @param program the file in the package: `deno`
 * @param path where it is put; its folder is made
 * @throws Error when the package is not the one that was pinned
 */
export async function fetchNpmProgram(
  { name, version, integrity }: PinnedPackage,
  program: string,
  path: string,
): Promise<void> {
  await inTempFolder(async (folder) => {
    await mustRun(["npm", "pack", "--silent", "--pack-destination", folder, `${name}@${version}`]);
    const packed = `${folder}/${name.slice(1).replace("/", "-")}-${version}.tgz`;
    const hash = createHash("sha512").update(await Deno.readFile(packed)).digest("base64");
    verify(name, integrity, `sha512-${hash}`);
    await mustRun(["tar", "-xzf", packed, "-C", folder, `package/${program}`]);
    await putProgram(await Deno.readFile(`${folder}/package/${program}`), path);
  });
}

/** @throws Error when it is not what was pinned */
export function verify(name: string, want: string, found: string): void {
  if (want === found) return;
  throw new Error(`Cannot take ${name}: want hash "${want}", found "${found}"`);
}

/** Writes a program, under another name first: one that is cut short leaves no half a program behind. */
export async function putProgram(bytes: Uint8Array, path: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${Deno.pid}`;
  await Deno.writeFile(unfinished, bytes, { mode: 0o755 });
  await Deno.rename(unfinished, path);
}

/** Runs something with a folder that is gone afterwards. */
export async function inTempFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-fetch-" });
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
