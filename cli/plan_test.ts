import assert from "node:assert/strict";
import { nodeObject, serviceObject } from "../convert/testing.ts";
import { runCommand } from "./command.ts";
import type { Io } from "./io.ts";
import { planCommand } from "./plan.ts";

const pool = (name: string, addresses: string): string => `
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: ${name} }
spec: { addresses: [${addresses}] }
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { name: all }
`;

const presence = (node: string): unknown => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: {
    namespace: "metallb-system",
    name: `lanlord-speaker-${node}`,
    labels: { "lanlord.dev/presence": "" },
    annotations: {
      "lanlord.dev/interfaces": JSON.stringify([
        { name: "eth0", mac: "02:00:00:00:00:01", subnets: ["10.0.0.0/24"] },
      ]),
    },
  },
  spec: { holderIdentity: node },
});

const SERVICES = [
  serviceObject("web", { held: ["10.0.0.10"] }),
  serviceObject("db", { held: ["10.0.0.20"] }),
  serviceObject("new"),
];

const clusterFile = (...more: readonly unknown[]): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: [...SERVICES, ...more] });

const FILES: Readonly<Record<string, string>> = {
  "cluster.json": clusterFile(nodeObject("n1", ["10.0.0.1"]), presence("n1")),
  "services.json": clusterFile(),
  "same.yaml": pool("lan", "10.0.0.10-10.0.0.20"),
  "small.yaml": pool("lan", "10.0.0.10-10.0.0.11"),
  "faulty.yaml": pool("lan", "10.0.0.20-10.0.0.10"),
  "bare.yaml": "address-pools: [{ name: a, protocol: layer2, addresses: [10.0.0.10-10.0.0.20] }]",
  "now.yaml": pool("now", "10.0.0.20/32"),
};

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly stdout?: readonly string[];
  readonly stderr?: readonly string[];
}

const UNKNOWN =
  "Who announces is not known: Nodes, or the Leases of the speakers, could not be read";

const ROWS: readonly Row[] = [
  {
    name: "nothing changes for what is in use",
    args: ["-f", "same.yaml", "--cluster", "cluster.json"],
    code: 0,
    stdout: [
      "SERVICE      WHAT  ADDRESS  THEN       NODE  THEN  WHY",
      "default/new  gets  -        10.0.0.11  -     n1",
      "3 Services: 2 keep, 1 gets",
    ],
  },
  {
    name: "the value of a ConfigMap, and all Services",
    args: ["-f", "bare.yaml", "--cluster", "cluster.json", "-o", "wide"],
    code: 0,
    stdout: [
      "SERVICE      WHAT   ADDRESS    THEN       NODE  THEN  WHY",
      "default/db   keeps  10.0.0.20  10.0.0.20  -     n1",
      "default/new  gets   -          10.0.0.11  -     n1",
      "default/web  keeps  10.0.0.10  10.0.0.10  -     n1",
      "3 Services: 2 keep, 1 gets",
    ],
  },
  {
    name: "an address in use goes",
    args: ["-f", "small.yaml", "--cluster", "services.json"],
    code: 1,
    stdout: [
      "SERVICE      WHAT     ADDRESS    THEN       NODE  THEN  WHY",
      'default/db   changes  10.0.0.20  10.0.0.11  -     -     "10.0.0.20" is not allowed in config; ' +
      "add the address to a pool, or request one that a pool has",
      "default/new  waits    -          -          -     -     no available IPs; free an address, or " +
      "add IPv4 addresses to a pool with auto-assign",
      "3 Services: 1 keeps, 1 changes, 1 waits",
    ],
    stderr: [UNKNOWN],
  },
  {
    name: "as kubectl apply: what the files do not have stays",
    args: [
      "-f",
      "small.yaml",
      "--keep-others",
      "--cluster",
      "services.json",
      "--cluster",
      "now.yaml",
    ],
    code: 0,
    stdout: [
      "SERVICE      WHAT  ADDRESS  THEN       NODE  THEN  WHY",
      "default/new  gets  -        10.0.0.11  -     -",
      "3 Services: 2 keep, 1 gets",
    ],
    stderr: [UNKNOWN],
  },
  {
    name: "faults, as lanlord check has them",
    args: ["-f", "faulty.yaml", "--cluster", "services.json"],
    code: 2,
    stdout: [],
    stderr: [
      'faulty.yaml:5:21: error: Cannot use addresses "10.0.0.20-10.0.0.10": need the lower address ' +
      'first, as in "10.0.0.10-10.0.0.20" (pool "lan")',
    ],
  },
  {
    name: "no configuration",
    args: ["--cluster", "services.json"],
    code: 2,
    stdout: [],
    stderr: ["lanlord plan: Need a new configuration: -f FILE"],
  },
  {
    name: "no Services",
    args: ["-f", "same.yaml", "--cluster", "same.yaml"],
    code: 2,
    stdout: [],
    stderr: ["lanlord plan: Cannot find any Service in the files"],
  },
];

Deno.test("lanlord plan", async (t) => {
  for (const { name, args, code, stdout, stderr } of ROWS) {
    await t.step(name, async () => {
      const found = await plan(args);
      if (stdout !== undefined) assert.deepEqual(found.stdout, stdout);
      assert.deepEqual(found.stderr, stderr ?? []);
      assert.equal(found.code, code);
    });
  }
});

Deno.test("lanlord plan -o json", async () => {
  const { stdout } = await plan(["-f", "small.yaml", "--cluster", "cluster.json", "-o", "json"]);
  const { nodesKnown, services } = JSON.parse(stdout.join("\n"));
  assert.equal(nodesKnown, true);
  assert.deepEqual(services[2], {
    service: "default/web",
    fate: "keep",
    before: ["10.0.0.10"],
    after: ["10.0.0.10"],
    owners: [{ address: "10.0.0.10", after: "n1" }],
  });
});

async function plan(
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string[]; readonly stderr: string[] }> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const io: Io = {
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "test",
    signal: new AbortController().signal,
  };
  const command = planCommand((file) => {
    const text = FILES[file];
    return text === undefined ? Promise.reject(new Error("no such row")) : Promise.resolve(text);
  });
  return { code: await runCommand(command, args, io), stdout, stderr };
}
