import assert from "node:assert/strict";
import { runProgram } from "./program.ts";

Deno.test("runProgram() says which program is not there, and leaves failures to the caller", async () => {
  await assert.rejects(runProgram("no-such-program", {}), {
    message: "Cannot run no-such-program: there is no such program",
  });
  const { code } = await runProgram("sh", { args: ["-c", "exit 3"] });
  assert.equal(code, 3);
});
