import assert from "node:assert/strict";
import { formatRange } from "../ip/range.ts";
import { assemble } from "./assemble.ts";
import { parseConfigMap } from "./configmap.ts";
import type { Pool } from "./config.ts";
import { CONFIG_MAP, inputOf } from "./testing.ts";

interface Row {
  readonly name: string;
  readonly text: string;
  /** Each pool as `name: ranges`, then what is not the default. */
  readonly pools: readonly string[];
  /** Names of the pools that are announced by ARP and NDP. */
  readonly layer2?: readonly string[];
  /** `line:column: message` */
  readonly warnings?: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: "nothing", text: "", pools: [] },
  { name: "comments", text: "# later\n", pools: [] },
  { name: "empty sections", text: "address-pools:\npeers: []\nbgp-communities: {}\n", pools: [] },
  {
    name: "MetalLB's layer 2 example",
    text: `address-pools:
- name: my-ip-space
  protocol: layer2
  addresses:
  - 192.168.1.240/28
`,
    pools: ["my-ip-space: 192.168.1.240-192.168.1.255"],
    layer2: ["my-ip-space"],
  },
  {
    name: "every key of a pool",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 192.168.0.200-192.168.0.250
  - 192.168.0.10 - 192.168.0.12
  - 192.168.0.7-192.168.0.7
  - 2001:DB8::/120
  auto-assign: false
  avoid-buggy-ips: true
`,
    pools: [
      "lan: 192.168.0.200-192.168.0.250 192.168.0.10-192.168.0.12 192.168.0.7 " +
      "2001:db8::-2001:db8::ff; no auto-assign; avoids buggy IPs",
    ],
    layer2: ["lan"],
  },
  {
    name: "pools come in order of name, addresses in order of writing",
    text: `address-pools:
- { name: b, protocol: layer2, addresses: [10.0.0.8/30, 10.0.0.0/30] }
- { name: a, protocol: layer2, addresses: [10.0.1.0/32] }
`,
    pools: ["a: 10.0.1.0", "b: 10.0.0.8-10.0.0.11 10.0.0.0-10.0.0.3"],
    layer2: ["a", "b"],
  },
  {
    name: "scalars that are no texts, where Go's reader takes them for one",
    text: `address-pools:
- { name: 5, protocol: layer2, addresses: [10.0.0.0/32] }
- { name: yes, protocol: layer2, addresses: [10.0.0.1/32], auto-assign: no }
- { name: 010, protocol: layer2, addresses: [10.0.0.2/32] }
`,
    pools: ["010: 10.0.0.2", "5: 10.0.0.0", "yes: 10.0.0.1; no auto-assign"],
    layer2: ["010", "5", "yes"],
  },
  {
    name: "anchors and merge keys",
    text: `address-pools:
- &base
  name: a
  protocol: layer2
  addresses: [10.0.0.0/32]
  auto-assign: false
- <<: *base
  name: b
  addresses: [10.0.0.1/32]
`,
    pools: ["a: 10.0.0.0; no auto-assign", "b: 10.0.0.1; no auto-assign"],
    layer2: ["a", "b"],
  },
  {
    name: "JSON",
    text: '{"address-pools":[{"name":"a","protocol":"layer2","addresses":["10.0.0.0/32"]}]}',
    pools: ["a: 10.0.0.0"],
    layer2: ["a"],
  },
  {
    name: "large pools",
    text: `address-pools:
- { name: a, protocol: layer2, addresses: [10.0.0.0/8, "fd00::/8"] }
`,
    pools: ["a: 10.0.0.0-10.255.255.255 fd00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    layer2: ["a"],
  },
  {
    name: "host bits, which are masked off",
    text: "address-pools:\n- { name: a, protocol: layer2, addresses: [10.20.30.40/24] }\n",
    pools: ["a: 10.20.30.0-10.20.30.255"],
    layer2: ["a"],
    warnings: [
      '2:44: Addresses "10.20.30.40/24" mean all of 10.20.30.0/24 (10.20.30.0-10.20.30.255); ' +
      'write it so if that is meant (pool "a")',
    ],
  },
  {
    name: "link-local addresses",
    text: "address-pools:\n- { name: a, protocol: layer2, addresses: [169.254.7.0/24] }\n",
    pools: ["a: 169.254.7.0-169.254.7.255"],
    layer2: ["a"],
    warnings: [
      '2:44: Addresses "169.254.7.0/24" are link-local: no router forwards to them (pool "a")',
    ],
  },
  {
    name: "a second document",
    text: "address-pools: []\n---\naddress-pools: []\n",
    pools: [],
    warnings: ["3:1: Only the first YAML document is read: what follows has no effect"],
  },
  {
    name: "everything about BGP, up to v0.12",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 4200000000
  peer-port: 1179
  hold-time: 120s
  keepalive-time: 30s
  router-id: 10.10.10.10
  source-address: 10.0.0.2
  password: 12345
  bfd-profile: fast
  ebgp-multihop: true
  node-selectors:
  - match-labels: { rack: frontend }
    match-expressions:
    - { key: network-speed, operator: NotIn, values: [slow] }
- { peer-address: "2001:db8::1", peer-asn: 64500, my-asn: 64500, hold-time: 0s }
bgp-communities:
  vpn-only: 1234:1
  no-export: 65535:65281
bfd-profiles:
- { name: fast, receive-interval: 100, transmit-interval: 100, detect-multiplier: 3,
    echo-interval: 50, echo-mode: true, passive-mode: false, minimum-ttl: 254 }
address-pools:
- name: production
  protocol: bgp
  addresses: [42.176.25.64/30, "2001:db8:1::/64"]
  bgp-advertisements:
  - { aggregation-length: 30, aggregation-length-v6: 64, localpref: 100, communities: [vpn-only, "64512:7"] }
  -
- { name: ranges, protocol: bgp, addresses: [10.0.0.150-10.0.0.200], bgp-advertisements: [{ aggregation-length: 27 }] }
`,
    pools: [
      "production: 42.176.25.64-42.176.25.67 2001:db8:1::-2001:db8:1:0:ffff:ffff:ffff:ffff",
      "ranges: 10.0.0.150-10.0.0.200",
    ],
    warnings: [
      '1:1: Not honoured yet: "peers" is checked, but BGP is not spoken',
      '18:1: Not honoured yet: "bgp-communities" is checked, but BGP is not spoken',
      '21:1: Not honoured yet: "bfd-profiles" is checked, but BGP is not spoken',
      '26:13: Not honoured yet: addresses of pool "production" are assigned but not announced, ' +
      "because BGP is not spoken",
      '31:29: Not honoured yet: addresses of pool "ranges" are assigned but not announced, ' +
      "because BGP is not spoken",
    ],
  },
];

Deno.test("a ConfigMap of v0.8.3 to v0.12 gives the pools it says", async (t) => {
  for (const { name, text, pools, layer2 = [], warnings = [] } of ROWS) {
    await t.step(name, () => {
      const { config, problems } = assemble(inputOf({ configMap: text }));
      const found = problems.map((p) => `${p.line}:${p.column}: ${p.message}`);
      assert.deepEqual(found, warnings);
      assert.deepEqual(config?.pools.map(describe), pools);
      assert.deepEqual(config?.l2Advertisements.map(({ pools }) => pools), layer2.map((l) => [l]));
      for (const ad of config?.l2Advertisements ?? []) {
        assert.deepEqual([ad.nodeSelectors, ad.interfaces], [[], []]);
      }
    });
  }
});

Deno.test("parseConfigMap() reports places in the file that holds the text", () => {
  const { problems } = parseConfigMap("address-pools:\n- {}\n", CONFIG_MAP, ({ line, column }) => ({
    line: line + 100,
    column: column + 4,
  }));
  assert.deepEqual([problems[0]?.line, problems[0]?.column], [102, 7]);
});

function describe(pool: Pool): string {
  assert.deepEqual(pool.labels, {});
  assert.equal(pool.source, CONFIG_MAP);
  const notes = [
    ...pool.autoAssign ? [] : ["; no auto-assign"],
    ...pool.avoidBuggyIPs ? ["; avoids buggy IPs"] : [],
  ];
  return `${pool.name}: ${pool.ranges.map(formatRange).join(" ")}${notes.join("")}`;
}
