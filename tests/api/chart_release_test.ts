import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { usingControlPlane } from "../control_plane/mod.ts";
import { CHART, Helm, NAMESPACE } from "../helm/helm.ts";
import { MANIFEST } from "../manifest.ts";
import { testWith } from "../needs.ts";
import { argumentsOf } from "./chart_objects.ts";
import { openStorage } from "./storage.ts";

const controlPlane = usingControlPlane();
const NEEDS = ["helm", "apiserver", "kubectl"] as const;
const IN = ["-n", NAMESPACE] as const;

const POOL = `
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: lan, namespace: ${NAMESPACE} }
spec: { addresses: [192.168.0.200-192.168.0.250] }
`;

testWith(NEEDS, "a release is installed, upgraded, rolled back and uninstalled", async (t) => {
  await using helm = new Helm(controlPlane().kubeconfig);
  const before = await inventory();
  await t.step("install", async () => {
    const notes = await helm.must(["install", "lanlord", CHART, ...IN, "--create-namespace"]);
    match(notes, /\nLanlord \S+ gives addresses to Services of type LoadBalancer\.\n/);
    await kubectl(["wait", "--for=condition=Established", "crd", "ipaddresspools.metallb.io"]);
    await kubectl(["apply", "-f", "-"], POOL);
    deepEqual(await leaderArguments(), ["leader"]);
  });
  await t.step("upgrade", async () => {
    await helm.must(["upgrade", "lanlord", CHART, ...IN], { loadBalancerClass: "own.dev/lb" });
    deepEqual(await leaderArguments(), ["leader", "--lb-class=own.dev/lb"]);
  });
  await t.step("rollback", async () => {
    await helm.must(["rollback", "lanlord", "1", ...IN]);
    deepEqual(await leaderArguments(), ["leader"]);
  });
  await t.step("uninstall: definitions and pools stay", async () => {
    const said = await helm.must(["uninstall", "lanlord", ...IN]);
    match(said, /\[CustomResourceDefinition\] ipaddresspools\.metallb\.io/);
    const left = (await inventory()).filter((name) => !before.includes(name));
    const definitions = left.filter((name) => name.startsWith("customresourcedefinition"));
    equal(definitions.length, 9);
    deepEqual(left.filter((name) => !definitions.includes(name)), [
      "ipaddresspool.metallb.io/lan",
      `namespace/${NAMESPACE}`,
    ]);
  });
  await t.step("install again: they are the release's", async () => {
    await helm.must(["install", "lanlord", CHART, ...IN]);
    await kubectl(["get", "ipaddresspool", "lan", ...IN]);
    await helm.must(["uninstall", "lanlord", ...IN]);
  });
  await t.step("without the definitions nothing is left", async () => {
    await kubectl(["delete", "crd", "-l", "app.kubernetes.io/name=lanlord"]);
    const left = (await inventory()).filter((name) => !before.includes(name));
    deepEqual(left, [`namespace/${NAMESPACE}`]);
  });
});

testWith(NEEDS, "a release takes over from deploy/lanlord.yaml", async () => {
  await using helm = new Helm(controlPlane().kubeconfig);
  await kubectl(["apply", "-f", MANIFEST]);
  const install = ["install", "lanlord", CHART, ...IN];
  const refused = await helm.run(install);
  notEqual(refused.code, 0);
  match(refused.stderr, /exists and cannot be imported into the current release/);
  const uid = await leader("{.metadata.uid}");
  await helm.must([...install, "--take-ownership"]);
  equal(await leader("{.metadata.uid}"), uid);
  equal(await leader("{.metadata.labels.app\\.kubernetes\\.io/managed-by}"), "Helm");
  const crd = ["get", "crd", "ipaddresspools.metallb.io", "-o", "jsonpath={.metadata}"];
  ok((await kubectl(crd)).includes('"meta.helm.sh/release-name":"lanlord"'), await kubectl(crd));
  await helm.must(["uninstall", "lanlord", ...IN]);
  await openStorage(kubectl);
  await kubectl(["delete", "crd", "-l", "app.kubernetes.io/name=lanlord"]);
});

/** The leader's command line. */
async function leaderArguments(): Promise<readonly string[]> {
  return argumentsOf([JSON.parse(await leader("{}"))], "controller");
}

async function leader(jsonpath: string): Promise<string> {
  const argv = ["get", "deployment", "lanlord-leader", ...IN, "-o", `jsonpath=${jsonpath}`];
  return await kubectl(argv);
}

/** Everything in the cluster, `kind/name`, but what the API server keeps for itself. */
async function inventory(): Promise<readonly string[]> {
  const kinds = (await kubectl(["api-resources", "--verbs=list", "-o", "name"])).trim().split("\n");
  const wanted = kinds.filter((kind) =>
    !/^(events|leases|componentstatuses|apiservices)\b/.test(kind)
  );
  const names = await kubectl(["get", wanted.join(), "-A", "-o", "name"]);
  return [...new Set(names.trim().split("\n"))].sort();
}

/** What kubectl prints. */
async function kubectl(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(argv, stdin);
  equal(code, 0, `kubectl ${argv.join(" ")}: ${stderr}`);
  return stdout;
}
