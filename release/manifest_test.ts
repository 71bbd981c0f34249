import assert from "node:assert/strict";
import { ROOT } from "../tests/source.ts";
import { manifest } from "./manifest.ts";

Deno.test("deploy/lanlord.yaml is what its parts say; release/manifest.ts writes it", async () => {
  assert.equal(await Deno.readTextFile(`${ROOT}deploy/lanlord.yaml`), await manifest());
});

Deno.test("the kustomization has every kind of deploy/crds", async () => {
  const text = await Deno.readTextFile(`${ROOT}deploy/kustomization.yaml`);
  for await (const { name } of Deno.readDir(`${ROOT}deploy/crds`)) {
    assert.ok(text.includes(`  - crds/${name}\n`), name);
  }
});
