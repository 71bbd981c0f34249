import assert from "node:assert/strict";
import { run } from "../command.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { parseTally } from "../summary.ts";
import { compiledLanlord } from "./given.ts";

testWith(
  ["netns", "root", "arping", "compiled"],
  "tests/kernel/speaker_test.ts holds with compiled speakers",
  async () => {
    const program = `LANLORD_PROGRAM=${await compiledLanlord()}`;
    const { code, stdout, stderr } = await run([
      ...["env", program, "NO_COLOR=1", Deno.execPath()],
      ...["test", "-A", "--no-check", `${ROOT}tests/kernel/speaker_test.ts`],
    ]);
    assert.equal(code, 0, stdout + stderr);
    const { passed, skipped } = parseTally(stdout.split("\n"), code);
    assert.ok(passed > 0 && skipped === 0, stdout);
  },
);
