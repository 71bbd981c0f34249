import assert from "node:assert/strict";
import { runCommand } from "../../cli/command.ts";
import { explainCommand } from "../../cli/explain.ts";
import type { VerdictJson, VerdictListJson } from "../../cli/explain_json.ts";
import type { Io } from "../../cli/io.ts";
import { statusCommand } from "../../cli/status.ts";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { LeaderStage } from "../leader_stage.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";

const controlPlane = usingControlPlane();
const FOLDER = await Deno.makeTempDir({ prefix: "lanlord-kubeconfigs-" });
Deno.test.afterAll(() => Deno.remove(FOLDER, { recursive: true }));
const NAMESPACE = "metallb-system";

const CONFIG = [
  "address-pools:",
  "- name: lan",
  "  protocol: layer2",
  "  addresses: [192.168.0.200-192.168.0.201]",
  "- name: far",
  "  protocol: layer2",
  "  addresses: [10.9.0.1/32]",
  "  auto-assign: false",
].join("\n");

const POOL = "metallb.io/address-pool";

/** Services that get nothing, with the reason that their condition has. */
const PENDING = {
  unknown: { annotations: { [POOL]: "x" } },
  malformed: { annotations: { "metallb.io/loadBalancerIPs": "1.2.3" } },
  taken: { loadBalancerIP: "192.168.0.200" },
  outside: { loadBalancerIP: "10.0.0.1" },
  full: {},
} as const;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as at a shell; `stdin` is what `-f -` reads. */
async function run(
  argv: readonly string[],
  options: { stdin?: string; as?: string } = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    stdout: (line) => out.push(line),
    stderr: (line) => err.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "test",
    signal: new AbortController().signal,
  };
  const readText = (): Promise<string> => Promise.resolve(options.stdin ?? "");
  const [name, ...args] = argv;
  const command = name === "status" ? statusCommand(readText) : explainCommand(readText);
  const cluster = options.stdin === undefined
    ? ["--kubeconfig", options.as ?? controlPlane().kubeconfig]
    : ["-f", "-"];
  const code = await runCommand(command, [...cluster, ...args], io);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

async function kubectl(args: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(args, stdin);
  assert.equal(code, 0, stderr);
  return stdout;
}

testWith(["apiserver", "kubectl"], "explain and status on a real API server", async (t) => {
  const { kubeconfig } = controlPlane();
  const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
  await using stage = await LeaderStage.open(
    (userAgent) => Promise.resolve(createClient(credentials, { userAgent })),
    NAMESPACE,
  );
  const leader = await stage.startLeader("leader");
  await stage.configure(CONFIG);
  for (const name of ["fine", "also"]) await stage.createService(name);
  await stage.createService("far", { annotations: { [POOL]: "far" } });
  await stage.until(() => stage.addressOf("fine") !== "" && stage.addressOf("also") !== "", "both");
  await stage.untilAddress("far", "10.9.0.1");
  for (const [name, more] of Object.entries(PENDING)) await stage.createService(name, more);
  const conditionOf = (name: string): { reason: string; message: string } | undefined =>
    stage.service(name)?.conditions[0];
  for (const name of Object.keys(PENDING)) {
    await stage.until(() => conditionOf(name) !== undefined, `a condition at ${name}`);
  }

  for (const name of Object.keys(PENDING)) {
    await t.step(`${name}: the first gate that fails is the one of the condition`, async () => {
      const { code, out } = await run(["explain", name, "-o", "json"]);
      const verdict: VerdictJson = JSON.parse(out);
      const failed = verdict.gates.find(({ result }) => result === "fail");
      assert.equal(failed?.reason, conditionOf(name)?.reason);
      assert.equal(verdict.summary, conditionOf(name)?.message);
      const { found = "", cure = "" } = failed ?? {};
      assert.ok(
        stage.toldAbout(name).some((text) =>
          text.startsWith("AllocationFailed: ") && text.includes(found) && text.endsWith(cure)
        ),
        stage.toldAbout(name).join("\n"),
      );
      assert.equal(code, 1);
    });
  }

  await t.step("the leader logs what it refuses", () => {
    assert.ok(leader.logged.has("refused"), [...leader.logged].join());
  });

  await t.step("an address that is assigned, and no node to announce it", async () => {
    const { code, out } = await run(["explain", "fine"]);
    assert.equal(code, 1);
    assert.match(out, /^default\/fine: not satisfied: the cluster has no nodes/);
    assert.match(
      out,
      /Not installed in the cluster: IPAddressPool, L2Advertisement, ServiceL2Status/,
    );
  });

  await t.step("with nodes, speakers and a status all is well", async () => {
    await kubectl(["apply", "-f", `${ROOT}deploy/crds/metallb.io_servicel2statuses.yaml`]);
    await kubectl([
      "wait",
      "--for=condition=Established",
      "--timeout=30s",
      "crd/servicel2statuses.metallb.io",
    ]);
    await kubectl(["apply", "-f", "-"], NODES);
    await kubectl(["apply", "-f", "-"], STATUS);
    const patch = JSON.stringify({
      status: {
        node: "n1",
        serviceName: "fine",
        serviceNamespace: "default",
        interfaces: [{ name: "eth0" }],
      },
    });
    await kubectl([
      "-n",
      NAMESPACE,
      "patch",
      "servicel2status",
      "l2-fine",
      "--subresource=status",
      "--type=merge",
      "-p",
      patch,
    ]);
    const { code, out } = await run(["explain", "-n", "default", "fine"]);
    assert.equal(code, 0, out);
    assert.match(
      out,
      /^default\/fine: 192\.168\.0\.20[01] from pool "lan", announced by n1 since 20/,
    );
    assert.match(out, /n1 {2}announces it/);
    assert.match(out, /n2 {2}it has the label node\.kubernetes\.io\/exclude-from/);
    assert.match(out, /owner {15}n1 on eth0, since /);
    assert.match(out, /answers {13}n1, 02:00:00:00:00:01; no other machine/);
  });

  await t.step("without SERVICE: all that are not satisfied", async () => {
    const { code, out } = await run(["explain", "-o", "json"]);
    const list: VerdictListJson = JSON.parse(out);
    assert.equal(code, 1);
    assert.equal(list.checked, 8);
    assert.deepEqual(
      list.services.map(({ service }) => service),
      ["also", "far", ...Object.keys(PENDING)].toSorted().map((name) => `default/${name}`),
    );
    const { out: far } = await run(["explain", "far"]);
    assert.match(
      far,
      /not satisfied: none of 2 nodes may hold 10\.9\.0\.1; 1 of them: eth0: not on/,
    );
  });

  await t.step("status has pools, Services, nodes and the leader", async () => {
    const { code, out } = await run(["status", "-o", "wide"]);
    assert.equal(code, 0);
    assert.match(out, /^Leader: leader "leader" leads, since 20/);
    assert.match(out, /^lan +192\.168\.0\.200-192\.168\.0\.201 +2\/2 +- +yes +0 +all +lan$/m);
    assert.match(out, /^default\/fine +192\.168\.0\.20[01] +lan +n1 /m);
    assert.match(
      out,
      /^default\/full +<pending> +- +- +- +exhaustion +no available IPs; to solve it/m,
    );
    assert.match(out, /^n1 +yes +- +1 +eth0$/m);
    assert.match(out, /^n2 +yes +- +0 +eth0$/m);
  });

  await t.step("an export says the same", async () => {
    const kinds = "services,nodes,namespaces,leases,configmaps,servicel2statuses,events";
    const stdin = await kubectl(["get", kinds, "-A", "-o", "yaml"]);
    for (const name of ["fine", "far", ...Object.keys(PENDING)]) {
      const [live, exported] = await Promise.all([
        run(["explain", name, "-o", "json"]),
        run(["explain", name, "-o", "json"], { stdin }),
      ]);
      const verdicts: VerdictJson[] = [live, exported].map(({ out }) => JSON.parse(out));
      const [a, b] = verdicts.map((verdict) => ({ ...verdict, unread: undefined }));
      assert.deepEqual(a, b);
      assert.equal(live.code, exported.code);
    }
  });

  await t.step("a viewer may read all of it", async () => {
    await kubectl(["apply", "-f", `${ROOT}deploy/viewer.yaml`]);
    const viewer = await kubeconfigOf("viewer");
    await kubectl([
      "create",
      "clusterrolebinding",
      "look",
      "--clusterrole=lanlord-viewer",
      "--serviceaccount=default:viewer",
    ]);
    await kubectl([
      "-n",
      NAMESPACE,
      "create",
      "rolebinding",
      "look",
      "--role=lanlord-viewer",
      "--serviceaccount=default:viewer",
    ]);
    const { code, out } = await run(["explain", "fine"], { as: viewer });
    assert.equal(code, 0, out);
    assert.doesNotMatch(out, /No right/);
  });

  await t.step("what may not be read is unknown, and held against nobody", async () => {
    const partial = await kubeconfigOf("partial");
    await kubectl(["create", "clusterrole", "partial", "--verb=list", "--resource=services"]);
    await kubectl([
      "create",
      "clusterrolebinding",
      "partial",
      "--clusterrole=partial",
      "--serviceaccount=default:partial",
    ]);
    const { code, out } = await run(["explain", "fine"], { as: partial });
    assert.equal(code, 0, out);
    assert.match(
      out,
      /^ {2}\? {4}configuration {7}no right to list ConfigMaps, no right to list IPAddressPools$/m,
    );
    assert.match(
      out,
      /^No right to list: ConfigMap, Event, IPAddressPool, .*, Node, ServiceL2Status$/m,
    );
  });

  await t.step("one line where nothing can be read", async () => {
    const nobody = await run(["explain"], { as: await kubeconfigOf("nobody") });
    assert.deepEqual(nobody, {
      ...{ code: 2, out: "" },
      err: "lanlord explain: Cannot list Services: these credentials have no right to do so",
    });
    const gone = await run(["status"], { as: await kubeconfigAt("https://127.0.0.1:1", "x") });
    assert.equal(gone.code, 2);
    assert.match(
      gone.err,
      /^lanlord status: Cannot reach the API server https:\/\/127\.0\.0\.1:1: [^\n]+$/,
    );
    const misspelt = await run(["explain", "fin"]);
    assert.deepEqual(misspelt, {
      ...{ code: 2, out: "" },
      err: 'lanlord explain: Service "default/fin" is not there: did you mean "default/fine"?',
    });
  });
});

/** A kubeconfig of a new ServiceAccount, which may do nothing. */
async function kubeconfigOf(name: string): Promise<string> {
  await kubectl(["create", "serviceaccount", name]);
  return await kubeconfigAt(controlPlane().url, (await kubectl(["create", "token", name])).trim());
}

async function kubeconfigAt(server: string, token: string): Promise<string> {
  const file = await Deno.makeTempFile({ dir: FOLDER });
  const cluster = { server, "certificate-authority": controlPlane().caFile };
  await Deno.writeTextFile(
    file,
    JSON.stringify({
      ...{ apiVersion: "v1", kind: "Config", "current-context": "x" },
      clusters: [{ name: "x", cluster }],
      users: [{ name: "x", user: { token } }],
      contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
    }),
  );
  return file;
}

function presence(node: string, mac: string): string {
  const faces = [{ name: "eth0", mac, subnets: ["192.168.0.0/24"] }];
  return `
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata:
  namespace: ${NAMESPACE}
  name: lanlord-speaker-${node}
  labels: { lanlord.dev/presence: speaker }
  annotations: { lanlord.dev/interfaces: '${JSON.stringify(faces)}' }
spec: { holderIdentity: ${node} }`;
}

const NODES = `
apiVersion: v1
kind: Node
metadata: { name: n1 }
---
apiVersion: v1
kind: Node
metadata: { name: n2, labels: { node.kubernetes.io/exclude-from-external-load-balancers: "" } }
${presence("n1", "02:00:00:00:00:01")}
${presence("n2", "02:00:00:00:00:02")}
`;

const STATUS = `
apiVersion: metallb.io/v1beta1
kind: ServiceL2Status
metadata:
  namespace: ${NAMESPACE}
  name: l2-fine
  labels: { metallb.io/service-name: fine, metallb.io/service-namespace: default, metallb.io/node: n1 }
spec: {}
`;
