import assert from "node:assert/strict";
import { objectAt, stringAt } from "../kube/json.ts";
import { parseMeta } from "../kube/resources.ts";
import type { Json } from "../kube/types.ts";
import { convert, type Converted } from "./convert.ts";
import { readObjects } from "./objects.ts";

interface Row {
  readonly name: string;
  readonly config: string;
  /** Kind, name and spec of each object. */
  readonly want: readonly (readonly [kind: string, name: string, spec: Json])[];
  readonly notes?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "a layer2 pool",
    config: `address-pools:
- name: lan
  protocol: layer2
  addresses: [192.168.0.200 - 192.168.0.250, 192.168.1.7/24]
  auto-assign: false
  avoid-buggy-ips: true
`,
    want: [
      ["IPAddressPool", "lan", {
        addresses: ["192.168.0.200 - 192.168.0.250", "192.168.1.7/24"],
        autoAssign: false,
        avoidBuggyIPs: true,
      }],
      ["L2Advertisement", "lan", { ipAddressPools: ["lan"] }],
    ],
  },
  {
    name: "names that no object can have",
    config: `address-pools:
- { name: My_Pool, protocol: layer2, addresses: [10.0.0.0/24] }
- { name: my-pool, protocol: layer2, addresses: [10.0.1.0/24] }
- { name: 5, protocol: layer2, addresses: [10.0.2.0/24] }
`,
    want: [
      ["IPAddressPool", "my-pool-2", { addresses: ["10.0.0.0/24"] }],
      ["IPAddressPool", "my-pool", { addresses: ["10.0.1.0/24"] }],
      ["IPAddressPool", "5", { addresses: ["10.0.2.0/24"] }],
      ["L2Advertisement", "my-pool-2", { ipAddressPools: ["my-pool-2"] }],
      ["L2Advertisement", "my-pool", { ipAddressPools: ["my-pool"] }],
      ["L2Advertisement", "5", { ipAddressPools: ["5"] }],
    ],
    notes: ['changed: Pool "My_Pool" is named "my-pool-2" now: no object can have its name'],
  },
  {
    name: "a bgp pool announces with the defaults unless it says otherwise",
    config: `address-pools:
- { name: a, protocol: bgp, addresses: [10.0.0.0/24] }
- name: b
  protocol: bgp
  addresses: [10.0.1.0/24, 2001:db8::/64]
  bgp-advertisements:
  - null
  - aggregation-length: 30
    aggregation-length-v6: 80
    localpref: 100
    communities: [no-export, 64512:100]
bgp-communities:
  no-export: 65535:65281
  local: 64512:1
`,
    want: [
      ["IPAddressPool", "a", { addresses: ["10.0.0.0/24"] }],
      ["IPAddressPool", "b", { addresses: ["10.0.1.0/24", "2001:db8::/64"] }],
      ["Community", "communities", {
        communities: [
          { name: "local", value: "64512:1" },
          { name: "no-export", value: "65535:65281" },
        ],
      }],
      ["BGPAdvertisement", "bgpadvertisement1", { ipAddressPools: ["a"] }],
      ["BGPAdvertisement", "bgpadvertisement2", { ipAddressPools: ["b"] }],
      ["BGPAdvertisement", "bgpadvertisement3", {
        ipAddressPools: ["b"],
        aggregationLength: 30,
        aggregationLengthV6: 80,
        localPref: 100,
        communities: ["no-export", "64512:100"],
      }],
    ],
  },
  {
    name: "peers and BFD profiles",
    config: `peers:
- { my-asn: 64512, peer-asn: 64513, peer-address: 10.0.0.1 }
- my-asn: 64512
  peer-asn: 64514
  peer-address: 2001:db8::1
  peer-port: 1179
  hold-time: 1m30.5s
  keepalive-time: 10s
  router-id: 10.0.0.9
  source-address: 10.0.0.9
  password: "12345"
  bfd-profile: Full_One
  ebgp-multihop: true
  node-selectors:
  - match-labels: { rack: a1 }
    match-expressions: [{ key: role, operator: NotIn, values: [edge] }]
  - match-expressions: [{ key: bgp, operator: Exists }]
- { my-asn: 1, peer-asn: 2, peer-address: 10.0.0.2, peer-port: 20000, hold-time: 0 }
bfd-profiles:
- name: Full_One
  receive-interval: 300
  transmit-interval: 270
  detect-multiplier: 4
  echo-interval: 50
  echo-mode: true
  passive-mode: false
  minimum-ttl: 254
`,
    want: [
      ["BFDProfile", "full-one", {
        receiveInterval: 300,
        transmitInterval: 270,
        detectMultiplier: 4,
        echoInterval: 50,
        echoMode: true,
        passiveMode: false,
        minimumTtl: 254,
      }],
      ["BGPPeer", "peer1", {
        myASN: 64512,
        peerASN: 64513,
        peerAddress: "10.0.0.1",
        holdTime: "90s",
      }],
      ["BGPPeer", "peer2", {
        myASN: 64512,
        peerASN: 64514,
        peerAddress: "2001:db8::1",
        peerPort: 1179,
        sourceAddress: "10.0.0.9",
        holdTime: "90s",
        keepaliveTime: "10s",
        routerID: "10.0.0.9",
        nodeSelectors: [
          {
            matchLabels: { rack: "a1" },
            matchExpressions: [{ key: "role", operator: "NotIn", values: ["edge"] }],
          },
          { matchExpressions: [{ key: "bgp", operator: "Exists" }] },
        ],
        password: "12345",
        bfdProfile: "full-one",
        ebgpMultiHop: true,
      }],
    ],
    notes: [
      "lost: Peer 10.0.0.2 is left out: a BGPPeer takes a port up to 16384, and it has 20000; let " +
      "the router listen on another",
    ],
  },
];

Deno.test("convert() says a ConfigMap of MetalLB in custom resources", async (t) => {
  for (const { name, config, want, notes = [] } of ROWS) {
    await t.step(name, () => {
      const { objects, notes: found } = converted(config);
      const read = objects.map((object) => [
        stringAt(object, "kind"),
        parseMeta(object).name,
        objectAt(object, "spec"),
      ]);
      assert.deepEqual(read, want);
      assert.deepEqual(found.map(({ kind, message }) => `${kind}: ${message}`), notes);
    });
  }
});

const CLASH = `address-pools:
- name: a
  protocol: bgp
  addresses: [10.0.0.0/24]
  bgp-advertisements: [{ localpref: 1, communities: ["a b", c] }, { localpref: 2 }]
bgp-communities: { "a b": "1:2", c: "3:4" }
peers:
- { my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1 }
- { my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1 }
`;

Deno.test("convert() tells what a ConfigMap may say, and custom resources may not", () => {
  const { objects, notes } = converted(CLASH);
  const communities = objects.flatMap((each) => objectAt(each, "spec")["communities"] ?? []);
  assert.deepEqual(communities, [{ name: "c", value: "3:4" }, "1:2", "c"]);
  assert.deepEqual(notes.map(({ kind }) => kind), ["lost", "lost"]);
  const told = notes.map(({ message }) => message).join("\n");
  assert.match(told, /BGPPeer "peer2" has no effect: a session of the same nodes/);
  assert.match(told, /BGPAdvertisement "bgpadvertisement2" has no effect on pool "a"/);
});

Deno.test("convert() keeps namespace and labels, but none by which others know their own", () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata:
  name: anything
  namespace: lb
  labels: { team: net, app.kubernetes.io/managed-by: Helm, argocd.argoproj.io/instance: x }
data:
  config: |
    address-pools: [{ name: lan, protocol: layer2, addresses: [10.0.0.0/24] }]
`;
  for (const namespace of [undefined, "other"]) {
    const conversion = convert([readObjects("f", text)], { ...namespace && { namespace } });
    assert.equal(conversion.kind, "converted");
    for (const object of conversion.objects) {
      const { namespace: found, labels } = parseMeta(object);
      assert.deepEqual([found, labels], [namespace ?? "lb", { team: "net" }]);
    }
  }
});

function converted(text: string): Converted {
  const conversion = convert([readObjects("config.yaml", text)], {});
  if (conversion.kind === "converted") return conversion;
  throw new Error(JSON.stringify(conversion));
}
