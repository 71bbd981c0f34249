import assert from "node:assert/strict";
import { type Api, createApi, serveApi } from "../../demo/api/mod.ts";
import type { JsonObject } from "../../kube/mod.ts";
import { run } from "../command.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { openCell } from "./cell.ts";
import { compiledLanlord } from "./given.ts";

const VIP = "192.168.0.200";

const CONFIG_MAP = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "metallb-system", name: "config" },
  data: { config: `address-pools: [{name: lan, protocol: layer2, addresses: [${VIP}/32]}]` },
};

const OBJECTS: readonly JsonObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } },
  CONFIG_MAP,
  { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name: "whoami" },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
  },
];

interface Row {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly code: number;
  /** In what it writes. */
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  { args: ["version"], code: 0, says: /^lanlord \d+\.\d+\.\d+ \(.*linux-gnu\)$/m },
  { args: ["--help"], code: 0, says: /^Commands:$/m },
  { args: ["check", "/config.json"], code: 0, says: /0 errors/ },
  { args: ["check", "-"], stdin: "a: [", code: 1, says: /^stdin:1:5: error: /m },
  { args: ["convert", "/config.json"], code: 0, says: /kind: IPAddressPool/ },
  { args: ["explain", "-f", "/cluster.json", "whoami"], code: 1, says: /no ClusterIP/ },
  { args: ["status", "-f", "/cluster.json"], code: 0, says: /whoami/ },
  {
    args: ["plan", "-f", "/config.json", "--cluster", "/cluster.json"],
    code: 0,
    says: /whoami|change/i,
  },
  { args: ["leader"], code: 1, says: /^lanlord leader: Cannot find the cluster/m },
];

testWith(
  ["netns", "root", "compiled"],
  "the compiled program needs nothing but the C library, and writes nothing",
  async (t) => {
    await using cell = await openCell(await compiledLanlord(), {
      "/config.json": JSON.stringify(CONFIG_MAP),
      "/cluster.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: OBJECTS }),
    }, "read-only");
    for (const { args, stdin, code, says } of rows) {
      await t.step(args.join(" "), async () => {
        const found = await cell.run(args, stdin);
        const text = found.stdout + found.stderr;
        assert.equal(found.code, code, text);
        assert.match(text, says);
      });
    }
  },
);

testWith(
  ["netns", "root", "compiled"],
  "a compiled leader and speaker serve a cluster from a folder with nothing else",
  async () => {
    await makeLink();
    const api = createApi();
    api.load(OBJECTS);
    const stop = new AbortController();
    const served = serveApi(api, { hostname: "127.0.0.1", port: 0 }, stop.signal);
    try {
      await serveFrom(served.url, api);
    } finally {
      stop.abort();
      await served.finished;
    }
  },
);

async function serveFrom(url: string, api: Api): Promise<void> {
  const program = await compiledLanlord();
  await using cell = await openCell(program, { "/kubeconfig": kubeconfigText(url) }, "writable");
  const before = await cell.list();
  const flags = ["--kubeconfig", "/kubeconfig", "--http", "off"];
  const roles = [["leader", ...flags], ["speaker", "--node-name", "n1", ...flags]]
    .map((args) => cell.start(args));
  const outputs = roles.map((role) => role.output());
  try {
    await eventually("the speaker announces the address", 30, () => announcement(api));
    const { stdout } = await run(["ip", "-o", "address", "show", "dev", "lan0"]);
    assert.match(stdout, new RegExp(`inet ${VIP}/32 `));
  } finally {
    for (const role of roles) tryKill(role);
  }
  const ends = await Promise.all(outputs);
  const log = ends.map(({ stdout, stderr }) => text(stdout) + text(stderr)).join("");
  assert.deepEqual(ends.map(({ code }) => code), [0, 0], log);
  // Both read under /proc/sys, which Deno itself opens to nobody here.
  assert.doesNotMatch(log, /hostNotChecked|nothingRemembered/);
  assert.deepEqual(await cell.list(), [...before, "/run/lanlord/n1.json"].sort());
}

function tryKill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended already: its exit code and its log tell.
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function announcement(api: Api): Promise<string | undefined> {
  const response = await api.fetch("http://api/api/v1/namespaces/default/events");
  const { items } = await response.json();
  return items.find((event: { reason: string }) => event.reason === "nodeAssigned")?.message;
}

/** A LAN with nobody else on it, in this process's own network namespace. */
async function makeLink(): Promise<void> {
  const commands = [
    "ip link add lan0 type veth peer name lan1",
    "ip address add 192.168.0.11/24 dev lan0",
    "ip link set lan0 up",
    "ip link set lan1 up",
  ];
  for (const command of commands) {
    const { code, stderr } = await run(command.split(" "));
    assert.equal(code, 0, `${command}: ${stderr}`);
  }
}

function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lan", cluster: { server } }],
    users: [{ name: "lan", user: {} }],
    contexts: [{ name: "lan", context: { cluster: "lan", user: "lan" } }],
    "current-context": "lan",
  });
}
