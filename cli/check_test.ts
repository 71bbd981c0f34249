import assert from "node:assert/strict";
import { check } from "./check.ts";
import type { Io } from "./io.ts";

const POOLS = `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 192.168.0.200-192.168.0.250
`;

interface Row {
  readonly name: string;
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly code: number;
  readonly stdout?: readonly string[];
  readonly stderr?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "the bare value of the ConfigMap",
    args: ["config.yaml"],
    files: { "config.yaml": POOLS },
    code: 0,
    stdout: ["1 object checked, 0 errors, 0 warnings"],
  },
  {
    name: "a fault in a literal block stands in the file's own line and column",
    args: ["cm.yaml"],
    files: {
      "cm.yaml": `# as in the tutorial
apiVersion: v1
kind: ConfigMap
metadata:
  namespace: metallb-system
  name: config
data:
  config: |
    # pools
    address-pools:
    - name: lan
      protocol: layer2
      addresses:
      - 192.168.0.250-192.168.0.200
      auto-asign: false
`,
    },
    code: 1,
    stdout: [
      'cm.yaml:14:9: error: Cannot use addresses "192.168.0.250-192.168.0.200": need the lower ' +
      'address first, as in "192.168.0.200-192.168.0.250" (pool "lan")',
      'cm.yaml:15:7: error: Cannot use key "auto-asign" of pool "lan": not known, did you mean ' +
      '"auto-assign"',
      "1 object checked, 2 errors, 0 warnings",
    ],
  },
  {
    name: "a fault in a block that begins indented",
    args: ["cm.yaml"],
    files: {
      "cm.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: config }
data:
  config: |2

      address-pools:
      - {}
`,
    },
    code: 1,
    stdout: [
      'cm.yaml:8:9: error: Cannot use pool #1: need a "name", have none',
      'cm.yaml:8:9: error: Cannot use pool #1: need at least one entry in "addresses", have none',
      'cm.yaml:8:9: error: Cannot use pool #1: need protocol "layer2" or "bgp", have none',
      "1 object checked, 3 errors, 0 warnings",
    ],
  },
  {
    name: "a fault in a quoted value stands at its start",
    args: ["cm.yaml"],
    files: {
      "cm.yaml": `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"config"},
"data":{"config":"address-pools:\\n- lan\\n"}}`,
    },
    code: 1,
    stdout: [
      'cm.yaml:2:18: error: Cannot read pool #1: need a map of keys such as "name", have the text "lan"',
      "1 object checked, 1 error, 0 warnings",
    ],
  },
  {
    name: "a ConfigMap under another key",
    args: ["cm.yaml"],
    files: {
      "cm.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {config.yaml: ''}\n",
    },
    code: 0,
    stdout: [
      'cm.yaml:1:1: warning: ConfigMap has no pools: need data key "config", have "config.yaml"',
      "1 object checked, 0 errors, 1 warning",
    ],
  },
  {
    name: "several documents and files are one configuration",
    args: ["a.yaml", "b.yaml"],
    files: {
      "a.yaml": POOLS,
      "b.yaml": `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: wan }
spec:
  addresses: [192.168.0.0/24]
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { name: all }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: whoami }
`,
    },
    code: 1,
    stdout: [
      'b.yaml:5:15: error: Cannot use addresses "192.168.0.0/24" of pool "wan": overlaps with ' +
      'already defined CIDR "192.168.0.200-192.168.0.250" of pool "lan" in line 5 of a.yaml',
      "3 objects checked, 1 object of other kinds skipped, 1 error, 0 warnings",
    ],
  },
  {
    name: "unknown fields of a resource are errors, as kubectl would refuse them",
    args: ["pool.yaml"],
    files: {
      "pool.yaml": `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: lan, namespace: metallb-system }
spec:
  addresses: [192.168.0.0/24]
  auto-assign: false
`,
    },
    code: 1,
    stdout: [
      'pool.yaml:3:19: warning: No L2Advertisement selects pool "lan": its addresses are assigned ' +
      "but not announced",
      'pool.yaml:6:3: error: Cannot use key "auto-assign" of pool "lan": not known, did you mean ' +
      '"autoAssign"',
      "1 object checked, 1 error, 1 warning",
    ],
  },
  {
    name: "kinds and namespaces without effect",
    args: ["--namespace", "lb", "objects.yaml"],
    files: {
      "objects.yaml": `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: lan, namespace: metallb-system }
---
apiVersion: metallb.io/v1beta2
kind: BGPPeer
metadata: { name: router }
spec: { myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.1 }
---
apiVersion: metallb.io/v1beta1
kind: IPAdressPool
---
apiVersion: metallb.io/v1alpha1
kind: IPAddressPool
metadata: { name: old }
`,
    },
    code: 1,
    stdout: [
      'objects.yaml:3:35: warning: IPAddressPool has no effect in namespace "metallb-system": need "lb"',
      "objects.yaml:7:19: warning: Not honoured yet: BGP is not spoken, so this has no effect",
      'objects.yaml:11:7: error: Cannot read kind "IPAdressPool": not known, did you mean "IPAddressPool"',
      'objects.yaml:13:13: error: Cannot read IPAddressPool: need apiVersion "metallb.io/v1beta1", ' +
      'have "metallb.io/v1alpha1"',
      "2 objects checked, 2 errors, 2 warnings",
    ],
  },
  {
    name: "an object twice",
    args: ["twice.yaml"],
    files: {
      "twice.yaml": `apiVersion: v1
kind: List
items:
- { apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: { name: all } }
- { apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: { name: all } }
`,
    },
    code: 1,
    stdout: [
      'twice.yaml:5:78: error: Cannot use L2Advertisement "all" twice: it stands in line 4 already',
      "1 object checked, 1 error, 0 warnings",
    ],
  },
  {
    name: "a document that is nothing we know, and a broken one",
    args: ["mixed.yaml"],
    files: { "mixed.yaml": "hello: world\n---\n- 1\n---\na: [\n" },
    code: 1,
    stdout: [
      'mixed.yaml:1:1: error: Cannot tell what this is: need an object with "apiVersion" and ' +
      '"kind", or a configuration with "address-pools"',
      'mixed.yaml:3:1: error: Cannot tell what this is: need an object with "apiVersion" and ' +
      '"kind", or a configuration with "address-pools"',
      "mixed.yaml:6:1: error: Cannot read YAML: need a closing ], have none",
      "0 objects checked, 3 errors, 0 warnings",
    ],
  },
  {
    name: "requests of Services",
    args: ["config.yaml", "-"],
    files: {
      "config.yaml": POOLS,
      "-": `apiVersion: v1
kind: Service
metadata:
  name: fine
  annotations: { metallb.io/address-pool: lan, metallb.io/loadBalancerIPs: 192.168.0.201 }
spec: { type: LoadBalancer }
---
apiVersion: v1
kind: Service
metadata: { name: internal, annotations: { metallb.io/address-pool: none } }
spec: { type: ClusterIP }
---
apiVersion: v1
kind: Service
metadata:
  name: whoami
  namespace: web
  annotations: { metallb.universe.tf/address-pool: lann }
spec: { type: LoadBalancer, loadBalancerIP: 10.0.0.1 }
`,
    },
    code: 1,
    stdout: [
      'stdin:18:52: error: Service web/whoami cannot get an address: no pool has the name "lann"; ' +
      'did you mean "lan"',
      "stdin:19:45: error: Service web/whoami cannot get an address: no pool has the requested " +
      "address 10.0.0.1",
      "4 objects checked, 2 errors, 0 warnings",
    ],
  },
  {
    name: "excluded interfaces, as a file and in MetalLB's ConfigMap",
    args: ["excludel2.yaml", "map.yaml"],
    files: {
      "excludel2.yaml": "announcedInterfacesToExclude: [^docker, 'eth(']\n",
      "map.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { namespace: metallb-system, name: metallb-excludel2 }
data:
  excludel2.yaml: |
    announcedInterfacesToExclude:
    - ^docker.*
    - "[a"
`,
    },
    code: 1,
    stdout: [
      'excludel2.yaml:1:41: error: Cannot use pattern "eth(": need a regular expression, have a fault: ' +
      "Unterminated group",
      'map.yaml:8:7: error: Cannot use pattern "[a": need a regular expression, have a fault: ' +
      "Unterminated character class",
      "2 objects checked, 2 errors, 0 warnings",
    ],
  },
  {
    name: "a Service that no advertisement is for",
    args: ["all.yaml"],
    files: {
      "all.yaml": `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { namespace: metallb-system, name: lan }
spec: { addresses: [192.168.0.200-192.168.0.250] }
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { namespace: metallb-system, name: web }
spec: { serviceSelectors: [{ matchLabels: { app: web } }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, labels: { app: web } }
spec: { type: LoadBalancer }
---
apiVersion: v1
kind: Service
metadata: { name: mail, labels: { app: mail } }
spec: { type: LoadBalancer, loadBalancerIP: 192.168.0.201 }
`,
    },
    code: 0,
    stdout: [
      "all.yaml:18:19: warning: Service mail gets an address that is not announced: its labels " +
      'match no "serviceSelectors" of L2Advertisement "web"',
      "4 objects checked, 0 errors, 1 warning",
    ],
  },
  {
    name: "no file",
    args: [],
    code: 2,
    stderr: ["lanlord check: Need a FILE to check, or - for standard input"],
  },
  {
    name: "a file that is not there",
    args: ["config.yaml", "gone.yaml"],
    files: { "config.yaml": POOLS },
    code: 2,
    stderr: ["lanlord check: Cannot read gone.yaml: there is no such file"],
  },
  {
    name: "a program in place of a configuration",
    args: ["lanlord"],
    files: { lanlord: "\x7fELF\0\0" },
    code: 2,
    stderr: ["lanlord check: Cannot read lanlord: it is no text"],
  },
  {
    name: "an unknown flag",
    args: ["--namspace", "lb", "config.yaml"],
    code: 2,
    stderr: ['lanlord check: Unknown flag "--namspace": did you mean --namespace?'],
  },
];

Deno.test("check says what is wrong, where, and in its exit code", async (t) => {
  for (const row of ROWS) {
    await t.step(row.name, async () => {
      const stdout: string[] = [];
      const stderr: string[] = [];
      const code = await check(row.args, ioTo(stdout, stderr), (file) => {
        const text = row.files?.[file];
        return text === undefined
          ? Promise.reject(new Deno.errors.NotFound())
          : Promise.resolve(text);
      });
      assert.deepEqual({ stdout, stderr, code }, {
        stdout: row.stdout ?? [],
        stderr: row.stderr ?? [],
        code: row.code,
      });
    });
  }
});

Deno.test("check accepts every example of the page about configuration", async () => {
  const page = await Deno.readTextFile(new URL("../docs/configuration.md", import.meta.url));
  const examples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = ""]) => text);
  assert.ok(examples.length >= 2);
  for (const text of examples) {
    const stdout: string[] = [];
    const code = await check(["-"], ioTo(stdout, []), () => Promise.resolve(text));
    assert.match(stdout.join("\n"), /^\d objects? checked, 0 errors, 0 warnings$/);
    assert.equal(code, 0);
  }
});

function ioTo(stdout: string[], stderr: string[]): Io {
  return {
    stdout: (line) => stdout.push(line),
    stderr: (line) => stderr.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "test",
    signal: new AbortController().signal,
  };
}

Deno.test("check says of a folder how to name its files", async () => {
  const stderr: string[] = [];
  const readText = (): Promise<never> =>
    Promise.reject(new Deno.errors.IsADirectory("Is a directory"));
  assert.equal(await check(["gitops/"], ioTo([], stderr), readText), 2);
  assert.deepEqual(stderr, [
    "lanlord check: Cannot read gitops/: it is a folder; name its files, as in gitops/*.yaml",
  ]);
});
