import assert from "node:assert/strict";
import { objectAt, objectsAt, stringAt } from "../../kube/json.ts";
import type { JsonObject } from "../../kube/types.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { eventually } from "../eventually.ts";
import { MANIFEST, manifestObjects, objectsIn } from "../manifest.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { openStorage } from "./storage.ts";

const controlPlane = usingControlPlane();

interface Row {
  readonly who: "leader" | "speaker";
  /** Verb, resource with its group, namespace and name where there are: `patch services/status default`. */
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
  { who: "leader", what: `watch configmaps ${OWN} config`, want: "yes" },
  { who: "leader", what: `watch configmaps ${OWN}`, want: "no" },
  { who: "leader", what: "get services default", want: "no" },
  { who: "leader", what: `watch ${POOLS} ${OWN}`, want: "yes" },
  { who: "leader", what: `watch ${ADVERTISEMENTS} ${OWN}`, want: "yes" },
  ...["bgppeers", "bgpadvertisements", "bfdprofiles", "communities"].map((plural) => (
    { who: "leader", what: `watch ${plural}.metallb.io ${OWN}`, want: "yes" } as const
  )),
  { who: "leader", what: `create ${LEASES} ${OWN}`, want: "yes" },
  { who: "leader", what: `patch ${LEASES} ${OWN} lanlord-leader`, want: "yes" },
  { who: "leader", what: `patch ${LEASES} ${OWN} lanlord-speaker-n1`, want: "no" },
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
  { who: "speaker", what: `watch configmaps ${OWN} config`, want: "yes" },
  { who: "speaker", what: `watch configmaps ${OWN}`, want: "no" },
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
  await kubectl(["apply", "-f", MANIFEST]);
  const before = await versions();
  await kubectl(["apply", "-f", MANIFEST]);
  assert.deepEqual(await versions(), before);
  await kubectl(["apply", "--server-side", "-f", MANIFEST]);
});

testWith(["apiserver", "kubectl"], "kubectl apply -k deploy is the same", async () => {
  const built = objectsIn(await kubectl(["kustomize", `${ROOT}deploy`]));
  const byName = (objects: readonly JsonObject[]): ReadonlyMap<string, JsonObject> =>
    new Map(objects.map((object) => [`${object["kind"]} ${namesOf(object).name}`, object]));
  assert.deepEqual(byName(built), byName(await manifestObjects()));
  await kubectl(["apply", "-f", MANIFEST]);
  const before = await versions();
  await kubectl(["apply", "-k", `${ROOT}deploy`]);
  assert.deepEqual(await versions(), before);
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
  const [verb, target = "", namespace, name] = what.split(" ");
  const [plural = "", subresource] = target.split("/");
  const [resource, ...group] = plural.split(".");
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${OWN}:lanlord-${who}`,
      resourceAttributes: { verb, resource, subresource, namespace, name, group: group.join(".") },
    },
  };
}

/** The finalizers of Kubernetes itself, for what has to be emptied first. */
const EMPTIED_FIRST: ReadonlyMap<string, string> = new Map([
  // The controller manager's, which does not run here.
  ["Namespace", "kubernetes"],
  ["CustomResourceDefinition", "customresourcecleanup.apiextensions.k8s.io"],
]);

testWith(
  ["apiserver", "kubectl"],
  "kubectl delete -f takes away all that kubectl apply -f made, and nothing of ours holds it up",
  async () => {
    await kubectl(["apply", "-f", MANIFEST]);
    await openStorage(kubectl);
    await kubectl(["delete", "--wait=false", "-f", MANIFEST]);
    const left = await kubectl(["get", "-f", MANIFEST, "--ignore-not-found", "-o", "json"]);
    // One object alone is no list.
    const { items = [JSON.parse(left)] } = JSON.parse(left);
    for (const item of objectsAt({ items }, "items")) {
      const what = `${item["kind"]} ${namesOf(item).name}`;
      const own = EMPTIED_FIRST.get(stringAt(item, "kind") ?? "");
      assert.ok(own !== undefined, `${what} is left`);
      const metadata = objectAt(item, "metadata");
      assert.ok(metadata["deletionTimestamp"] !== undefined, `${what} is not being deleted`);
      const held = [metadata, objectAt(item, "spec")].flatMap(({ finalizers = [] }) => finalizers);
      assert.deepEqual(held.filter((finalizer) => finalizer !== own), [], what);
    }
    await eventually("the definitions are gone", 60, async () => {
      return await kubectl(["get", "crd", "-o", "name"]) === "" || undefined;
    });
  },
);

/** What changes when somebody writes an object of the manifest; the status of a definition is not of these. */
async function versions(): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectl(["get", "-f", MANIFEST, "-o", "json"]));
  return objectsAt({ items }, "items").map((item) => {
    const { generation, resourceVersion } = objectAt(item, "metadata");
    return `${item["kind"]} ${namesOf(item).name}: ${generation ?? resourceVersion}`;
  });
}

/** What kubectl prints. */
async function kubectl(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(argv, stdin);
  assert.equal(code, 0, stderr);
  return stdout;
}

function namesOf(
  object: JsonObject,
): { readonly name: string; readonly namespace: string | undefined } {
  const metadata = objectAt(object, "metadata");
  return { name: stringAt(metadata, "name") ?? "", namespace: stringAt(metadata, "namespace") };
}
