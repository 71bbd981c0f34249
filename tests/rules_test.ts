import assert from "node:assert/strict";
import { SCENARIOS } from "./parity/scenarios/all.ts";
import { SECTIONS } from "./rules/all.ts";
import { generatePages } from "./rules/page_files.ts";
import { scenariosFor } from "./rules/pages.ts";
import { ROOT } from "./source.ts";

const QUOTES = ['"', "'", "`"];

const RULES = SECTIONS.flatMap(({ rules }) => rules);

Deno.test("every rule has an id of its own and a test", () => {
  const ids = RULES.map(({ id }) => id);
  assert.deepEqual(ids.filter((id, i) => ids.indexOf(id) !== i), []);
  const bare = RULES.filter(({ id, tests }) =>
    tests.length === 0 && scenariosFor(id, SCENARIOS).length === 0
  );
  assert.deepEqual(bare.map(({ id }) => id), []);
});

Deno.test("every scenario holds a rule, and no other than there are", () => {
  const ids = RULES.map(({ id }) => id);
  const strange = SCENARIOS.filter(({ rules }) =>
    rules.length === 0 || rules.some((id) => !ids.includes(id))
  );
  assert.deepEqual(strange.map(({ name, rules }) => `${name}: ${rules.join(", ")}`), []);
});

Deno.test("every test that a rule names is there", async () => {
  const named = RULES.flatMap(({ id, tests }) => tests.map((test) => ({ id, test })));
  const missing: string[] = [];
  for (const { id, test } of named) {
    const [path = ""] = test.split(": ", 1);
    const name = test.slice(path.length + 2);
    const text = await Deno.readTextFile(ROOT + path).catch(() => "");
    const isThere = QUOTES.some((quote) =>
      text.includes(name.endsWith("…") ? quote + name.slice(0, -1) : quote + name + quote)
    );
    if (!isThere) missing.push(`${id}: ${test}`);
  }
  assert.deepEqual(missing, []);
});

Deno.test("docs/reference/ is what docs/reference/write.ts writes", async (t) => {
  for (const [name, wanted] of Object.entries(await generatePages())) {
    await t.step(name, async () => {
      assert.equal(
        await Deno.readTextFile(`${ROOT}docs/reference/${name}`).catch(() => ""),
        wanted,
      );
    });
  }
});
