import assert from "node:assert/strict";
import { ARCHES, DEBIAN_ARCHES, parseArch, parseDebianArch } from "./arch.ts";

Deno.test("each processor is read by the kernel's name and by Debian's", () => {
  for (const arch of ARCHES) {
    assert.equal(parseArch(arch), arch);
    assert.equal(parseDebianArch(DEBIAN_ARCHES[arch]), arch);
  }
});

Deno.test("another name is refused, one of the other list too", () => {
  const want = (names: string, text: string): RangeError =>
    new RangeError(`Cannot name the processor: want ${names}, found "${text}"`);
  assert.throws(() => parseArch("amd64"), want("x86_64 or aarch64", "amd64"));
  assert.throws(() => parseDebianArch("x86_64"), want("amd64 or arm64", "x86_64"));
});
