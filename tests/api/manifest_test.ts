import assert from "node:assert/strict";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";

const controlPlane = usingControlPlane();

interface Row {
  readonly who: "leader" | "speaker";
  /** Verb, resource with its group, namespace where there is one: `patch services/status default`. */
  readonly what: string;
  readonly want: "yes" | "no";
}

const OWN = "metallb-system";
const LEASES = "leases.coordination.k8s.io";
const POOLS = "ipaddresspools.metallb.io";
const L2_STATUSES = "servicel2statuses.metallb.io";
const L2_STATUS = `${L2_STATUSES}/status`;
const ADVERTISEMENTS = "l2advertisements.metallb.io";

const rows: readonly Row[] = [
  { who: "leader", what: "watch services", want: "yes" },
  { who: "leader", what: "patch services/status default", want: "yes" },
  { who: "leader", what: "patch services default", want: "no" },
  { who: "leader", what: "watch namespaces", want: "yes" },
  { who: "leader", what: "patch namespaces", want: "no" },
  { who: "leader", what: "create events default", want: "yes" },
  { who: "leader", what: `watch configmaps ${OWN}`, want: "yes" },
  { who: "leader", what: `watch ${POOLS} ${OWN}`, want: "yes" },
  { who: "leader", what: `watch ${ADVERTISEMENTS} ${OWN}`, want: "yes" },
  ...["bgppeers", "bgpadvertisements", "bfdprofiles", "communities"].map((plural) => (
    { who: "leader", what: `watch ${plural}.metallb.io ${OWN}`, want: "yes" } as const
  )),
  { who: "leader", what: `create ${LEASES} ${OWN}`, want: "yes" },
  { who: "leader", what: `patch ${LEASES} ${OWN}`, want: "yes" },
  { who: "leader", what: `watch ${LEASES} ${OWN}`, want: "yes" },
  { who: "leader", what: `delete ${LEASES} ${OWN}`, want: "no" },
  { who: "leader", what: `patch ${LEASES} kube-system`, want: "no" },
  { who: "leader", what: "watch nodes", want: "no" },
  { who: "leader", what: "get secrets", want: "no" },
  { who: "leader", what: `get secrets ${OWN}`, want: "no" },
  { who: "leader", what: "get configmaps default", want: "no" },
  { who: "speaker", what: "watch services", want: "yes" },
  { who: "speaker", what: "watch nodes", want: "yes" },
  { who: "speaker", what: "watch endpointslices.discovery.k8s.io", want: "yes" },
  { who: "speaker", what: `watch configmaps ${OWN}`, want: "yes" },
  { who: "speaker", what: `watch ${POOLS} ${OWN}`, want: "yes" },
  { who: "speaker", what: `watch ${ADVERTISEMENTS} ${OWN}`, want: "yes" },
  { who: "speaker", what: `watch ${LEASES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `create ${LEASES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `patch ${LEASES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `delete ${LEASES} ${OWN}`, want: "yes" },
  { who: "speaker", what: "create events default", want: "yes" },
  { who: "speaker", what: `watch ${L2_STATUSES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `create ${L2_STATUSES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `delete ${L2_STATUSES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `deletecollection ${L2_STATUSES} ${OWN}`, want: "yes" },
  { who: "speaker", what: `patch ${L2_STATUS} ${OWN}`, want: "yes" },
  { who: "speaker", what: `watch ${L2_STATUSES}`, want: "no" },
  { who: "leader", what: `watch ${L2_STATUSES} ${OWN}`, want: "no" },
  { who: "speaker", what: "patch services/status default", want: "no" },
  { who: "speaker", what: "patch nodes", want: "no" },
  { who: "speaker", what: "get secrets", want: "no" },
  { who: "speaker", what: "get pods", want: "no" },
];

testWith(["apiserver", "kubectl"], "the manifest applies, and twice is once", async () => {
  const manifest = await Deno.readTextFile(`${ROOT}deploy/lanlord.yaml`);
  const { code, stderr } = await controlPlane().kubectl(["apply", "-f", "-"], manifest);
  assert.equal(code, 0, stderr);
  const again = await controlPlane().kubectl(["apply", "-f", "-"], manifest);
  const changed = again.stdout.trim().split("\n").filter((line) => !line.endsWith(" unchanged"));
  assert.deepEqual(changed, []);
  const server = await controlPlane().kubectl(["apply", "--server-side", "-f", "-"], manifest);
  assert.equal(server.code, 0, server.stderr);
});

testWith(["apiserver", "kubectl"], "the manifest allows what is needed and no more", async (t) => {
  const { url, token, caFile } = controlPlane();
  using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(caFile)] });
  for (const { who, what, want } of rows) {
    await t.step(`${who}: ${what}`, async () => {
      const response = await fetch(`${url}/apis/authorization.k8s.io/v1/subjectaccessreviews`, {
        client,
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(reviewOf(who, what)),
      });
      const { status } = await response.json();
      assert.equal(status.allowed ? "yes" : "no", want, status.reason);
    });
  }
});

function reviewOf(who: Row["who"], what: string): unknown {
  const [verb, target = "", namespace] = what.split(" ");
  const [plural = "", subresource] = target.split("/");
  const [resource, ...group] = plural.split(".");
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${OWN}:lanlord-${who}`,
      resourceAttributes: { verb, resource, subresource, namespace, group: group.join(".") },
    },
  };
}
