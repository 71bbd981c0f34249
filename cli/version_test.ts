import assert from "node:assert/strict";
import { type Commit, formatCommit, parseCommit, versionText } from "./version.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";

interface Row {
  readonly name: string;
  readonly text: string;
  readonly want: Commit | undefined;
}

const rows: readonly Row[] = [
  { name: "a commit", text: HASH, want: { hash: HASH, isDirty: false } },
  { name: "changed files", text: `${HASH}-dirty`, want: { hash: HASH, isDirty: true } },
  { name: "what git archive has not replaced", text: "$Format:%H$", want: undefined },
  { name: "nobody knew", text: "", want: undefined },
  { name: "a short hash", text: HASH.slice(0, 12), want: undefined },
];

Deno.test("parseCommit() reads what formatCommit() writes", async (t) => {
  for (const { name, text, want } of rows) {
    await t.step(name, () => {
      assert.deepEqual(parseCommit(text), want);
      if (want !== undefined) assert.equal(formatCommit(want), text);
    });
  }
});

Deno.test("versionText() names version, commit, Deno and machine", async () => {
  const facts = /^lanlord \d+\.\d+\.\d+ \((commit [0-9a-f]{12}(-dirty)?, )?deno [^ ]+, \S+\)$/;
  assert.match(await versionText(), facts);
});
