import assert from "node:assert/strict";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { tellL2StatusStories } from "../l2_status_stories.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";

const controlPlane = usingControlPlane();
const NAMESPACE = "metallb-system";
const PLURAL = "servicel2statuses";

testWith(["apiserver", "kubectl"], "ServiceL2Status objects on a real API server", async (t) => {
  await install();
  const { kubeconfig } = controlPlane();
  using kube = createClient(await loadCredentials({ kubeconfig, env: () => undefined }));
  await tellL2StatusStories(t, kube);

  await t.step("kubectl get shows MetalLB's columns, and finds them by its labels", async () => {
    const args = ["get", "servicel2status", "-l", "metallb.io/service-name=third"];
    const lines = (await kubectl(...args)).trimEnd().split("\n");
    const [head, row, ...others] = lines.map((line) => line.trim().split(/ {2,}/));
    assert.deepEqual(head, ["NAME", "ALLOCATED NODE", "SERVICE NAME", "SERVICE NAMESPACE"]);
    assert.deepEqual(row?.slice(1), ["n2", "third", "default"]);
    assert.deepEqual(others, []);
  });

  await t.step("the node of a status cannot be changed, its interfaces can", async () => {
    const name = (await kubectl("get", PLURAL, "-o", "name")).trim();
    const change = (status: unknown): ReturnType<ReturnType<typeof controlPlane>["kubectl"]> =>
      controlPlane().kubectl([
        ...["-n", NAMESPACE, "patch", name, "--subresource=status", "--type=merge"],
        ...["-p", JSON.stringify({ status })],
      ]);
    for (const field of ["node", "serviceName", "serviceNamespace"]) {
      const { code, stderr } = await change({ [field]: "other" });
      assert.notEqual(code, 0);
      assert.match(stderr, new RegExp(`status.${field}: Invalid value: .*Value is immutable`));
    }
    const { code, stderr } = await change({ interfaces: [{ name: "eth7" }] });
    assert.equal(code, 0, stderr);
  });
});

async function install(): Promise<void> {
  const file = `${ROOT}deploy/crds/metallb.io_${PLURAL}.yaml`;
  const applied = await controlPlane().kubectl(["apply", "-f", file]);
  assert.equal(applied.code, 0, applied.stderr);
  const crd = `crd/${PLURAL}.metallb.io`;
  const wait = ["wait", "--for=condition=Established", "--timeout=30s", crd];
  assert.equal((await controlPlane().kubectl(wait)).code, 0);
  await controlPlane().kubectl(["create", "namespace", NAMESPACE]);
  await eventually("the kind is served", 30, async () => {
    const { code } = await controlPlane().kubectl(["-n", NAMESPACE, "get", PLURAL]);
    return code === 0 || undefined;
  });
}

async function kubectl(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(["-n", NAMESPACE, ...args]);
  assert.equal(code, 0, stderr);
  return stdout;
}
