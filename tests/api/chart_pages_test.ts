import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type Block, blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { NAMESPACE } from "../helm/helm.ts";
import { HelmPlace } from "../helm/place.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { openStorage } from "./storage.ts";

const NEEDS = ["helm", "apiserver", "kubectl"] as const;
const HELM_PAGE = "docs/helm.md";
const IN = ["-n", NAMESPACE] as const;

const BLOCKS = await blocksFor("helm", (page) => /^docs\/(helm|kustomize)\.md$/.test(page));

/** The line from which on MetalLB's chart is installed, on a cluster of its own. */
const MIGRATION = (await Deno.readTextFile(ROOT + HELM_PAGE)).split("\n")
  .indexOf("## From MetalLB's chart");

testWith(NEEDS, "docs/helm.md: its commands do what it says", async (t) => {
  await using place = await HelmPlace.open();
  const blocks = blocksOf(HELM_PAGE).filter(({ line }) => line < MIGRATION);
  ok(blocks.length > 3);
  await play(t, place, blocks);
});

testWith(NEEDS, "docs/helm.md: from MetalLB's chart and back, no pool is lost", async (t) => {
  await using place = await HelmPlace.open();
  // Its webhook asks a pod, which there is none of here.
  const settings = "crds.validationFailurePolicy=Ignore,speaker.logLevel=warn";
  const install = ["helm", "install", "metallb", "metallb/metallb", ...IN, "--create-namespace"];
  await place.must([...install, "--set", settings]);
  await place.controlPlane.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  const pool = await place.controlPlane.kubectl(["apply", "-f", "-"], POOL_AND_ADVERTISEMENT);
  equal(pool.code, 0, pool.stderr);
  const uid = await poolUid(place);

  const [letGo, beside, change, back, silent, end, ...others] = blocksOf(HELM_PAGE)
    .filter(({ line }) => line > MIGRATION);
  deepEqual(others, []);
  const [lanlord, metallb] = ["daemonset.apps/lanlord-speaker", "daemonset.apps/metallb-speaker"];
  const [leader, controller] = [
    "deployment.apps/lanlord-leader",
    "deployment.apps/metallb-controller",
  ];
  const steps = [
    { block: letGo, want: [metallb, controller] },
    { block: beside, want: [lanlord, metallb, controller] },
    { block: change, want: [lanlord, leader] },
    { block: back, want: [lanlord] },
    { block: silent, want: [lanlord, metallb, controller] },
    { block: end, want: [metallb, controller] },
  ];
  for (const { block, want } of steps) {
    await play(t, place, [block]);
    equal(await poolUid(place), uid);
    equal(await advertisements(place), block === silent ? "" : "l2advertisement.metallb.io/lan\n");
    deepEqual(await workloads(place), want);
    if (block !== change) continue;
    match(
      await argumentsOf(place, "daemonset/lanlord-speaker"),
      /^\["speaker","--log-level=warn"\]$/,
    );
    const conversion = ["get", "crd", "bgppeers.metallb.io", "-o", "jsonpath={.spec.conversion}"];
    equal(await place.must(["kubectl", ...conversion]), '{"strategy":"None"}');
  }
});

testWith(NEEDS, "docs/kustomize.md: its commands do what it says", async (t) => {
  await using place = await HelmPlace.open();
  const [overlay, second, ...others] = blocksOf("docs/kustomize.md");
  deepEqual(others, []);
  await play(t, place, [overlay]);
  match(await argumentsOf(place, "deployment/lanlord-leader", "edge-lb"), /--lb-class=/);
  const pod = (path: string): Promise<string> =>
    readPod(place, "daemonset/lanlord-speaker", "edge-lb", path);
  equal(await pod("containers[0].image"), "registry.example.com/lanlord:0.1.0");
  equal(
    await pod("nodeSelector"),
    '{"example.com/edge":"yes","kubernetes.io/os":"linux"}',
  );
  await t.step("what is bound is in the namespace, and may do its work", async () => {
    for (const role of ["leader", "speaker"]) {
      const account = `--as=system:serviceaccount:edge-lb:lanlord-${role}`;
      const mayWatch = (what: string): Promise<string> =>
        place.must(["kubectl", "auth", "can-i", "watch", ...what.split(" "), account]);
      equal((await mayWatch("services -A")).trim(), "yes");
      equal((await mayWatch("ipaddresspools.metallb.io -n edge-lb")).trim(), "yes");
    }
  });
  await t.step("it reads its configuration in the namespace", async () => {
    const env = await pod("containers[0].env[?(@.name=='LANLORD_NAMESPACE')].valueFrom.fieldRef");
    match(env, /"metadata\.namespace"/);
  });
  await play(t, place, [second]);
  await t.step("the second shares no object with the first but the definitions", async () => {
    const names = async (file: string): Promise<readonly string[]> =>
      (await place.must(["kubectl", "create", "--dry-run=client", "-o", "name", "-f", file]))
        .trim().split("\n").filter((name) => /clusterrole|namespace/.test(name));
    const [first, other] = [await names("edge.yaml"), await names("second.yaml")];
    equal(first.length, other.length);
    deepEqual(first.filter((name) => other.includes(name)), []);
  });
});

const POOL_AND_ADVERTISEMENT = `
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: lan, namespace: ${NAMESPACE} }
spec: { addresses: [192.168.0.200-192.168.0.250] }
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { name: lan, namespace: ${NAMESPACE} }
`;

function blocksOf(page: string): readonly Block[] {
  return BLOCKS.filter((block) => block.page === page);
}

async function play(
  t: Deno.TestContext,
  place: HelmPlace,
  blocks: readonly (Block | undefined)[],
): Promise<void> {
  for (const block of blocks) {
    ok(block !== undefined, "a block is missing");
    await openStorage((argv) => place.must(["kubectl", ...argv]));
    await t.step(titleOf(block), async () => judge(block, await place.run(shellWords(block))));
  }
}

async function poolUid(place: HelmPlace): Promise<string> {
  const path = "jsonpath={.metadata.uid}";
  return await place.must(["kubectl", "get", "ipaddresspool", "lan", ...IN, "-o", path]);
}

async function advertisements(place: HelmPlace): Promise<string> {
  return await place.must(["kubectl", "get", "l2advertisements", ...IN, "-o", "name"]);
}

/** Names of Deployments and DaemonSets. */
async function workloads(place: HelmPlace): Promise<readonly string[]> {
  const names = await place.must(["kubectl", "get", "daemonsets,deployments", "-A", "-o", "name"]);
  return names.trim().split("\n");
}

async function argumentsOf(
  place: HelmPlace,
  workload: string,
  namespace: string = NAMESPACE,
): Promise<string> {
  return await readPod(place, workload, namespace, "containers[0].args");
}

async function readPod(
  place: HelmPlace,
  workload: string,
  namespace: string,
  path: string,
): Promise<string> {
  const jsonpath = `jsonpath={.spec.template.spec.${path}}`;
  return await place.must(["kubectl", "get", workload, "-n", namespace, "-o", jsonpath]);
}
