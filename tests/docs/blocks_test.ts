import assert from "node:assert/strict";
import { run } from "../command.ts";
import { type Block, PLACES, readBlocks, readPages } from "./blocks.ts";
import { titleOf } from "./judge.ts";
import { runnersOf } from "./runners.ts";
import { ROOT } from "../source.ts";

const PAGES = (await readPages()).map(({ path, text }) => readBlocks(path, text));
const BLOCKS: readonly Block[] = PAGES.flatMap(({ blocks }) => blocks);

Deno.test("every fenced block of every page says what it is, and commands where they run", () => {
  assert.deepEqual(PAGES.flatMap(({ faults }) => faults), []);
  assert.ok(BLOCKS.length > 10, `found ${BLOCKS.length} blocks of commands only`);
});

Deno.test("every block of commands is one to bash", async () => {
  const faults = await Promise.all(BLOCKS.map(async (block) => {
    const { code, stderr } = await run(["bash", "-n"], block.script);
    return code === 0 ? [] : [`${titleOf(block)}: ${stderr.trim()}`];
  }));
  assert.deepEqual(faults.flat(), []);
});

Deno.test("no block of commands has a place for the reader to fill in", () => {
  const marked = BLOCKS.filter(({ script }) => /<[a-z][a-z -]*>|\bFILE\b|\bNAME\b|…/.test(script));
  assert.deepEqual(marked.map(titleOf), []);
});

Deno.test("every block of commands is run by one test, but for those of a laptop", async () => {
  const lost = BLOCKS
    .filter(({ place, page }) => place !== "laptop" && runnersOf(place, page).length !== 1)
    .map((block) => `${titleOf(block)} (${block.place})`);
  assert.deepEqual(lost, []);
  for (const place of PLACES) {
    for (const { page } of BLOCKS.filter((block) => block.place === place)) {
      for (const { test } of runnersOf(place, page)) {
        const text = await Deno.readTextFile(ROOT + test);
        assert.ok(text.includes(`blocksFor("${place}"`), `${test} runs no blocks of "${place}"`);
      }
    }
  }
});

interface Row {
  readonly name: string;
  readonly page: readonly string[];
  readonly blocks?: readonly Partial<Block>[];
  readonly faults?: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "commands and what they print",
    page: ["```sh lab", "kubectl get svc", "```", "", "```text", "NAME", "```"],
    blocks: [{ line: 1, place: "lab", script: "kubectl get svc", output: "NAME" }],
  },
  {
    name: "an output that stands apart belongs to nobody",
    page: ["```sh lab", "true", "```", "Then:", "```text", "NAME", "```"],
    blocks: [{ output: undefined }],
  },
  {
    name: "a block in a list, without its indentation",
    page: ["- first:", "", "  ```sh source", "  if true; then", "    echo a", "  fi", "  ```"],
    blocks: [{ line: 3, place: "source", script: "if true; then\n  echo a\nfi" }],
  },
  {
    name: "a block that is to fail",
    page: ["```sh lab fails", "false", "```"],
    blocks: [{ ends: "with failure" }],
  },
  { name: "a place that is none", page: ["```sh moon", "ls", "```"], faults: ['"sh moon": want'] },
  { name: "commands without a place", page: ["```sh", "ls", "```"], faults: ['"sh ": want a'] },
  { name: "a bare fence", page: ["```", "ls", "```"], faults: ['"": want "sh PLACE"'] },
  { name: "another shell", page: ["```console", "$ ls", "```"], faults: ['"console": want'] },
  {
    name: "a word too many",
    page: ["```sh lab slowly", "ls", "```"],
    blocks: [{ place: "lab" }],
    faults: ['"sh lab slowly": want "fails" or nothing'],
  },
  { name: "commands in a text", page: ["```text", "$ ls", "```"], faults: ['"$ ls": commands'] },
];

Deno.test("readBlocks() finds blocks, and what breaks the rules", async (t) => {
  for (const { name, page, blocks = [], faults = [] } of rows) {
    await t.step(name, () => {
      const found = readBlocks("p.md", page.join("\n"));
      assert.equal(found.blocks.length, blocks.length);
      blocks.forEach((wanted, i) =>
        assert.deepEqual({ ...found.blocks[i], ...wanted }, found.blocks[i])
      );
      assert.equal(found.faults.length, faults.length);
      faults.forEach((wanted, i) => assert.ok(found.faults[i]?.startsWith(`p.md:1: ${wanted}`)));
    });
  }
});
