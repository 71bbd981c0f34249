import assert from "node:assert/strict";
import { readExcluded } from "./excluded.ts";

Deno.test("readExcluded() goes by the file, and says why it cannot", async (t) => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/excludel2.yaml`;
  try {
    await t.step("the file that is asked for is not there", async () => {
      await assert.rejects(readExcluded(file), {
        message: `Cannot read ${file}: there is no such file`,
      });
    });
    await t.step("the file", async () => {
      await Deno.writeTextFile(file, "announcedInterfacesToExclude: [^eth1$]");
      const isExcluded = await readExcluded(file);
      assert.deepEqual(["eth0", "eth1", "docker0"].map(isExcluded), [false, true, false]);
    });
    await t.step("a file with two faults: both, each with its place", async () => {
      await Deno.writeTextFile(file, 'announcedInterfacesToExclude:\n- "("\n- "["\n');
      await assert.rejects(readExcluded(file), (error: Error) => {
        const places = error.message.split("\n").map((line) => line.split(": ")[0]);
        assert.deepEqual(places, [`${file}:2:3`, `${file}:3:3`]);
        return true;
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
