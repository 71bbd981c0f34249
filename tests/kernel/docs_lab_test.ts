import assert from "node:assert/strict";
import { run } from "../command.ts";
import { type Block, blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { openDocsLab } from "../docs/lab.ts";
import { testWith } from "../needs.ts";
import { programWords } from "../program.ts";
import { ROOT } from "../source.ts";

/** Pages whose commands change nothing in the cluster: they have one between them. */
const ONLY_LOOKING = ["docs/configuration.md", "docs/monitoring.md", "docs/reference.md"];

const PAGES = Map.groupBy(
  await blocksFor("lab"),
  ({ page }) => ONLY_LOOKING.includes(page) ? ONLY_LOOKING.join(", ") : page,
);

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
  judge(block, await run([...programWords(), "demo"]));
});

/** What is in the cluster before a page is read: the files of `tests/docs/before/` with its name, in their order. */
async function preparationsOf(page: string): Promise<readonly (readonly string[])[]> {
  const folder = `${ROOT}tests/docs/before`;
  const name = page.replace(/^.*\//, "").replace(/\.md$/, "_");
  const files = (await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name))
    .filter((file) => file.startsWith(name)).toSorted();
  return files.flatMap((file) => [
    ["kubectl", "apply", "-f", `${folder}/${file}`],
    ["kubectl", "wait", "--for=condition=Established", "crd", "--all", "--timeout=30s"],
  ]);
}

async function play(t: Deno.TestContext, blocks: readonly Block[]): Promise<void> {
  await using lab = await openDocsLab();
  for (const words of await preparationsOf(blocks[0]?.page ?? "")) {
    const { code, stderr } = await lab.run(words);
    assert.equal(code, 0, stderr);
  }
  for (const block of blocks) {
    await t.step(titleOf(block), async () => judge(block, await lab.run(shellWords(block))));
  }
}
