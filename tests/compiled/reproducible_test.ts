import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { run } from "../command.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { compilerPath, runtimePath } from "./given.ts";

/** Makes a copy of the last commit in a folder: a clone, or what git archive gives. */
const COPIES = {
  clone: 'git clone --quiet "$1" "$2"',
  "a clone elsewhere": 'git clone --quiet "$1" "$2"',
  "an archive": 'mkdir -p "$2" && git -C "$1" archive HEAD | tar -x -C "$2"',
} as const;

testWith(["compiled"], "one commit gives the same bytes, wherever it lies", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-same-" });
  try {
    for (const [deno, which] of [[compilerPath(), "this"], [Deno.execPath(), "the released"]]) {
      await t.step(`compiled by ${which} Deno`, async () => {
        const hashes = new Set<string>();
        for (const [i, [name, script]] of Object.entries(COPIES).entries()) {
          const to = `${folder}/${which?.length}/${"deeper/".repeat(i)}copy`;
          await mustRun(["sh", "-ec", script, "sh", ROOT, to]);
          hashes.add(await hashOfBuild(to, deno ?? ""));
          await t.step(name, () => assert.equal(hashes.size, 1));
        }
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Compiles what is in a folder; the program says which commit it is. */
async function hashOfBuild(folder: string, deno: string): Promise<string> {
  // Both put the same runtime in front: what is of their own is the rest.
  const denort = runtimePath("x86_64");
  const options = ["--target", "x86_64", "--deno", deno, "--denort", denort, "--out", "out"];
  await mustRun([
    "sh",
    "-ec",
    'cd "$1"; shift; exec "$@"',
    "sh",
    folder,
    ...[Deno.execPath(), "run", "-A", "--no-check", "release/compile.ts", ...options],
  ]);
  const [file] = (await Array.fromAsync(Deno.readDir(`${folder}/out`), ({ name }) => name))
    .filter((name) => !name.endsWith(".sha256"));
  const bytes = await Deno.readFile(`${folder}/out/${file}`);
  return createHash("sha256").update(bytes).digest("hex");
}

async function mustRun(argv: readonly string[]): Promise<void> {
  const { code, stderr } = await run(argv);
  assert.equal(code, 0, stderr);
}
