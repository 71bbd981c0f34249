import assert from "node:assert/strict";
import { run } from "../command.ts";
import { ROOT } from "../source.ts";
import { type Block, blocksFor } from "./blocks.ts";
import { judge, shellWords, titleOf } from "./judge.ts";

/** Commands that take too long for here, and who else runs them. */
const RUN_ELSEWHERE: readonly (readonly [line: RegExp, where: string])[] = [
  [/^npx .* task (test|demo)$/, ".ci/run"],
  [/^deno task (ok|test)$/, ".ci/run"],
  [/^deno task demo$/, "tests/kernel/docs_lab_test.ts"],
];

/** With this Deno as `deno`. */
const PATH = `${Deno.execPath().replace(/\/[^/]*$/, "")}:${Deno.env.get("PATH")}`;

Deno.test("commands in a clone do what their pages say", async (t) => {
  for (const block of await blocksFor("source")) {
    if (linesOf(block).every((line) => isRunElsewhere(line))) continue;
    await t.step(titleOf(block), async () => {
      judge(block, await run(["env", "-C", ROOT, `PATH=${PATH}`, ...shellWords(block)]));
    });
  }
});

Deno.test("each command that is run elsewhere stands on a page", async () => {
  const lines = (await blocksFor("source")).flatMap(linesOf);
  const lost = RUN_ELSEWHERE.filter(([pattern]) => !lines.some((line) => pattern.test(line)));
  assert.deepEqual(lost, []);
});

function isRunElsewhere(line: string): boolean {
  return RUN_ELSEWHERE.some(([pattern]) => pattern.test(line));
}

/** The commands of a block, a line each, without comments. */
function linesOf({ script }: Block): readonly string[] {
  return script.split("\n").map((line) => line.replace(/\s+#.*$/, "").trim()).filter(Boolean);
}
