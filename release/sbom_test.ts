import assert from "node:assert/strict";
import { type ImageContents, packagesOfLock, sbom } from "./sbom.ts";

const SHA256 = "ab".repeat(32);

const CONTENTS: ImageContents = {
  version: "0.1.0",
  commit: "c".repeat(40),
  programSha256: SHA256,
  createdSeconds: 1_700_000_000,
  deno: "2.9.6",
  npm: [
    { name: "@opentelemetry/api", version: "1.10.0", integrity: `sha512-${"A".repeat(86)}==` },
    { name: "yaml", version: "2.9.1", integrity: `sha512-${"/".repeat(86)}==` },
  ],
  debian: [{ name: "libc6", version: "2.36-9+deb12u14", architecture: "amd64" }],
};

Deno.test("sbom() lists what is in the image, each with what it is part of", () => {
  const { packages, relationships } = sbom(CONTENTS);
  assert.deepEqual(packages.map(({ name, versionInfo }) => `${name} ${versionInfo}`), [
    "docker.io/lanlord/lanlord 0.1.0",
    "lanlord 0.1.0",
    "deno 2.9.6",
    "@opentelemetry/api 1.10.0",
    "yaml 2.9.1",
    "libc6 2.36-9+deb12u14",
  ]);
  assert.deepEqual(
    relationships.map((one) =>
      `${one.spdxElementId} ${one.relationshipType} ${one.relatedSpdxElement}`
    ),
    [
      "SPDXRef-DOCUMENT DESCRIBES SPDXRef-image",
      "SPDXRef-image CONTAINS SPDXRef-lanlord",
      "SPDXRef-lanlord CONTAINS SPDXRef-deno",
      "SPDXRef-lanlord CONTAINS SPDXRef-npm-opentelemetry-api",
      "SPDXRef-lanlord CONTAINS SPDXRef-npm-yaml",
      "SPDXRef-image CONTAINS SPDXRef-deb-libc6",
    ],
  );
});

Deno.test("sbom() names packages as package managers do, with their hashes", () => {
  const { packages } = sbom(CONTENTS);
  assert.deepEqual(
    packages.flatMap(({ externalRefs = [] }) => externalRefs.map((ref) => ref.referenceLocator)),
    [
      "pkg:github/denoland/deno@v2.9.6",
      "pkg:npm/%40opentelemetry/api@1.10.0",
      "pkg:npm/yaml@2.9.1",
      "pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64",
    ],
  );
  assert.deepEqual(packages.flatMap(({ checksums = [] }) => checksums), [
    { algorithm: "SHA256", checksumValue: SHA256 },
    { algorithm: "SHA512", checksumValue: "00".repeat(64) },
    { algorithm: "SHA512", checksumValue: "ff".repeat(64) },
  ]);
});

Deno.test("sbom() has the fields that SPDX 2.3 requires, in its words", () => {
  const document = sbom(CONTENTS);
  assert.equal(document.spdxVersion, "SPDX-2.3");
  assert.equal(document.dataLicense, "CC0-1.0");
  assert.equal(document.creationInfo.created, "2023-11-14T22:13:20Z");
  assert.match(document.creationInfo.creators.join(), /^Tool: \S+$/);
  // RFC 9562: version 8 in the third group, variant 10 in the fourth.
  assert.match(
    document.documentNamespace,
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  const ids = document.packages.map(({ SPDXID }) => SPDXID);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
  const known = new Set([document.SPDXID, ...ids]);
  for (const { spdxElementId, relatedSpdxElement } of document.relationships) {
    assert.ok(known.has(spdxElementId) && known.has(relatedSpdxElement));
  }
});

Deno.test("sbom() depends on the contents alone", () => {
  assert.deepEqual(sbom(CONTENTS), sbom({ ...CONTENTS }));
  assert.notEqual(
    sbom(CONTENTS).documentNamespace,
    sbom({ ...CONTENTS, programSha256: "cd".repeat(32) }).documentNamespace,
  );
});

Deno.test("sbom() refuses a hash of another kind", () => {
  const npm = [{ name: "old", version: "1.0.0", integrity: "sha1-AAAA" }];
  assert.throws(() => sbom({ ...CONTENTS, npm }), {
    name: "SyntaxError",
    message: 'Cannot list old: want sha512 integrity, found "sha1-AAAA"',
  });
});

Deno.test("packagesOfLock() reads a lock file of Deno", () => {
  const npm = {
    "@opentelemetry/api@1.10.0": { integrity: "sha512-AA==" },
    "yaml@2.9.1": { integrity: "sha512-BB==", bin: true },
  };
  assert.deepEqual(packagesOfLock(JSON.stringify({ version: "5", npm })), [
    { name: "@opentelemetry/api", version: "1.10.0", integrity: "sha512-AA==" },
    { name: "yaml", version: "2.9.1", integrity: "sha512-BB==" },
  ]);
});
