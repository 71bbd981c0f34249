import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { VERSION } from "../../cli/version.ts";
import { DEBIAN_PACKAGES, debianFiles } from "../../release/debian_files.ts";
import { parseStatus } from "../../release/dpkg.ts";
import type { SpdxDocument, SpdxPackage } from "../../release/sbom.ts";
import { compiledLanlord } from "../compiled/given.ts";
import { testWith } from "../needs.ts";
import { openArchive } from "./archive.ts";
import { buildArchive, imageArchive } from "./given.ts";
import { podOf } from "./pods.ts";

/** What an image may be: the program of today's runtime is most of it. */
const LARGEST_BYTES = 120 << 20;

const SBOM = "usr/share/doc/lanlord/sbom.spdx.json";

testWith(["image"], "the image", async (t) => {
  await using archive = await openArchive(await imageArchive());
  const { config, root } = archive;
  const { packages }: SpdxDocument = JSON.parse(await Deno.readTextFile(`${root}/${SBOM}`));

  await t.step("has the program, what it needs of Debian, and nothing else", () => {
    const ours = ["copyright", "sbom.spdx.json"].map((name) => `usr/share/doc/lanlord/${name}`);
    const written = ["etc/group", "etc/nsswitch.conf", "etc/passwd", "usr/bin/lanlord"];
    const status = DEBIAN_PACKAGES.map((name) => `var/lib/dpkg/status.d/${name}`);
    const want = [...debianFiles(Deno.build.arch), ...ours, ...written, ...status];
    assert.deepEqual(archive.files, want.toSorted());
  });

  await t.step(
    "has the name that the manifest gives, and runs the program as no user",
    async () => {
      assert.deepEqual(archive.names, [(await podOf("speaker")).image]);
      assert.deepEqual(config.Entrypoint, ["/usr/bin/lanlord"]);
      assert.equal(config.User, "65534:65534");
    },
  );

  await t.step("says what it is", () => {
    const label = (name: string): string => config.Labels[`org.opencontainers.image.${name}`] ?? "";
    assert.equal(label("title"), "Lanlord");
    assert.equal(label("licenses"), "Apache-2.0");
    assert.equal(label("version"), VERSION);
    assert.match(label("revision"), /^([0-9a-f]{40}(-dirty)?)?$/);
    assert.match(label("created"), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  await t.step("lists its contents, and the list is right", async () => {
    assert.equal(
      find(packages, "lanlord").checksums?.[0]?.checksumValue,
      await sha256(`${root}/usr/bin/lanlord`),
    );
    for (const name of DEBIAN_PACKAGES) {
      const text = await Deno.readTextFile(`${root}/var/lib/dpkg/status.d/${name}`);
      assert.equal(parseStatus(text)[0]?.version, find(packages, name).versionInfo);
    }
    const npm = packages.filter(({ SPDXID }) => SPDXID.startsWith("SPDXRef-npm-"));
    assert.deepEqual(npm.map(({ name }) => name), [
      "@opentelemetry/api",
      "bintrees",
      "prom-client",
      "tdigest",
      "yaml",
    ]);
  });

  await t.step(`is no larger than ${LARGEST_BYTES >> 20} MiB`, () => {
    const { sizeBytes } = archive;
    assert.ok(sizeBytes < LARGEST_BYTES, `${sizeBytes} bytes`);
  });
});

testWith(["image", "compiled"], "the image can be made again, to the byte", async (t) => {
  const archive = await imageArchive();
  await using first = await openArchive(archive);

  await t.step("its program is the one compiled outside", async () => {
    assert.equal(
      await sha256(`${first.root}/usr/bin/lanlord`),
      await sha256(await compiledLanlord()),
    );
  });

  await t.step("a second build is the same file", async () => {
    const again = await Deno.makeTempFile({ suffix: ".tar" });
    await using _file = { [Symbol.asyncDispose]: () => Deno.remove(again) };
    await buildArchive(again);
    assert.equal(await sha256(again), await sha256(archive));
  });
});

function find(packages: readonly SpdxPackage[], name: string): SpdxPackage {
  const found = packages.find((one) => one.name === name);
  assert.ok(found, `${name} is not on the list`);
  return found;
}

async function sha256(path: string): Promise<string> {
  return createHash("sha256").update(await Deno.readFile(path)).digest("hex");
}
