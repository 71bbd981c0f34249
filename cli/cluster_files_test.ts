import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { readCluster } from "./cluster.ts";
import { openFiles, readObjects } from "./cluster_files.ts";
import type { ReadText } from "./text_file.ts";

const FILES: Readonly<Record<string, string>> = {
  "cluster.yaml": `
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: { namespace: default, name: whoami }
  spec: { type: LoadBalancer }
  status: { loadBalancer: { ingress: [{ ip: 192.168.0.200 }] } }
- apiVersion: v1
  kind: Node
  metadata: { name: n1 }
- apiVersion: v1
  kind: Pod
  metadata: { namespace: default, name: whoami-1 }
- apiVersion: v1
  kind: Event
  metadata: { namespace: default, name: whoami.1 }
  reason: nodeAssigned
  message: announcing from node "n2"
  lastTimestamp: "2026-01-01T00:00:00Z"
  involvedObject: { kind: Service, namespace: default, name: whoami }
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata:
  namespace: metallb-system
  name: lanlord-speaker-n1
  annotations:
    lanlord.dev/interfaces: '[{"name":"eth0","mac":"02:00:00:00:00:01","subnets":["192.168.0.0/24"]}]'
    lanlord.dev/conflicts: '{"conflicts":[{"address":"192.168.0.201","mac":"02:00:00:00:00:aa","interface":"eth0","since":"T0"}]}'
spec: { holderIdentity: n1 }
---
apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { namespace: metallb-system, name: lanlord-leader }
spec: { holderIdentity: a }
`,
  "pools.json": JSON.stringify({
    apiVersion: "metallb.io/v1beta1",
    kind: "IPAddressPoolList",
    items: [
      { metadata: { namespace: "metallb-system", name: "lan" }, spec: { addresses: ["a"] } },
      { metadata: { namespace: "elsewhere", name: "other" }, spec: {} },
    ],
  }),
  "hand.yaml": "kind: IPAddressPool\napiVersion: metallb.io/v1beta1\nmetadata: { name: lan }\n",
  "fault.yaml": "a: [1\n",
  "bare.yaml": "address-pools: []\n",
};

const readText: ReadText = (file) => {
  const text = FILES[file];
  return text === undefined ? Promise.reject(new Error("not there")) : Promise.resolve(text);
};

const AT = { namespace: "metallb-system", configMapName: "config" };

Deno.test("openFiles() reads exports as the cluster that they were made from", async () => {
  const cluster = await readCluster(await openFiles(["cluster.yaml", "pools.json"], readText), AT);
  deepStrictEqual(cluster.services.map(({ meta }) => `${meta.namespace}/${meta.name}`), [
    "default/whoami",
  ]);
  deepStrictEqual(cluster.nodes.map(({ meta }) => meta.name), ["n1"]);
  deepStrictEqual(cluster.config.pools.map(({ meta }) => meta.name), ["lan"]);
  deepStrictEqual([...cluster.presences].map(([node, faces]) => [node, faces[0]?.name]), [
    ["n1", "eth0"],
  ]);
  strictEqual(cluster.conflicts[0]?.conflicts[0]?.mac, "02:00:00:00:00:aa");
  strictEqual(cluster.leaderLease?.holderIdentity, "a");
  deepStrictEqual(cluster.announcers.get("default/whoami"), {
    service: "default/whoami",
    node: "n2",
    interfaces: [],
    since: "2026-01-01T00:00:00Z",
  });
  deepStrictEqual(cluster.unread, [
    { kind: "ConfigMap", why: "not-in-files" },
    { kind: "L2Advertisement", why: "not-in-files" },
    { kind: "Namespace", why: "not-in-files" },
    { kind: "ServiceL2Status", why: "not-in-files" },
  ]);
});

Deno.test("openFiles(): what stands twice counts once, what has no namespace is where it belongs", async () => {
  const cluster = await readCluster(await openFiles(["pools.json", "hand.yaml"], readText), AT);
  deepStrictEqual(cluster.config.pools.map(({ meta, spec }) => [meta.name, spec]), [
    ["lan", undefined],
  ]);
});

Deno.test("openFiles() says in one line what is wrong with a file", async (t) => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ["gone.yaml", /^Cannot read gone\.yaml: not there$/],
    ["fault.yaml", /^fault\.yaml:\d+:\d+: Cannot read YAML: /],
    ["bare.yaml", /^bare\.yaml:1:1: Cannot tell what this is: /],
  ];
  for (const [file, message] of rows) {
    await t.step(file, () => rejects(openFiles([file], readText), { name: "UsageError", message }));
  }
});

Deno.test("readObjects() reads broken JSON as what it is", () => {
  throws(() => readObjects("a.json", '{"kind": '), /^UsageError: a\.json:1:/);
});
