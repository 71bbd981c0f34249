import { type Block, blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { openDocsLab } from "../docs/lab.ts";
import { testWith } from "../needs.ts";

const PAGES = Map.groupBy(await blocksFor("lab"), ({ page }) => page);

for (const [page, blocks] of PAGES) {
  testWith(
    ["netns", "root", "apiserver", "kubectl"],
    `${page}: its commands do what it says, in the demo`,
    (t) => play(t, blocks),
  );
}

async function play(t: Deno.TestContext, blocks: readonly Block[]): Promise<void> {
  await using lab = await openDocsLab();
  for (const block of blocks) {
    await t.step(titleOf(block), async () => judge(block, await lab.run(shellWords(block))));
  }
}
