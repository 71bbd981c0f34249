import assert from "node:assert/strict";
import { runCommand } from "./command.ts";
import { convertCommand } from "./convert.ts";
import type { Io } from "./io.ts";

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: readonly string[];
}

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata: { namespace: metallb-system, name: config }
data:
  config: |
    address-pools:
    - name: Office_LAN
      protocol: layer2
      addresses: [192.168.0.200-192.168.0.250]
`;

/** A Service that names the pool, and one whose name would be a command. */
const SERVICES = `apiVersion: v1
kind: Service
metadata:
  namespace: default
  name: web
  annotations: { metallb.universe.tf/address-pool: Office_LAN }
spec: { type: LoadBalancer, ipFamilies: [IPv4], clusterIPs: [10.96.0.1], ports: [{ port: 80 }] }
status: { loadBalancer: { ingress: [{ ip: 192.168.0.200 }] } }
---
apiVersion: v1
kind: Service
metadata: { namespace: default, name: "x; rm -rf ~" }
spec:
  type: LoadBalancer
  ipFamilies: [IPv4]
  clusterIPs: [10.96.0.2]
  loadBalancerIP: 0.0.0.0
status: { loadBalancer: { ingress: [{ ip: 10.0.0.1 }] } }
`;

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata:
  namespace: metallb-system
  name: office-lan
spec:
  addresses:
    - 192.168.0.200-192.168.0.250
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata:
  namespace: metallb-system
  name: office-lan
spec:
  ipAddressPools:
    - office-lan`;

const ROWS: readonly Row[] = [
  {
    name: "a ConfigMap",
    args: ["cm.yaml"],
    files: { "cm.yaml": CONFIG_MAP },
    code: 0,
    stdout: POOL,
    stderr: [
      'cm.yaml:7:7: changed: Pool "Office_LAN" is named "office-lan" now: no object can have its name',
      "1 IPAddressPool, 1 L2Advertisement",
    ],
  },
  {
    name: "its value alone, from standard input, to another namespace",
    args: ["--namespace", "lb", "-"],
    files: { "-": "address-pools: [{ name: a, protocol: layer2, addresses: [10.0.0.0/24] }]" },
    code: 0,
    stdout: POOL.replaceAll("metallb-system", "lb").replaceAll("office-lan", "a")
      .replace("192.168.0.200-192.168.0.250", "10.0.0.0/24"),
    stderr: ["1 IPAddressPool, 1 L2Advertisement"],
  },
  {
    name: "commands for the Services, quoted for a shell",
    args: ["--services", "cm.yaml", "services.yaml"],
    files: { "cm.yaml": CONFIG_MAP, "services.yaml": SERVICES },
    code: 1,
    stdout:
      "kubectl annotate service -n default web --overwrite metallb.universe.tf/address-pool=office-lan\n" +
      "kubectl patch service -n default 'x; rm -rf ~' --type merge -p " +
      `'{"metadata":{"annotations":{"metallb.io/loadBalancerIPs":"10.0.0.1"}},` +
      `"spec":{"loadBalancerIP":null}}'`,
    stderr: [
      'cm.yaml:7:7: changed: Pool "Office_LAN" is named "office-lan" now: no object can have its name',
      "services.yaml:10:1: not carried over: Address of Service default/x; rm -rf ~: it came by DHCP, " +
      "and is kept as a fixed one; reserve it at the DHCP server",
      'services.yaml:10:1: changed: Pool "adopted" has the addresses in use that no other pool has ' +
      "for their Services: 1 run of them",
      "2 IPAddressPools, 2 L2Advertisements, addresses kept by 2 of 2 Services",
    ],
  },
  {
    name: "names that the cluster has already are left to it",
    args: ["cm.yaml", "pools.yaml"],
    files: {
      "cm.yaml": CONFIG_MAP,
      "pools.yaml": POOL.replace("192.168.0.200-192.168.0.250", "10.0.0.0/24"),
    },
    code: 0,
    stdout: POOL.replaceAll("office-lan", "office-lan-2"),
    stderr: [
      'cm.yaml:7:7: changed: Pool "Office_LAN" is named "office-lan-2" now: no object can have its name',
      "1 IPAddressPool, 1 L2Advertisement",
    ],
  },
  {
    name: "a Service of another class than the leader's",
    args: ["--lb-class", "example.com/lanlord", "services.yaml"],
    files: { "services.yaml": SERVICES.slice(0, SERVICES.indexOf("---")) },
    code: 1,
    stderr: [
      'services.yaml:1:1: changed: Pool "adopted" has the addresses in use that no other pool has ' +
      "for their Services: 1 run of them",
      "services.yaml:1:1: not carried over: Service default/web does not keep 192.168.0.200: it has " +
      'no class, and the leader serves class "example.com/lanlord" alone',
      "Requests needed at 1 Service: --services prints the commands",
      "The Services have a class: run leader and speakers with --lb-class example.com/lanlord",
      "1 IPAddressPool, 1 L2Advertisement, addresses kept by 0 of 1 Service",
    ],
  },
  {
    name: "a ConfigMap with a fault",
    args: ["cm.yaml"],
    files: { "cm.yaml": CONFIG_MAP.replace("layer2", "layer3") },
    code: 2,
    stdout: "",
    stderr: [
      'cm.yaml:8:17: error: Cannot use pool "Office_LAN": need protocol "layer2" or "bgp", have ' +
      '"layer3"; did you mean "layer2"',
    ],
  },
  {
    name: "two ConfigMaps",
    args: ["a.yaml", "b.yaml"],
    files: { "a.yaml": CONFIG_MAP, "b.yaml": CONFIG_MAP },
    code: 2,
    stdout: "",
    stderr: [
      "b.yaml:1:1: error: Cannot convert two configurations of MetalLB at once: one stands there " +
      "already",
    ],
  },
  {
    name: "nothing to convert",
    args: ["a.yaml"],
    files: { "a.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n" },
    code: 2,
    stdout: "",
    stderr: [
      "lanlord convert: Nothing to convert: need MetalLB's ConfigMap, objects of kube-vip or PureLB, " +
      "or Services of type LoadBalancer with addresses",
    ],
  },
  {
    name: "no file",
    args: [],
    code: 2,
    stdout: "",
    stderr: ["lanlord convert: Need a FILE to convert, or - for standard input"],
  },
];

Deno.test("lanlord convert", async (t) => {
  for (const { name, args, files = {}, code, stdout, stderr } of ROWS) {
    await t.step(name, async () => {
      const out: string[] = [];
      const err: string[] = [];
      const command = convertCommand((file) => {
        const text = files[file];
        return text === undefined
          ? Promise.reject(new Error("no such row"))
          : Promise.resolve(text);
      });
      const found = await runCommand(command, args, ioOf(out, err));
      if (stdout !== undefined) assert.equal(out.join("\n"), stdout);
      if (stderr !== undefined) assert.deepEqual(err, stderr);
      assert.equal(found, code);
    });
  }
});

function ioOf(out: string[], err: string[]): Io {
  return {
    stdout: (line) => out.push(line),
    stderr: (line) => err.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "test",
    signal: new AbortController().signal,
  };
}
