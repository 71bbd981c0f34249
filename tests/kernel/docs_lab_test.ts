import assert from "node:assert/strict";
import { run } from "../command.ts";
import { type Block, blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { openDocsLab } from "../docs/lab.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";

const PAGES = Map.groupBy(await blocksFor("lab"), ({ page }) => page);

for (const [page, blocks] of PAGES) {
  testWith(
    ["netns", "root", "apiserver", "kubectl"],
    `${page}: its commands do what it says, in the demo`,
    (t) => play(t, blocks),
  );
}

testWith(["netns", "root"], "docs/demo.md shows what the demo prints", async () => {
  const [block] = await blocksFor("source", (page) => page === "docs/demo.md");
  assert.ok(block?.output !== undefined);
  judge(block, await run([Deno.execPath(), "run", "-A", `${ROOT}main.ts`, "demo"]));
});

async function play(t: Deno.TestContext, blocks: readonly Block[]): Promise<void> {
  await using lab = await openDocsLab();
  for (const block of blocks) {
    await t.step(titleOf(block), async () => judge(block, await lab.run(shellWords(block))));
  }
}
