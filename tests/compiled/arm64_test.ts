import assert from "node:assert/strict";
import type { Outcome } from "../../demo/program.ts";
import { ARM64_SYSROOT } from "../arm64/given.ts";
import { run } from "../command.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { compiled, compiledLanlord } from "./given.ts";

testWith(["qemu", "arm64-deno", "compiled"], "the program compiled for arm64", async (t) => {
  const program = await compiledLanlord("aarch64");
  await t.step("says what it is", async () => {
    const { stdout } = await emulate(program, "version");
    assert.match(stdout, /^lanlord \S+ \(.*aarch64-unknown-linux-gnu\)\n$/);
  });
  await t.step("checks a file", async () => {
    const { code, stdout } = await emulate(
      program,
      "check",
      `${ROOT}tests/api/metallb_objects.yaml`,
    );
    assert.match(stdout, / objects checked, /);
    assert.equal(code, 0, stdout);
  });
  await t.step("has codecs and a C library that work", async () => {
    const { code, stdout, stderr } = await emulate(
      await compiled("tests/compiled/codec_main.ts", "aarch64"),
    );
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^\d{2} passed, 0 failed \(aarch64-unknown-linux-gnu\)$/m);
  });
});

/** Runs a program for arm64 on this machine's kernel. */
async function emulate(program: string, ...args: readonly string[]): Promise<Outcome> {
  return await run(["qemu-aarch64-static", "-L", ARM64_SYSROOT, program, ...args]);
}
