import assert from "node:assert/strict";
import { scriptOf } from "../../demo/story/shell.ts";
import { openDesk } from "./desk.ts";

Deno.test("openDesk() has deploy/ and the programs that it is given, and nothing is left of it", async () => {
  const desk = await openDesk({ greet: scriptOf(["echo", "it's", "a  desk of"]) });
  assert.equal(await desk.must(["greet", "mine"]), "it's a  desk of mine\n");
  assert.match(
    await desk.must(["sh", "-c", "cat; ls deploy"], "fed\n"),
    /^fed\n.*^lanlord\.yaml$/ms,
  );
  assert.equal((await desk.run(["false"])).code, 1);
  await assert.rejects(desk.must(["false"]));
  await desk[Symbol.asyncDispose]();
  await assert.rejects(Deno.stat(desk.folder), Deno.errors.NotFound);
});
