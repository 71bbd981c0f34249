import assert from "node:assert/strict";
import { mustRun } from "../../demo/program.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { compilerPath, runtimePath } from "./given.ts";

/** Copies of the last commit, in folders of different depth. */
const COPIES: readonly { readonly folder: string; readonly script: string }[] = [
  { folder: "clone", script: 'git clone --quiet "$1" "$2"' },
  {
    folder: "a/release/archive",
    script: 'mkdir -p "$2"; git -C "$1" archive HEAD | tar -x -C "$2"',
  },
];

/** Both put the same runtime in front, for there is no other here: what is of their own is the rest. */
const COMPILERS: Readonly<Record<string, string>> = {
  "the Deno of the tests": compilerPath(),
  "the Deno of releases": Deno.execPath(),
};

testWith(["compiled"], "one commit gives the same bytes, wherever it lies", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-same-" });
  try {
    for (const { folder: copy, script } of COPIES) {
      await mustRun(["sh", "-ec", script, "sh", ROOT, `${folder}/${copy}`]);
    }
    for (const [name, deno] of Object.entries(COMPILERS)) {
      await t.step(`compiled by ${name}`, async () => {
        const hashes: string[] = [];
        for (const copy of COPIES) hashes.push(await build(`${folder}/${copy.folder}`, deno));
        assert.match(hashes[0] ?? "", /^[0-9a-f]{64} {2}lanlord-\S+-linux-x86_64$/m);
        assert.deepEqual(hashes, COPIES.map(() => hashes[0]));
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Compiles what is in a folder. @returns the file with the hash */
async function build(folder: string, deno: string): Promise<string> {
  const out = `${folder}/out`;
  const which = ["--target", "x86_64", "--deno", deno, "--denort", runtimePath("x86_64")];
  const task = [Deno.execPath(), "run", "-A", "--no-check", `${folder}/release/compile.ts`];
  await mustRun([...task, ...which, "--out", out]);
  const names = await Array.fromAsync(Deno.readDir(out), ({ name }) => name);
  const hash = await Deno.readTextFile(`${out}/${names.find((name) => name.endsWith(".sha256"))}`);
  await Deno.remove(out, { recursive: true });
  return hash;
}
