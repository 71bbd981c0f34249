import assert from "node:assert/strict";
import { keptFile } from "./kept_file.ts";

Deno.test("keptFile() makes a file once, and removes those of days ago", async () => {
  const cache = await Deno.makeTempDir({ prefix: "lanlord-kept-" });
  try {
    let count = 0;
    const make = (path: string): Promise<void> => Deno.writeTextFile(path, `${++count}`);
    const [old, used] = [`${cache}/old/file`, `${cache}/used/file`];
    for (const path of [old, used, used]) assert.equal(await keptFile(path, make), path);
    assert.equal(count, 2);
    const longAgo = new Date(Date.now() - 3 * 24 * 3600 * 1000);
    for (const name of ["old", "used"]) await Deno.utime(`${cache}/${name}`, longAgo, longAgo);
    await keptFile(used, make);
    await keptFile(`${cache}/new/file`, make);
    const left = await Array.fromAsync(Deno.readDir(cache), ({ name }) => name);
    assert.deepEqual(left.toSorted(), ["new", "used"]);
    assert.equal(await Deno.readTextFile(used), "2");
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
