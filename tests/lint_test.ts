import assert from "node:assert/strict";
import { run } from "./command.ts";
import { ROOT } from "./source.ts";

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

/**
 * A rule whose name is misspelt in deno.json is silently no rule. So each rule has a file that breaks it
 * and nothing else; the folder is left out of the linting of the repository, and is linted as a copy.
 */
Deno.test("each lint rule finds its sample, and nothing else there", async (t) => {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const names = (await Array.fromAsync(Deno.readDir(`${ROOT}tests/lint_samples`)))
    .map(({ name }) => name).sort();
  const found = await lintCopy();
  for (const name of names) {
    const rule = name.replace(/\.ts$/, "").replaceAll("_", "-");
    await t.step(rule, () => assert.deepEqual(found.get(name), [rule]));
  }
  await t.step("every rule that deno.json adds has a sample", () => {
    const rules: readonly string[] = config.lint.rules.include;
    const lacking = rules.filter((rule) => !names.includes(`${rule.replaceAll("-", "_")}.ts`));
    assert.deepEqual(lacking, []);
  });
});

/** Lints a copy of the samples by the repository's rules: file name to the rules it breaks. */
async function lintCopy(): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-lint-" });
  try {
    await run(["cp", "-r", `${ROOT}tests/lint_samples`, folder]);
    const args = ["lint", "--json", "--config", `${ROOT}deno.json`, `${folder}/lint_samples`];
    const { stdout, stderr } = await run([Deno.execPath(), ...args]);
    assert.notEqual(stdout, "", stderr);
    const report: Report = JSON.parse(stdout);
    const byFile = Map.groupBy(report.diagnostics, ({ filename }) => filename.split("/").at(-1));
    return new Map([...byFile].map(([name = "", all]) => [name, all.map(({ code }) => code)]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
