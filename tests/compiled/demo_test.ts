import assert from "node:assert/strict";
import { finish, PIPED } from "../../demo/program.ts";
import { testWith } from "../needs.ts";
import { compiledLanlord } from "./given.ts";

testWith(
  ["netns", "root", "compiled"],
  "the compiled demo tells its story in an empty folder, and leaves it empty",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "lanlord-demo-" });
    try {
      // No home, no cache of Deno's; what it makes for itself goes where we can look.
      const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TMPDIR: folder };
      const program = await compiledLanlord();
      const { code, stdout, stderr } = await finish(
        new Deno.Command(program, { args: ["demo"], env, clearEnv: true, cwd: folder, ...PIPED }),
      );
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /Every step held/);
      assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
