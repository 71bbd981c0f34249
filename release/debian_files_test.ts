import assert from "node:assert/strict";
import { dirname } from "node:path";
import { type Arch, ARCHES } from "./arch.ts";
import { DEBIAN_PACKAGES, debianFiles, takeDebianFiles } from "./debian_files.ts";

const LOADERS: Readonly<Record<Arch, string>> = {
  x86_64: "lib64/ld-linux-x86-64.so.2",
  aarch64: "lib/ld-linux-aarch64.so.1",
};

Deno.test("takeDebianFiles() takes what each processor's program needs", async (t) => {
  for (const arch of ARCHES) {
    await t.step(arch, async () => {
      await using debian = await installed(arch, DEBIAN_PACKAGES);
      const image = `${debian.folder}/image`;
      const packages = await takeDebianFiles(debian.folder, image, arch);
      assert.deepEqual(packages.map(({ name }) => name), [...DEBIAN_PACKAGES]);
      assert.equal(await Deno.readTextFile(`${image}/${LOADERS[arch]}`), LOADERS[arch]);
      const { mode } = await Deno.stat(`${image}/${LOADERS[arch]}`);
      assert.equal((mode ?? 0) & 0o777, 0o755);
      const status = await Deno.readTextFile(`${image}/var/lib/dpkg/status.d/libc6`);
      assert.match(status, /^Package: libc6\n[^]*\nVersion: 1\n$/);
      assert.match(await Deno.readTextFile(`${image}/etc/passwd`), /^nonroot:x:65534:65534:/m);
    });
  }
});

Deno.test("takeDebianFiles() names the package that is not there", async () => {
  await using debian = await installed("x86_64", ["base-files", "libc6", "libgcc-s1"]);
  await assert.rejects(
    takeDebianFiles(debian.folder, `${debian.folder}/image`, "x86_64"),
    new Error("Cannot take files of ca-certificates: it is not installed"),
  );
});

/** A root where these packages are installed and every file holds its own path. */
async function installed(
  arch: Arch,
  packages: readonly string[],
): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-debian-" });
  for (const path of debianFiles(arch)) {
    await Deno.mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, path);
  }
  await Deno.mkdir(`${folder}/var/lib/dpkg`, { recursive: true });
  const status = packages.map((name) =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n`
  );
  await Deno.writeTextFile(`${folder}/var/lib/dpkg/status`, status.join("\n"));
  return { folder, [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }) };
}
