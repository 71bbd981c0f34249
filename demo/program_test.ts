import assert from "node:assert/strict";
import { finish, mustRun, type Outcome, PIPED } from "./program.ts";

interface Row {
  readonly name: string;
  readonly script: string;
  readonly stdin?: string;
  readonly want: Outcome;
}

const rows: readonly Row[] = [
  {
    name: "reads its input, says something, fails",
    script: "cat; echo bad >&2; exit 3",
    stdin: "good",
    want: { code: 3, stdout: "good", stderr: "bad\n" },
  },
  { name: "has no input", script: "cat", want: { code: 0, stdout: "", stderr: "" } },
  {
    name: "ends without reading a long input",
    script: "exit 0",
    stdin: "x".repeat(1_000_000),
    want: { code: 0, stdout: "", stderr: "" },
  },
];

Deno.test("finish()", async (t) => {
  for (const { name, script, stdin, want } of rows) {
    await t.step(name, async () => {
      const command = new Deno.Command("sh", { args: ["-c", script], ...PIPED });
      assert.deepEqual(await finish(command, stdin), want);
    });
  }
});

Deno.test("finish() rejects for a program that is not there", async () => {
  const command = (): Deno.Command => new Deno.Command("/nowhere/lanlord", { ...PIPED });
  await assert.rejects(async () => await finish(command()), Deno.errors.NotFound);
});

Deno.test("mustRun() gives what a command prints, and rejects with what it complains of", async () => {
  const options = { cwd: "/", env: { WORD: "good" }, stdin: "more" };
  assert.equal(await mustRun(["sh", "-c", "pwd; echo $WORD; cat"], options), "/\ngood\nmore");
  const message = 'Cannot run "sh -c echo bad >&2; exit 3": exit code 3: bad';
  await assert.rejects(mustRun(["sh", "-c", "echo bad >&2; exit 3"]), { message });
  const missing = "Cannot run no-such-program: there is no such program";
  await assert.rejects(mustRun(["no-such-program"]), { message: missing });
});
