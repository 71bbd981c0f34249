import { createHash } from "node:crypto";
import { cacheFolder, isFile } from "../../demo/control_plane/assets.ts";
import { type Arch, compile, COMPILE_FLAGS } from "../../release/compile.ts";
import { hashOf, readTree } from "../../release/tree.ts";

/**
 * What compiles for the tests: the npm package with a Deno of the same version as the runtime below. It is another
 * than the one that runs the tests, whose runtime no package registry has.
 */
export const COMPILER = {
  name: "@deno/linux-x64-glibc",
  version: "2.7.14",
  /** As npm writes it: an algorithm, and the hash of the package file in base64. */
  integrity:
    "sha512-AU+e9UrCwnfA94Yr/UrAzp5ALCkJyihUPQ5jhrWn9DCSTr/ctI41TVs9P5fEsClRMIrKyJ/zTWJpuJxlzRNoTw==",
} as const;

/** The Python package whose programs are compiled by that Deno, and so begin with its runtime. */
export const CARRIER = {
  name: "bids-validator-deno",
  version: "3.0.0a3",
  /** The program in a wheel. */
  program: "bids_validator_deno-3.0.0a3.data/scripts/bids-validator-deno",
} as const;

/** A runtime, as it stands in front of the program in a wheel. */
export interface Runtime {
  /** The platform tag of the wheel. */
  readonly platform: string;
  /** SHA-256 of the wheel, in hexadecimal digits. */
  readonly wheel: string;
  readonly sizeBytes: number;
  /** SHA-256 of the runtime, in hexadecimal digits. */
  readonly sha256: string;
}

/** The runtimes by processor. */
export const RUNTIMES: Readonly<Record<Arch, Runtime>> = {
  x86_64: {
    platform: "manylinux_2_27_x86_64",
    wheel: "b1ec0451af15c29df77a320fa66e58580fd48de5348f9139c764857b4e81c31f",
    sizeBytes: 97_760_192,
    sha256: "44fa11ae44592891a07ecc3967cdb091ae316a947d60929415d26dedbb8f55b7",
  },
  aarch64: {
    platform: "manylinux_2_27_aarch64",
    wheel: "e2f96c23d1b07aa720826a289e92812a6e49487a87722a56ba6a505a5c0a96be",
    sizeBytes: 91_251_592,
    sha256: "0d8efb0267594b14f4cb073f8813c456b283debf467cd36cd9e01db7eaf174f7",
  },
};

const DAY_MS = 24 * 3600 * 1000;

/** The folder that `tests/compiled/fetch.ts` fills. */
export function compilerFolder(): string {
  return `${cacheFolder()}/compile-${COMPILER.version}`;
}

/** The Deno that compiles. */
export function compilerPath(): string {
  return `${compilerFolder()}/deno`;
}

/** The runtime for a processor. */
export function runtimePath(arch: Arch): string {
  return `${compilerFolder()}/denort-${arch}`;
}

/** Whether all that `compiledLanlord` needs is there. */
export function canCompile(): boolean {
  const paths = [compilerPath(), runtimePath("x86_64"), runtimePath("aarch64")];
  return Boolean(Deno.env.get("LANLORD_PROGRAM")) || paths.every(isFile);
}

/**
 * The absolute path of a compiled `lanlord` of this working tree, for this machine or another processor; built once
 * into the cache folder. For this machine, `LANLORD_PROGRAM` names one that was made elsewhere.
 */
export async function compiledLanlord(arch: Arch = Deno.build.arch): Promise<string> {
  const given = Deno.env.get("LANLORD_PROGRAM");
  if (given && arch === Deno.build.arch) return await Deno.realPath(given);
  return await compiled("main.ts", arch);
}

/** The absolute path of a program compiled from another module of this working tree, kept like `lanlord` is. */
export async function compiled(entry: string, arch: Arch): Promise<string> {
  const tree = await readTree(entry);
  const made = [hashOf(tree), entry, RUNTIMES[arch].sha256, COMPILER.version, ...COMPILE_FLAGS];
  const key = createHash("sha256").update(made.join("\n")).digest("hex").slice(0, 16);
  const path = `${cacheFolder()}/compiled/${key}/lanlord`;
  if (!isFile(path)) {
    await Deno.mkdir(`${cacheFolder()}/compiled/${key}`, { recursive: true });
    await removeOld(`${cacheFolder()}/compiled`);
    await compile(tree, {
      arch,
      out: path,
      entry,
      deno: compilerPath(),
      denort: runtimePath(arch),
    });
  }
  const now = new Date();
  await Deno.utime(path, now, now);
  return path;
}

/** Removes what nobody asked for since yesterday: each is of 100 MB. */
async function removeOld(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    // Where one was killed while it compiled there is no program, but what it compiled from. Another may remove too.
    const { mtime } = await Deno.stat(`${path}/lanlord`).catch(() => Deno.stat(path))
      .catch(() => ({ mtime: null }));
    if (mtime === null || Date.now() - mtime.getTime() < DAY_MS) continue;
    await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}
