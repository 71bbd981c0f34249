import { deepEqual, equal, ok } from "node:assert/strict";
import type { Json } from "../kube/types.ts";
import { assemble } from "./assemble.ts";
import { formatCommunity } from "./community.ts";
import type { Bgp, Config } from "./config.ts";
import { formatProblem } from "./problem.ts";
import { inputOf, type Objects, resource } from "./testing.ts";

const A = resource("a", { addresses: ["10.0.1.0/24"] });
const B = resource("b", { addresses: ["10.0.2.0-10.0.2.9", "2001:db8::/64"] }, { zone: "dmz" });
const PEER = { myASN: 64500, peerASN: 64501, peerAddress: "10.0.0.1" };
const NOT_SPOKEN = /^\S+ \S+: Not honoured yet: /;
const UNANNOUNCED = /: No L2Advertisement selects pool /;

const peer = (name: string, spec: Readonly<Record<string, Json>> = {}) =>
  resource(name, { ...PEER, ...spec });

interface Row {
  readonly name: string;
  readonly objects: Objects;
  /** `peers | advertisement: pools -> peers`. */
  readonly want: string;
  /** Besides that BGP is not spoken, and that no L2Advertisement selects a pool. */
  readonly warnings?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "an advertisement of everything to everyone",
    objects: { pools: [A, B], bgpPeers: [peer("p")], bgpAdvertisements: [resource("ad", {})] },
    want: "p | ad: a b -> all",
  },
  {
    name: "by pool, label and peer",
    objects: {
      pools: [A, B],
      bgpPeers: [peer("p"), peer("q", { peerAddress: "10.0.0.2" })],
      bgpAdvertisements: [
        resource("ad", {
          ipAddressPoolSelectors: [{ matchLabels: { zone: "dmz" } }],
          peers: ["q"],
        }),
      ],
    },
    want: "p q | ad: b -> q",
  },
  {
    name: "a pool that is not there",
    objects: {
      pools: [A],
      bgpPeers: [peer("p")],
      bgpAdvertisements: [resource("ad", { ipAddressPools: ["a", "z"] })],
    },
    want: "p | ad: a -> all",
    warnings: [
      "BGPAdvertisement metallb-system/ad: spec.ipAddressPools[1]: " +
      'BGPAdvertisement "ad" has no effect on pool "z": no pool has that name',
    ],
  },
  {
    name: "a peer that is not there: to nobody, rather than to all",
    objects: {
      pools: [A],
      bgpPeers: [peer("p")],
      bgpAdvertisements: [resource("ad", { peers: ["z"] })],
    },
    want: "p | ad: a -> ",
    warnings: [
      "BGPAdvertisement metallb-system/ad: spec.peers[0]: " +
      'BGPAdvertisement "ad" has no effect on peer "z": no BGPPeer that can be used has that name',
    ],
  },
  {
    name: "a BFD profile that is not there",
    objects: {
      bgpPeers: [peer("p", { bfdProfile: "fast" }), peer("q", { bfdProfile: "slow" })],
      bfdProfiles: [resource("slow", {})],
    },
    want: "q | ",
    warnings: [
      'BGPPeer metallb-system/p: BGPPeer "p" has no effect: no BFDProfile that can be used has ' +
      'the name "fast"',
    ],
  },
  {
    name: "a community that nobody defines",
    objects: {
      pools: [A],
      bgpPeers: [peer("p")],
      bgpAdvertisements: [resource("ad", { communities: ["65535:65281", "vpn"] })],
    },
    want: "p | ",
    warnings: [
      "BGPAdvertisement metallb-system/ad: spec.communities[1]: " +
      'BGPAdvertisement "ad" has no effect: no Community that can be used defines "vpn"',
    ],
  },
  {
    name: "a community defined twice",
    objects: {
      pools: [A],
      bgpPeers: [peer("p")],
      communities: [
        resource("x", { communities: [{ name: "vpn", value: "1:1" }] }),
        resource("y", { communities: [{ name: "vpn", value: "1:2" }] }),
      ],
      bgpAdvertisements: [resource("ad", { communities: ["vpn", "large:1:2:3", "0:5"] })],
    },
    want: "p | ad: a -> all large:1:2:3 0:5 1:1",
    warnings: [
      'Community metallb-system/y: spec.communities[0].value: A duplicate definition of community "vpn" ' +
      "has no effect: it is defined in Community metallb-system/x already",
    ],
  },
  {
    name: "two sessions of the same nodes with one router",
    objects: {
      bgpPeers: [
        peer("p"),
        peer("q", { nodeSelectors: [{ matchLabels: { rack: "a" } }] }),
        peer("r", { peerPort: 1179 }),
        peer("s", { vrf: "red" }),
      ],
    },
    want: "p r s | ",
    warnings: [
      'BGPPeer metallb-system/q: BGPPeer "q" has no effect: a session of the same nodes with ' +
      "10.0.0.1 port 179 already exists, by BGPPeer metallb-system/p",
    ],
  },
  {
    name: "two sessions of different nodes with one router",
    objects: {
      bgpPeers: [
        peer("p", { nodeSelectors: [{ matchLabels: { rack: "a" } }] }),
        peer("q", { nodeSelectors: [{ matchLabels: { rack: "b" } }] }),
      ],
    },
    want: "p q | ",
  },
  {
    name: "an aggregate that is more than the pool",
    objects: {
      pools: [A, B],
      bgpPeers: [peer("p")],
      bgpAdvertisements: [resource("ad", { aggregationLength: 26, aggregationLengthV6: 32 })],
    },
    want: "p | ad: a -> all",
    warnings: [
      'BGPAdvertisement metallb-system/ad: spec.aggregationLength: BGPAdvertisement "ad" has no ' +
      'effect on pool "b": need an aggregation length of at least 29 for addresses ' +
      '"10.0.2.0-10.0.2.9", have 26',
      'BGPAdvertisement metallb-system/ad: spec.aggregationLengthV6: BGPAdvertisement "ad" has no ' +
      'effect on pool "b": need an aggregation length of at least 64 for addresses ' +
      '"2001:db8::/64", have 32',
    ],
  },
  {
    name: "two preferences for the same routes",
    objects: {
      pools: [A, B],
      bgpPeers: [peer("p"), peer("q", { peerAddress: "10.0.0.2" })],
      bgpAdvertisements: [
        resource("a1", { localPref: 100, ipAddressPools: ["a"] }),
        resource("a2", { localPref: 200, peers: ["q"] }),
      ],
    },
    want: "p q | a1: a -> all | a2: b -> q",
    warnings: [
      'BGPAdvertisement metallb-system/a2: BGPAdvertisement "a2" has no effect on pool "a": its ' +
      'localPref 200 is for the same routes as 100 of BGPAdvertisement "a1"',
    ],
  },
  {
    name: "two preferences that do not meet",
    objects: {
      pools: [A],
      bgpPeers: [peer("p"), peer("q", { peerAddress: "10.0.0.2" })],
      bgpAdvertisements: [
        resource("aggregated", { localPref: 1, aggregationLength: 24 }),
        resource("other-peer", { localPref: 2, peers: ["p"] }),
        resource("peer", { localPref: 3, peers: ["q"] }),
        resource("some-services", { localPref: 4, serviceSelectors: [{}] }),
      ],
    },
    want:
      "p q | aggregated: a -> all | other-peer: a -> p | peer: a -> q | some-services: a -> all",
  },
];

Deno.test("what BGP objects name must be there, and no two may clash", async (t) => {
  for (const { name, objects, want, warnings = [] } of ROWS) {
    await t.step(name, () => {
      const { config, problems } = assemble(inputOf(objects));
      ok(problems.every(({ severity }) => severity === "warning"));
      equal(config && describe(config), want);
      const told = problems.map(formatProblem);
      deepEqual(told.filter((text) => !NOT_SPOKEN.test(text) && !UNANNOUNCED.test(text)), warnings);
      equal(told.filter((text) => text.includes("BGP is not spoken, so ")).length, 1);
    });
  }
});

Deno.test("a pool that only a BGPAdvertisement selects is told to be without effect yet", () => {
  const { problems } = assemble(inputOf({ pools: [A], bgpAdvertisements: [resource("ad", {})] }));
  deepEqual(problems.map(formatProblem), [
    "BGPAdvertisement metallb-system/ad: Not honoured yet: BGP is not spoken, so this has no effect",
    'IPAddressPool metallb-system/a: Not honoured yet: addresses of pool "a" are assigned but not ' +
    "announced, because BGP is not spoken",
  ]);
});

const CONFIG_MAP = `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  peer-port: 1179
  hold-time: 120s
  keepalive-time: 30s
  router-id: 10.10.10.10
  source-address: 10.0.0.2
  password: secret
  bfd-profile: fast
  ebgp-multihop: true
  node-selectors:
  - match-labels: { rack: frontend }
    match-expressions:
    - { key: speed, operator: NotIn, values: [slow] }
- { peer-address: "2001:db8::1", peer-asn: 64500, my-asn: 64500 }
bgp-communities: { vpn-only: "1234:1" }
bfd-profiles:
- { name: fast, receive-interval: 100, transmit-interval: 110, detect-multiplier: 4, echo-interval: 60,
    echo-mode: true, passive-mode: true, minimum-ttl: 253 }
- { name: slow }
address-pools:
- name: one
  protocol: bgp
  addresses: [42.176.25.0/24, "2001:db8:1::/64"]
  bgp-advertisements:
  - { aggregation-length: 24, aggregation-length-v6: 64, localpref: 100, communities: [vpn-only, "64512:7"] }
  -
- { name: two, protocol: bgp, addresses: [10.0.0.150-10.0.0.200] }
`;

const OBJECTS: Objects = {
  pools: [
    resource("one", { addresses: ["42.176.25.0/24", "2001:db8:1::/64"] }),
    resource("two", { addresses: ["10.0.0.150-10.0.0.200"] }),
  ],
  bgpPeers: [
    resource("peer1", {
      peerAddress: "10.0.0.1",
      peerASN: 64501,
      myASN: 64500,
      peerPort: 1179,
      holdTime: "2m",
      keepaliveTime: "30s",
      routerID: "10.10.10.10",
      sourceAddress: "10.0.0.2",
      password: "secret",
      bfdProfile: "fast",
      ebgpMultiHop: true,
      nodeSelectors: [{
        matchLabels: { rack: "frontend" },
        matchExpressions: [{ key: "speed", operator: "NotIn", values: ["slow"] }],
      }],
    }),
    resource("peer2", { peerAddress: "2001:db8::1", peerASN: 64500, myASN: 64500, peerPort: 179 }),
  ],
  communities: [resource("communities", { communities: [{ name: "vpn-only", value: "1234:1" }] })],
  bfdProfiles: [
    resource("fast", {
      receiveInterval: 100,
      transmitInterval: 110,
      detectMultiplier: 4,
      echoInterval: 60,
      echoMode: true,
      passiveMode: true,
      minimumTtl: 253,
    }),
    resource("slow", {}),
  ],
  bgpAdvertisements: [
    resource("bgpadvertisement1", {
      ipAddressPools: ["one"],
      aggregationLength: 24,
      aggregationLengthV6: 64,
      localPref: 100,
      communities: ["64512:7", "vpn-only"],
    }),
    resource("bgpadvertisement2", { ipAddressPools: ["one"] }),
    resource("bgpadvertisement3", { ipAddressPools: ["two"] }),
  ],
};

Deno.test("a ConfigMap and custom resources that say the same are the same value", () => {
  const fromMap = assemble(inputOf({ configMap: CONFIG_MAP })).config?.bgp;
  const fromObjects = assemble(inputOf(OBJECTS)).config?.bgp;
  ok(fromMap !== undefined && fromObjects !== undefined);
  equal(fromMap.peers.length, 2);
  equal(fromMap.advertisements.length, 3);
  deepEqual(withoutSources(fromMap), withoutSources(fromObjects));
});

Deno.test("a configuration without BGP has none", () => {
  equal(assemble(inputOf({ pools: [A], communities: [resource("c", {})] })).config?.bgp, undefined);
});

function withoutSources({ peers, advertisements, bfdProfiles }: Bgp): unknown {
  const strip = <T extends { readonly source: unknown }>(
    { source: _source, ...rest }: T,
  ): unknown => rest;
  return [peers.map(strip), advertisements.map(strip), bfdProfiles.map(strip)];
}

function describe({ bgp }: Config): string {
  const ads = bgp?.advertisements.map(({ name, pools, peers, communities }) => {
    const to = peers === undefined ? "all" : peers.join(" ");
    const tags = communities.map((each) => ` ${formatCommunity(each)}`).join("");
    return `${name}: ${pools.join(" ")} -> ${to}${tags}`;
  });
  return `${bgp?.peers.map(({ name }) => name).join(" ")} | ${ads?.join(" | ")}`;
}
