import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { EXPORTED_CLUSTER } from "../tests/exported_cluster.ts";
import { runCommand } from "./command.ts";
import { statusCommand } from "./status.ts";

async function status(args: readonly string[], text = EXPORTED_CLUSTER): Promise<string> {
  const out: string[] = [];
  const code = await runCommand(statusCommand(() => Promise.resolve(text)), ["-f", "-", ...args], {
    stdout: (line) => out.push(line),
    stderr: (line) => out.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "here",
    signal: new AbortController().signal,
  });
  strictEqual(code, 0, out.join("\n"));
  return out.join("\n");
}

Deno.test("status shows leader, pools, Services and nodes", async () => {
  strictEqual(
    await status([]),
    `Leader: no leader leads

POOL  ADDRESSES                    IPV4 USED  IPV6 USED  AUTO-ASSIGN
far   10.9.0.0-10.9.0.3            1/4        -          no
lan   192.168.0.200-192.168.0.202  1/3        -          yes

SERVICE          ADDRESS        POOL  NODE  FAILS AT
default/far      10.9.0.1       far   -     nodes
default/fine     192.168.0.200  lan   n1
default/pool     <pending>      -     -     pool
default/taken    <pending>      -     -     sharing
default/waiting  <pending>      -     -     assignment

NODE  SPEAKER  READY  ANNOUNCES
n1    yes      -      1
n2    yes      -      0
n3    no       -      0

Not in the files: Event, IPAddressPool, L2Advertisement, Namespace`,
  );
});

Deno.test("status shows what is wrong with the configuration, and that there is nothing", async () => {
  const configMap = { namespace: "metallb-system", name: "config" };
  const items = [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: configMap,
      data: { config: "address-pools: 5" },
    },
    { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { type: "ClusterIP" } },
  ];
  const lines = (await status([], JSON.stringify({ apiVersion: "v1", kind: "List", items }))).split(
    "\n",
  );
  deepStrictEqual(lines.slice(0, 10), [
    "Leader: whether a leader is there is not known",
    "",
    "Pools: not known, as the configuration has errors, see below; what was in force before counts",
    "",
    "No Services of type LoadBalancer",
    "",
    "Nodes: not known",
    "",
    "PROBLEMS OF THE CONFIGURATION",
    'error: ConfigMap metallb-system/config:1:16: Cannot read "address-pools": need a list, have the number 5',
  ]);
});

Deno.test("status tells of a configuration that the leader does not use, by its ConfigurationState", async () => {
  const state = (name: string, role: string, summary: string): string =>
    `- kind: ConfigurationState
  apiVersion: metallb.io/v1beta1
  metadata:
    namespace: metallb-system
    name: ${name}
    labels: { metallb.io/component-type: ${role} }
  status: { result: Invalid, errorSummary: ${summary} }
`;
  const lease = `- apiVersion: coordination.k8s.io/v1
  kind: Lease
  metadata: { namespace: metallb-system, name: lanlord-leader }
  spec: { holderIdentity: a, acquireTime: "2026-01-02T00:00:00.123456Z" }
`;
  const text = await status(
    [],
    EXPORTED_CLUSTER + lease + state("speaker-n1", "speaker", "old") +
      state("controller", "controller", "too small"),
  );
  const lines = text.split("\n");
  deepStrictEqual(lines.slice(0, 3), [
    'Leader: leader "a" leads, since 2026-01-02T00:00:00Z',
    "",
    "Pools: not known, as the configuration has errors, see below; what was in force before counts",
  ]);
  deepStrictEqual(lines.filter((line) => line.startsWith("error")), [
    "error: ConfigurationState metallb-system/controller: The leader does not use the configuration " +
    "as it is written: too small",
  ]);
});

Deno.test("status -o json has numbers of addresses, also of a large pool", async () => {
  const far = "addresses: [10.9.0.0/30]";
  const text = EXPORTED_CLUSTER.replace(far, "addresses: [10.9.0.0/30, 'fd00::/64']");
  const { pools, services, leader, nodes } = JSON.parse(await status(["-o", "json"], text));
  deepStrictEqual(leader, { state: "nobody" });
  deepStrictEqual(pools[0].ipv4, { assigned: 1, available: 3, total: 4 });
  deepStrictEqual(pools[0].ipv6, { assigned: 0, available: 2 ** 53 - 1, total: 2 ** 53 - 1 });
  deepStrictEqual(services[1].addresses, [
    { address: "192.168.0.200", pool: "lan", node: "n1", since: "2026-01-02T00:00:00Z" },
  ]);
  deepStrictEqual(nodes[0], { node: "n1", speaker: true, interfaces: ["eth0"], announced: 1 });
});
