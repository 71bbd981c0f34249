/** Pods of the manifest before the API server's admission by Pod Security Standards. */
import { deepEqual, equal, match } from "node:assert/strict";
import { objectAt, stringAt } from "../../kube/json.ts";
import type { JsonObject } from "../../kube/types.ts";
import { type ControlPlane, startControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { manifestObjects } from "../manifest.ts";

const OWN = "metallb-system";

/** A cluster that enforces `baseline` in every namespace whose labels do not say otherwise. */
const STRICT = {
  apiVersion: "apiserver.config.k8s.io/v1",
  kind: "AdmissionConfiguration",
  plugins: [{
    name: "PodSecurity",
    configuration: {
      apiVersion: "pod-security.admission.config.k8s.io/v1",
      kind: "PodSecurityConfiguration",
      defaults: { enforce: "baseline" },
    },
  }],
};

/** What `baseline` refuses of a speaker, as deploy/parts/namespace.yaml has it. */
const BEYOND_BASELINE = [
  /non-default capabilities .*"NET_ADMIN", "NET_RAW"/,
  /host namespaces \(hostNetwork=true\)/,
  /hostPath volumes \(volume "state"\)/,
  /hostPort .*7472/,
];

testWith(["apiserver", "kubectl"], "Pod Security takes the Pods of the manifest", async (t) => {
  const file = await Deno.makeTempFile({ prefix: "lanlord-admission-" });
  try {
    await Deno.writeTextFile(file, JSON.stringify(STRICT));
    await using plane = await startControlPlane({
      flags: [`--admission-control-config-file=${file}`],
    });
    await tell(t, plane);
  } finally {
    await Deno.remove(file);
  }
});

async function tell(t: Deno.TestContext, plane: ControlPlane): Promise<void> {
  const objects = await manifestObjects();
  const leader = podOf(objects, "Deployment");
  const speaker = podOf(objects, "DaemonSet");
  const own = objects.filter(({ kind }) => kind === "Namespace");
  const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
  for (const namespace of [...own, namespaceOf("plain", {}), namespaceOf("tight", restricted)]) {
    equal((await create(plane, namespace)).stderr, "");
  }
  await t.step("both are taken, without a warning, where the manifest puts them", async () => {
    for (const pod of [leader, speaker]) deepEqual(await dryRun(plane, OWN, pod), []);
  });
  await t.step("the leader is taken in a restricted namespace, without a warning", async () => {
    deepEqual(await dryRun(plane, "tight", leader), []);
  });
  await t.step("without the labels of the namespace a speaker is refused, and why", async () => {
    const refusal = (await dryRun(plane, "plain", speaker)).join("\n");
    match(refusal, /violates PodSecurity "baseline/);
    for (const reason of BEYOND_BASELINE) match(refusal, reason);
  });
}

/** The errors and warnings of creating a Pod, without creating it. */
async function dryRun(
  plane: ControlPlane,
  namespace: string,
  spec: JsonObject,
): Promise<readonly string[]> {
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "test", namespace }, spec };
  const { stderr } = await create(plane, pod, ["--dry-run=server"]);
  return stderr.split("\n").filter(Boolean);
}

function create(
  plane: ControlPlane,
  object: JsonObject,
  flags: readonly string[] = [],
): ReturnType<ControlPlane["kubectl"]> {
  return plane.kubectl(["create", ...flags, "-f", "-"], JSON.stringify(object));
}

function namespaceOf(name: string, labels: JsonObject): JsonObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** What the Pods of a workload are made of. */
function podOf(objects: readonly JsonObject[], kind: string): JsonObject {
  const found = objects.find((object) => stringAt(object, "kind") === kind) ?? {};
  return objectAt(objectAt(objectAt(found, "spec"), "template"), "spec");
}
