import assert from "node:assert/strict";
import { testWith } from "../tests/needs.ts";
import { run } from "../tests/command.ts";
import { buildDeb } from "./deb.ts";

/** As much of an ELF file (elf.h) as is looked at: the magic number, and `e_machine` at 18. */
function program(machine: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  bytes[18] = machine;
  return bytes;
}

testWith(
  ["dpkg-deb"],
  "buildDeb() names the processor, and packs the same bytes again",
  async () => {
    for (const [machine, architecture] of [[62, "amd64"], [183, "arm64"]] as const) {
      const packed = [await pack(program(machine)), await pack(program(machine))];
      assert.match(packed[0]?.name ?? "", new RegExp(`^lanlord_[0-9.]+_${architecture}[.]deb$`));
      assert.deepEqual(packed[0], packed[1]);
    }
  },
);

testWith(["dpkg-deb"], "buildDeb() refuses what is no program for Debian", async () => {
  for (const bytes of [program(3), new TextEncoder().encode("#!/bin/sh\n")]) {
    await assert.rejects(pack(bytes), /Cannot pack the program/);
  }
});

testWith(["dpkg-deb"], "a package has settings as such, and belongs to root", async () => {
  const { control, files } = await pack(program(62));
  assert.match(control, /^ Depends: libc6 [(]>= 2[.]27[)]/m);
  assert.match(files, /^-rwxr-xr-x root\/root .* [.]\/usr\/bin\/lanlord$/m);
  assert.match(files, /^-rw-r--r-- root\/root .* [.]\/etc\/lanlord\/speaker[.]env$/m);
  assert.match(files, /^drwxr-xr-x root\/root .* [.]\/$/m);
});

interface Pack {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly control: string;
  readonly files: string;
}

async function pack(bytes: Uint8Array): Promise<Pack> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-deb-" });
  try {
    await Deno.writeFile(`${folder}/lanlord`, bytes);
    const deb = await buildDeb(`${folder}/lanlord`, folder);
    return {
      name: deb.slice(folder.length + 1),
      bytes: await Deno.readFile(deb),
      control: (await run(["dpkg-deb", "-I", deb])).stdout,
      files: (await run(["dpkg-deb", "-c", deb])).stdout,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
