import assert from "node:assert/strict";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";

const controlPlane = usingControlPlane();

testWith(["apiserver", "kubectl"], "the control plane answers kubectl", async () => {
  const { code, stdout } = await controlPlane().kubectl([
    "get",
    "namespace",
    "default",
    "-o",
    "name",
  ]);
  assert.equal(code, 0);
  assert.equal(stdout, "namespace/default\n");
});

testWith(["apiserver", "kubectl"], "the control plane takes what stdin says", async () => {
  const manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "lanlord-test" } };
  const created = await controlPlane().kubectl(["create", "-f", "-"], JSON.stringify(manifest));
  assert.equal(created.stdout, "namespace/lanlord-test created\n", created.stderr);
});

testWith(["apiserver"], "Deno trusts the server's certificate by its CA", async () => {
  const { url, token, caFile } = controlPlane();
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caFile)] });
  const response = await fetch(`${url}/version`, {
    client,
    headers: { authorization: `Bearer ${token}` },
  });
  assert.equal(response.status, 200);
  assert.equal((await response.json()).gitVersion, "v1.36.3");
});

testWith(["apiserver"], "the control plane refuses who has no token", async () => {
  const { url, caFile } = controlPlane();
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caFile)] });
  const response = await fetch(`${url}/api/v1/services`, { client });
  await response.body?.cancel();
  assert.equal(response.status, 403);
});
