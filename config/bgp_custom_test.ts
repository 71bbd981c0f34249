import { deepEqual, equal } from "node:assert/strict";
import type { CustomResource, Json } from "../kube/types.ts";
import {
  parseBfdProfile,
  parseBgpAdvertisement,
  parseBgpPeer,
  parseCommunityObject,
  readBgpPeer,
} from "./bgp_custom.ts";
import type { Parsed } from "./draft.ts";
import { Reader } from "./reader.ts";
import { METALLB_V1BETA1 } from "./custom.ts";
import { resource } from "./testing.ts";
import { treeOfJson } from "./tree.ts";

type Spec = Readonly<Record<string, Json>>;

interface Row {
  readonly name: string;
  readonly spec: Spec;
  /** Each as `path: message`. */
  readonly warnings: readonly string[];
}

const PEER: Spec = { myASN: 64500, peerASN: 64501, peerAddress: "10.0.0.1" };
const { peerASN: _asn, ...NO_ASN } = PEER;
const { peerAddress: _address, ...NO_ADDRESS } = PEER;

const GOOD_PEERS: readonly Row[] = [
  { name: "the least", spec: PEER, warnings: [] },
  {
    name: "everything",
    spec: {
      ...NO_ASN,
      dynamicASN: "external",
      localASN: 4_294_967_295,
      sourceAddress: "10.0.0.2",
      peerPort: 1179,
      holdTime: "1m30s",
      keepaliveTime: "30s",
      connectTime: "10s",
      routerID: "10.0.0.3",
      nodeSelectors: [{ matchLabels: { rack: "a" } }],
      passwordSecret: { name: "key", namespace: "elsewhere" },
      bfdProfile: "fast",
      enableGracefulRestart: true,
      ebgpMultiHop: true,
      vrf: "red",
      disableMP: false,
      dualStackAddressFamily: true,
    },
    warnings: [],
  },
  { name: "unnumbered", spec: { ...NO_ADDRESS, interface: "eth0" }, warnings: [] },
  {
    name: "empty texts are none",
    spec: { ...PEER, interface: "", routerID: "", sourceAddress: "", password: "", vrf: "" },
    warnings: [],
  },
  {
    name: "a router ID of IPv6",
    spec: { ...PEER, routerID: "2001:db8::1" },
    warnings: [
      'spec.routerID: No effect of "routerID" of BGPPeer "p": need an IPv4 address, have IPv6',
    ],
  },
];

const BAD_PEERS: readonly Row[] = [
  {
    name: "nothing",
    spec: {},
    warnings: [
      'spec: Cannot use BGPPeer "p": need "myASN" from 1 to 4294967295, have none',
      'spec: Cannot use BGPPeer "p": need "peerASN" from 1 to 4294967295 or "dynamicASN", have none',
      'spec: Cannot use BGPPeer "p": need "peerAddress" or "interface", have none',
    ],
  },
  {
    name: "both ASNs",
    spec: { ...PEER, dynamicASN: "internal" },
    warnings: [
      'spec.dynamicASN: Cannot use BGPPeer "p": need only one of "peerASN" and "dynamicASN", have both',
    ],
  },
  {
    name: "another dynamic ASN",
    spec: { ...NO_ASN, dynamicASN: "auto" },
    warnings: [
      'spec.dynamicASN: Cannot use "dynamicASN" of BGPPeer "p": need "internal" or "external", have "auto"',
    ],
  },
  {
    name: "address and interface",
    spec: { ...PEER, interface: "eth0" },
    warnings: [
      'spec.peerAddress: Cannot use BGPPeer "p": need only one of "peerAddress" and "interface", have both',
    ],
  },
  {
    name: "a broken address",
    spec: { ...PEER, peerAddress: "10.0.0" },
    warnings: [
      'spec.peerAddress: Cannot read "peerAddress": need an IPv4 or IPv6 address, have "10.0.0"',
    ],
  },
  {
    name: "two passwords",
    spec: { ...PEER, password: "a", passwordSecret: { name: "b" } },
    warnings: [
      'spec.passwordSecret: Cannot use BGPPeer "p": need only one of "password" and "passwordSecret", have both',
    ],
  },
  {
    name: "a port too high",
    spec: { ...PEER, peerPort: 16_385 },
    warnings: [
      'spec.peerPort: Cannot read "peerPort": need a whole number from 0 to 16384, have the number 16385',
    ],
  },
  {
    name: "a hold time of two seconds",
    spec: { ...PEER, holdTime: "2.9s" },
    warnings: ['spec.holdTime: Cannot use "holdTime": need 0 or at least 3s, have 2.9s'],
  },
  {
    name: "a hold time of a day",
    spec: { ...PEER, holdTime: "24h" },
    warnings: ['spec.holdTime: Cannot use "holdTime": need at most 65535s, have 24h'],
  },
  {
    name: "keepalives too rare",
    spec: { ...PEER, holdTime: "9.9s", keepaliveTime: "9.5s" },
    warnings: [
      'spec.keepaliveTime: Cannot use "keepaliveTime": need at most the hold time 9s, have 9.5s',
    ],
  },
  {
    name: "keepalives that make the hold time too short",
    spec: { ...PEER, keepaliveTime: "500ms" },
    warnings: [
      'spec.keepaliveTime: Cannot use "keepaliveTime": need as the hold time, three times this, ' +
      "0 or at least 3s, have 500ms",
    ],
  },
  {
    name: "a connect time of half a second",
    spec: { ...PEER, connectTime: "1.5s" },
    warnings: [
      'spec.connectTime: Cannot use "connectTime": need whole seconds from 1s to 65535s, have 1.5s',
    ],
  },
  {
    name: "several hops within one system",
    spec: { ...PEER, peerASN: 64500, ebgpMultiHop: true },
    warnings: [
      'spec.ebgpMultiHop: Cannot use "ebgpMultiHop" of BGPPeer "p": both ASNs are 64500',
    ],
  },
];

Deno.test("parseBgpPeer() reads what MetalLB takes", async (t) => {
  for (const { name, spec, warnings } of GOOD_PEERS) {
    await t.step(name, () => {
      const parsed = parseBgpPeer(resource("p", spec));
      deepEqual(told(parsed), warnings);
      equal(parsed.bgp?.peers.length, 1);
    });
  }
});

Deno.test("parseBgpPeer() leaves out a peer with a fault, and says so in warnings", async (t) => {
  for (const { name, spec, warnings } of BAD_PEERS) {
    await t.step(name, () => {
      const parsed = parseBgpPeer(resource("p", spec));
      deepEqual(told(parsed), warnings.map((text) => `${text}; BGPPeer "p" has no effect`));
      equal(parsed.bgp, undefined);
    });
  }
});

Deno.test("parseBgpPeer() makes one timer of the other", () => {
  const rows: readonly (readonly [Spec, number, number])[] = [
    [{}, 90, 30_000],
    [{ holdTime: "0s" }, 0, 0],
    [{ holdTime: "3.9s" }, 3, 1_000],
    [{ keepaliveTime: "10s" }, 30, 10_000],
    [{ holdTime: "9s", keepaliveTime: "9s" }, 9, 9_000],
  ];
  for (const [spec, holdSeconds, keepaliveMs] of rows) {
    const peer = parseBgpPeer(resource("p", { ...PEER, ...spec })).bgp?.peers[0]?.peer;
    deepEqual([peer?.holdSeconds, peer?.keepaliveMs], [holdSeconds, keepaliveMs]);
  }
});

Deno.test("readBgpPeer() reads v1beta1, which has fewer fields", () => {
  const read = (spec: Spec): Parsed =>
    readBgpPeer({
      name: "p",
      labels: {},
      source: { kind: "file", file: "peer.yaml" },
      spec: treeOfJson(spec),
      place: { source: { kind: "file", file: "peer.yaml" }, path: "metadata.name" },
      reader: new Reader("manifest"),
    }, METALLB_V1BETA1);
  equal(read({ ...PEER, peerPort: 0 }).bgp?.peers[0]?.peer.port, 179);
  deepEqual(
    told(read({ ...PEER, connectTime: "1s" })).map((text) => text.slice(0, 60)),
    [
      'spec.connectTime: Cannot use key "connectTime" of BGPPeer "p"',
    ].map((text) => text.slice(0, 60)),
  );
});

Deno.test("the other kinds leave out what has a fault", async (t) => {
  const rows: readonly (Row & { readonly parse: (object: CustomResource) => Parsed })[] = [
    {
      name: "aggregation lengths out of range",
      parse: parseBgpAdvertisement,
      spec: { aggregationLength: 33, aggregationLengthV6: 0 },
      warnings: [
        'spec.aggregationLength: Cannot read "aggregationLength": need a whole number from 1 to 32, ' +
        'have the number 33; BGPAdvertisement "p" has no effect',
        'spec.aggregationLengthV6: Cannot read "aggregationLengthV6": need a whole number from 1 to ' +
        '128, have the number 0; BGPAdvertisement "p" has no effect',
      ],
    },
    {
      name: "some Services of an aggregate",
      parse: parseBgpAdvertisement,
      spec: { aggregationLength: 24, serviceSelectors: [{}] },
      warnings: [
        'spec.serviceSelectors: Cannot use BGPAdvertisement "p": serviceSelectors and ' +
        'aggregationLength are mutually exclusive; BGPAdvertisement "p" has no effect',
      ],
    },
    {
      name: "a community too large",
      parse: parseBgpAdvertisement,
      spec: { communities: ["64512:65536"] },
      warnings: [
        'spec.communities[0]: Cannot read community "64512:65536": need two numbers from 0 to 65535 ' +
        'such as "64512:100", or a large community of three numbers from 0 to 4294967295 such as ' +
        '"large:64512:1:100"; BGPAdvertisement "p" has no effect',
      ],
    },
    {
      name: "an interval too short",
      parse: parseBfdProfile,
      spec: { receiveInterval: 9 },
      warnings: [
        'spec.receiveInterval: Cannot read "receiveInterval": need a whole number from 10 to 60000, ' +
        'have the number 9; BFDProfile "p" has no effect',
      ],
    },
    {
      name: "a community without a name",
      parse: parseCommunityObject,
      spec: { communities: [{ value: "1:1" }] },
      warnings: [
        'spec.communities[0]: Cannot use community: need a "name", have none; ' +
        'Community "p" has no effect',
      ],
    },
    {
      name: "a name that looks like a community",
      parse: parseCommunityObject,
      spec: { communities: [{ name: "1:1", value: "1:1" }] },
      warnings: [
        'spec.communities[0].name: Cannot use community name "1:1": need one without colon and ' +
        'blanks; Community "p" has no effect',
      ],
    },
  ];
  for (const { name, parse, spec, warnings } of rows) {
    await t.step(name, () => {
      const parsed = parse(resource("p", spec));
      deepEqual(told(parsed), warnings);
      equal(parsed.bgp, undefined);
    });
  }
});

function told({ problems }: Parsed): readonly string[] {
  return problems.map(({ path, message }) => `${path}: ${message}`);
}
