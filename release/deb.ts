// deno-lint-ignore-file no-console
/**
 * `deno task deb PROGRAM [FOLDER]`: packs a compiled program for Debian and its kin, with the units of
 * `deploy/systemd`, as `lanlord_<version>_<architecture>.deb`. Needs dpkg-deb; `SOURCE_DATE_EPOCH` dates it.
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { VERSION } from "../cli/version.ts";
import { whyUnread } from "../ops/unread.ts";
import { sourceDateSeconds } from "./image.ts";
import { endWithUsage, runProgram, runTask } from "./program.ts";

const DEPLOY = new URL("../deploy/", import.meta.url).pathname;

/** Debian's names of processors by `e_machine` (elf.h). */
const ARCHITECTURES: ReadonlyMap<number, string> = new Map([[62, "amd64"], [183, "arm64"]]);

/** Where `e_machine` stands in an ELF header, two bytes. */
const E_MACHINE = 18;

const SCRIPTS = ["postinst", "prerm", "postrm"];
const UNITS = ["lanlord-leader.service", "lanlord-speaker.service"];
const SETTINGS = ["leader.env", "speaker.env"];

/** A file of a package: where it is installed, from the root, and what it has. */
interface Packed {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/**
 * Packs a program, and names the file. The same program and date give the same bytes.
 *
 * @param program a compiled `lanlord`, for any processor that there is one for
 * @throws Error for a program of another kind, and with what dpkg-deb said
 */
export async function buildDeb(program: string, folder: string): Promise<string> {
  const bytes = await Deno.readFile(program).catch((error: unknown) => {
    throw new Error(`Cannot read ${program}: ${whyUnread(error)}`);
  });
  const architecture = architectureOf(bytes);
  const seconds = await sourceDateSeconds();
  const out = `${folder}/lanlord_${VERSION}_${architecture}.deb`;
  const root = await Deno.makeTempDir({ dir: folder, prefix: ".deb-" });
  try {
    const files = await filesOf(bytes, seconds);
    for (const file of files) await write(root, file);
    await writeControl(root, files, architecture);
    await Deno.chmod(root, 0o755);
    await makeArchive(root, out, seconds);
    return out;
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** @throws Error where it is no ELF file of a processor that is known here */
function architectureOf(program: Uint8Array): string {
  const isElf = new TextDecoder().decode(program.subarray(1, 4)) === "ELF";
  const found = ARCHITECTURES.get(program[E_MACHINE] ?? 0);
  if (isElf && found !== undefined) return found;
  throw new Error("Cannot pack the program: want one compiled for x86_64 or arm64 Linux");
}

async function filesOf(program: Uint8Array, seconds: number): Promise<readonly Packed[]> {
  const copy = async (from: string, path: string): Promise<Packed> => {
    return { path, bytes: await Deno.readFile(DEPLOY + from), mode: 0o644 };
  };
  const doc = "usr/share/doc/lanlord";
  return [
    { path: "usr/bin/lanlord", bytes: program, mode: 0o755 },
    ...await Promise.all([
      ...UNITS.map((name) => copy(`systemd/${name}`, `lib/systemd/system/${name}`)),
      ...SETTINGS.map((name) => copy(`systemd/${name}`, `etc/lanlord/${name}`)),
      copy("debian/copyright", `${doc}/copyright`),
      copy("debian/lanlord.lintian-overrides", "usr/share/lintian/overrides/lanlord"),
    ]),
    { path: `${doc}/changelog.gz`, bytes: await changelog(seconds), mode: 0o644 },
  ];
}

/** Debian's own form, of one entry. */
async function changelog(seconds: number): Promise<Uint8Array> {
  const date = new Date(seconds * 1000).toUTCString().replace("GMT", "+0000");
  const maintainer = /^Maintainer: (.*)$/m.exec(await controlText())?.[1];
  const lines = [
    `lanlord (${VERSION}) unstable; urgency=medium`,
    "  * What is new stands in CHANGELOG.md of the repository.",
    ` -- ${maintainer}  ${date}`,
  ];
  return gzipSync(`${lines.join("\n\n")}\n`, { level: 9 });
}

async function controlText(): Promise<string> {
  return await Deno.readTextFile(`${DEPLOY}debian/control`);
}

async function writeControl(
  root: string,
  files: readonly Packed[],
  architecture: string,
): Promise<void> {
  const kibibytes = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / 1024), 0);
  const [name = "", ...rest] = (await controlText()).split("\n");
  const own = [
    `Version: ${VERSION}`,
    `Architecture: ${architecture}`,
    `Installed-Size: ${kibibytes}`,
  ];
  const control = [name, ...own, ...rest].join("\n");
  const encoder = new TextEncoder();
  const conffiles = SETTINGS.map((file) => `/etc/lanlord/${file}\n`).join("");
  const texts: readonly Packed[] = [
    { path: "DEBIAN/control", bytes: encoder.encode(control), mode: 0o644 },
    { path: "DEBIAN/conffiles", bytes: encoder.encode(conffiles), mode: 0o644 },
    ...await Promise.all(SCRIPTS.map(async (script) => ({
      path: `DEBIAN/${script}`,
      bytes: await Deno.readFile(`${DEPLOY}debian/${script}`),
      mode: 0o755,
    }))),
    { path: "DEBIAN/md5sums", bytes: encoder.encode(md5sums(files)), mode: 0o644 },
  ];
  for (const file of texts) await write(root, file);
}

/** Of all files but settings, as dh_md5sums has them. */
function md5sums(files: readonly Packed[]): string {
  return files
    .filter(({ path }) => !path.startsWith("etc/"))
    .toSorted((a, b) => a.path < b.path ? -1 : 1)
    .map(({ path, bytes }) => `${createHash("md5").update(bytes).digest("hex")}  ${path}\n`)
    .join("");
}

async function write(root: string, { path, bytes, mode }: Packed): Promise<void> {
  const at = `${root}/${path}`;
  await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true, mode: 0o755 });
  await Deno.writeFile(at, bytes);
  // Not by the umask of whoever packs.
  await Deno.chmod(at, mode);
}

/** dpkg-deb cuts later times down to the date. One thread: how xz divides its input shows in what comes out. */
async function makeArchive(root: string, out: string, seconds: number): Promise<void> {
  const how = ["--root-owner-group", "--threads-max=1", "-Zxz", "-z1"];
  const unfinished = `${root}.out`;
  const { success, stderr } = await runProgram("dpkg-deb", {
    args: [...how, "--build", root, unfinished],
    env: { SOURCE_DATE_EPOCH: `${seconds}` },
    stdout: "null",
  });
  if (!success) throw new Error(`Cannot pack: ${new TextDecoder().decode(stderr).trim()}`);
  await Deno.rename(unfinished, out);
}

if (import.meta.main) {
  const [program, folder = ".", ...rest] = Deno.args;
  if (program === undefined || program.startsWith("-") || rest.length > 0) {
    endWithUsage("deb PROGRAM [FOLDER]");
  }
  await runTask(async () => {
    await Deno.mkdir(folder, { recursive: true });
    console.log(await buildDeb(program, folder));
  });
}
