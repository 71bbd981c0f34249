import assert from "node:assert/strict";
import { dirname } from "node:path";
import { finish, type Outcome, PIPED } from "../../demo/program.ts";
import { run } from "../command.ts";

/** A root folder with the program, the C library that it needs, an empty /tmp, /proc, and nothing else. */
export interface Cell extends AsyncDisposable {
  /** Where it is, seen from outside. */
  readonly root: string;
  /** Runs the program in it to its end, without any variable in its environment. */
  run(args: readonly string[], stdin?: string): Promise<Outcome>;
  /** Starts the program in it; what it writes is piped. */
  start(args: readonly string[]): Deno.ChildProcess;
  /** Every file in it. */
  list(): Promise<readonly string[]>;
}

/** Whether files may be written in a cell. */
export type Writable = "read-only" | "writable";

/** Makes a cell for a compiled program, with these files in it, by their absolute path there. */
export async function openCell(
  program: string,
  files: Readonly<Record<string, string>>,
  writable: Writable,
): Promise<Cell> {
  const root = await Deno.makeTempDir({ prefix: "lanlord-cell-" });
  for (const folder of ["proc", "tmp"]) await Deno.mkdir(`${root}/${folder}`);
  for (const path of await librariesOf(program)) await copyTo(root, path, path);
  await copyTo(root, program, "/lanlord");
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(root + path), { recursive: true });
    await Deno.writeTextFile(root + path, text);
  }
  const command = (args: readonly string[]): Deno.Command =>
    new Deno.Command("unshare", {
      args: ["--mount", "sh", "-ec", ENTER[writable], root, ...args],
      ...PIPED,
    });
  return {
    root,
    run: (args, stdin) => finish(command(args), stdin),
    start: (args) => command(args).spawn(),
    list: async () => {
      const { stdout } = await run(["find", root, "-type", "f", "-printf", "/%P\n"]);
      return stdout.trimEnd().split("\n").sort();
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const CHROOT =
  'mount --bind /proc "$0/proc"; exec env -i "$(command -v chroot)" "$0" /lanlord "$@"';

/** Shell scripts, in a mount namespace of their own: `$0` is the root. */
const ENTER: Readonly<Record<Writable, string>> = {
  writable: CHROOT,
  "read-only": `mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; ${CHROOT}`,
};

/** The files that the dynamic linker takes, itself included (ldd(1)). */
async function librariesOf(program: string): Promise<readonly string[]> {
  const { code, stdout } = await run(["ldd", program]);
  assert.equal(code, 0, stdout);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path);
}

async function copyTo(root: string, from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(root + to), { recursive: true });
  await Deno.copyFile(from, root + to);
}
