import type { Row } from "./crd_stage.ts";

const PEER = { myASN: 64500, peerASN: 64501, peerAddress: "10.0.0.1" };
const { peerASN: _asn, ...NO_ASN } = PEER;
const { peerAddress: _address, ...NO_ADDRESS } = PEER;
const { myASN: _own, ...NO_OWN_ASN } = PEER;

/** BGPPeers of v1beta2. */
export const PEER_ROWS: readonly Row[] = [
  { name: "the least", spec: PEER },
  {
    name: "every field",
    spec: {
      ...NO_ASN,
      myASN: 4_294_967_295,
      dynamicASN: "external",
      localASN: 4_294_967_295,
      sourceAddress: "10.0.0.2",
      peerPort: 16_384,
      holdTime: "1m30s",
      keepaliveTime: "30s",
      connectTime: "10s",
      routerID: "10.0.0.3",
      nodeSelectors: [{ matchExpressions: [{ key: "rack", operator: "In", values: ["a", "b"] }] }],
      passwordSecret: { name: "key", namespace: "metallb-system" },
      bfdProfile: "fast",
      enableGracefulRestart: true,
      ebgpMultiHop: true,
      vrf: "red",
      disableMP: false,
      dualStackAddressFamily: true,
    },
  },
  { name: "unnumbered", spec: { ...NO_ADDRESS, interface: "eth0" } },
  { name: "IPv6", spec: { ...PEER, peerAddress: "2001:db8::1", sourceAddress: "fe80::1" } },
  { name: "empty texts", spec: { ...PEER, interface: "", routerID: "", sourceAddress: "" } },
  { name: "a peerASN of 0 is none", spec: { ...PEER, peerASN: 0, dynamicASN: "internal" } },
  { name: "no spec", spec: undefined, refusal: "spec: Required value" },
  { name: "no own ASN", spec: NO_OWN_ASN, refusal: "spec.myASN: Required value" },
  { name: "an own ASN of 0", spec: { ...PEER, myASN: 0 }, refusal: "greater than or equal to 1" },
  {
    name: "an ASN of 33 bits",
    spec: { ...PEER, peerASN: 4_294_967_296 },
    refusal: "less than or equal to 4294967295",
  },
  { name: "no ASN", spec: NO_ASN, refusal: "need exactly one of peerASN and dynamicASN" },
  {
    name: "both ASNs",
    spec: { ...PEER, dynamicASN: "external" },
    refusal: "need exactly one of peerASN and dynamicASN",
  },
  {
    name: "another dynamic ASN",
    spec: { ...NO_ASN, dynamicASN: "auto" },
    refusal: 'supported values: "internal", "external"',
  },
  { name: "a local ASN of 0", spec: { ...PEER, localASN: 0 }, refusal: "equal to 1" },
  { name: "nobody", spec: NO_ADDRESS, refusal: "need exactly one of peerAddress and interface" },
  {
    name: "an address and an interface",
    spec: { ...PEER, interface: "eth0" },
    refusal: "need exactly one of peerAddress and interface",
  },
  {
    name: "a broken address",
    spec: { ...PEER, peerAddress: "10.0.0" },
    refusal: 'spec.peerAddress: Invalid value: "10.0.0": need an IPv4 or IPv6 address',
  },
  {
    name: "a name as source",
    spec: { ...PEER, sourceAddress: "eth0" },
    refusal: 'spec.sourceAddress: Invalid value: "eth0": need an IPv4 or IPv6 address',
  },
  {
    name: "a number as router ID",
    spec: { ...PEER, routerID: "1" },
    refusal: 'spec.routerID: Invalid value: "1": need an IPv4 or IPv6 address',
  },
  { name: "a port of 0", spec: { ...PEER, peerPort: 0 }, refusal: "greater than or equal to 1" },
  { name: "a port of 15 bits", spec: { ...PEER, peerPort: 16_385 }, refusal: "equal to 16384" },
  { name: "a hold time of 0", spec: { ...PEER, holdTime: "0s" } },
  { name: "a hold time without unit", spec: { ...PEER, holdTime: "0" } },
  { name: "a hold time of 3 s", spec: { ...PEER, holdTime: "3s", keepaliveTime: "3s" } },
  { name: "a hold time with a fraction", spec: { ...PEER, holdTime: "90.5s" } },
  {
    name: "a hold time of 2 s",
    spec: { ...PEER, holdTime: "2.999s" },
    refusal: "need 0s, or a hold time from 3s to 65535s",
  },
  {
    name: "a hold time of a day",
    spec: { ...PEER, holdTime: "24h" },
    refusal: "need 0s, or a hold time from 3s to 65535s",
  },
  {
    name: "a hold time that is a number",
    spec: { ...PEER, holdTime: "90" },
    refusal: "need a duration such as 90s or 1m30s",
  },
  {
    name: "a negative hold time",
    spec: { ...PEER, holdTime: "-3s" },
    refusal: "need a duration such as 90s or 1m30s",
  },
  {
    name: "keepalives rarer than the hold time",
    spec: { ...PEER, holdTime: "9.9s", keepaliveTime: "9.5s" },
    refusal: "keepaliveTime cannot be longer than holdTime",
  },
  { name: "keepalives alone", spec: { ...PEER, keepaliveTime: "1s" } },
  {
    name: "keepalives alone that are too many",
    spec: { ...PEER, keepaliveTime: "500ms" },
    refusal: "need a keepaliveTime of at least 1s",
  },
  { name: "the longest connect time", spec: { ...PEER, connectTime: "65535s" } },
  {
    name: "a connect time too long",
    spec: { ...PEER, connectTime: "65536s" },
    refusal: "connect time should be between 1 seconds to 65535",
  },
  {
    name: "no connect time at all",
    spec: { ...PEER, connectTime: "0" },
    refusal: "connect time should be between 1 seconds to 65535",
  },
  {
    name: "a connect time with a fraction",
    spec: { ...PEER, connectTime: "1500ms" },
    refusal: "connect time should contain a whole number of seconds",
  },
  {
    name: "two passwords",
    spec: { ...PEER, password: "a", passwordSecret: { name: "b" } },
    refusal: "need only one of password and passwordSecret",
  },
  { name: "a password and no secret", spec: { ...PEER, password: "a", passwordSecret: {} } },
  {
    name: "several hops within one system",
    spec: { ...PEER, peerASN: 64500, ebgpMultiHop: true },
    refusal: "ebgpMultiHop is for a router of another autonomous system",
  },
  {
    name: "a selector twice",
    spec: { ...PEER, nodeSelectors: [{}, {}] },
    fault: "nodeSelectors[1]",
  },
  {
    name: "an operator of node affinity",
    spec: { ...PEER, nodeSelectors: [{ matchExpressions: [{ key: "a", operator: "Gt" }] }] },
    refusal: 'supported values: "In", "NotIn", "Exists", "DoesNotExist"',
  },
];

/** BGPPeers of v1beta1. */
export const OLD_PEER_ROWS: readonly Row[] = [
  { name: "v1beta1: the least", spec: PEER },
  {
    name: "v1beta1: every field",
    spec: {
      ...PEER,
      sourceAddress: "10.0.0.2",
      peerPort: 0,
      holdTime: "180s",
      keepaliveTime: "60s",
      routerID: "10.0.0.3",
      nodeSelectors: [{ matchLabels: { rack: "a" } }, {
        matchExpressions: [{ key: "rack", operator: "Exists" }],
      }],
      password: "key",
      bfdProfile: "fast",
      ebgpMultiHop: true,
    },
  },
  { name: "v1beta1: no address", spec: NO_ADDRESS, refusal: "spec.peerAddress: Required value" },
  { name: "v1beta1: no ASN", spec: NO_ASN, refusal: "spec.peerASN: Required value" },
  {
    name: "v1beta1: an empty address",
    spec: { ...PEER, peerAddress: "" },
    refusal: "need a peerAddress",
  },
  {
    name: "v1beta1: a hold time of 1 s",
    spec: { ...PEER, holdTime: "1s" },
    refusal: "need 0s, or a hold time from 3s to 65535s",
  },
  {
    name: "v1beta1: several hops within one system",
    spec: { ...PEER, peerASN: 64500, ebgpMultiHop: true },
    refusal: "ebgpMultiHop is for a router of another autonomous system",
  },
];

/** BGPAdvertisements. */
export const ADVERTISEMENT_ROWS: readonly Row[] = [
  { name: "no spec", spec: undefined },
  { name: "an empty spec", spec: {} },
  {
    name: "every field",
    spec: {
      ipAddressPools: ["a"],
      ipAddressPoolSelectors: [{ matchLabels: { zone: "dmz" } }],
      nodeSelectors: [{ matchLabels: { rack: "a" } }],
      peers: ["p", "q"],
      aggregationLength: 24,
      aggregationLengthV6: 64,
      localPref: 4_294_967_295,
      communities: ["65535:65281", "large:4294967295:1:2", "vpn-only"],
    },
  },
  {
    name: "some Services",
    spec: { serviceSelectors: [{ matchLabels: { app: "web" } }], aggregationLength: 32 },
  },
  {
    name: "some Services of an aggregate",
    spec: { serviceSelectors: [{}], aggregationLength: 24 },
    refusal: "serviceSelectors and aggregationLength are mutually exclusive",
  },
  {
    name: "some Services of an IPv6 aggregate",
    spec: { serviceSelectors: [{}], aggregationLengthV6: 64 },
    refusal: "serviceSelectors and aggregationLength are mutually exclusive",
  },
  { name: "an aggregate of all", spec: { aggregationLength: 0 }, refusal: "equal to 1" },
  { name: "33 bits", spec: { aggregationLength: 33 }, refusal: "less than or equal to 32" },
  { name: "0 bits of IPv6", spec: { aggregationLengthV6: 0 }, refusal: "equal to 1" },
  { name: "129 bits", spec: { aggregationLengthV6: 129 }, refusal: "less than or equal to 128" },
  { name: "a negative preference", spec: { localPref: -1 }, refusal: "equal to 0" },
  {
    name: "a preference of 33 bits",
    spec: { localPref: 4_294_967_296 },
    refusal: "less than or equal to 4294967295",
  },
  {
    name: "a community of 17 bits",
    spec: { communities: ["65536:1"] },
    refusal: "need two numbers from 0 to 65535 such as 64512:100",
  },
  {
    name: "a community of three parts",
    spec: { communities: ["1:2:3"] },
    refusal: "need two numbers from 0 to 65535 such as 64512:100",
  },
  {
    name: "a large community of 33 bits",
    spec: { communities: ["large:1:2:4294967296"] },
    refusal: "a large community of three numbers from 0 to 4294967295",
  },
  {
    name: "a name with a blank",
    spec: { communities: ["vpn only"] },
    refusal: "the name of a community has no blanks",
  },
  { name: "a community twice", spec: { communities: ["1:1", "1:1"] }, refusal: "Duplicate value" },
  { name: "a peer twice", spec: { peers: ["p", "p"] }, refusal: "Duplicate value" },
  { name: "a pool twice", spec: { ipAddressPools: ["a", "a"] }, refusal: "Duplicate value" },
  {
    name: "a selector of pools twice",
    spec: { ipAddressPoolSelectors: [{}, {}] },
    fault: "ipAddressPoolSelectors[1]",
  },
];

const INTERVALS = ["receiveInterval", "transmitInterval", "echoInterval"];

/** BFDProfiles. */
export const PROFILE_ROWS: readonly Row[] = [
  { name: "no spec", spec: undefined },
  { name: "an empty spec", spec: {} },
  {
    name: "every field",
    spec: {
      receiveInterval: 10,
      transmitInterval: 60_000,
      detectMultiplier: 255,
      echoInterval: 50,
      echoMode: true,
      passiveMode: true,
      minimumTtl: 254,
    },
  },
  ...INTERVALS.flatMap((field): readonly Row[] => [
    { name: `${field} of 9`, spec: { [field]: 9 }, refusal: `spec.${field}` },
    { name: `${field} of 60,001`, spec: { [field]: 60_001 }, refusal: `spec.${field}` },
  ]),
  { name: "one packet", spec: { detectMultiplier: 1 }, refusal: "greater than or equal to 2" },
  { name: "256 packets", spec: { detectMultiplier: 256 }, refusal: "less than or equal to 255" },
  { name: "a TTL of 0", spec: { minimumTtl: 0 }, refusal: "greater than or equal to 1" },
  { name: "a TTL of 255", spec: { minimumTtl: 255 }, refusal: "less than or equal to 254" },
  {
    name: "an interval as text",
    spec: { echoInterval: "50ms" },
    refusal: "must be of type integer",
  },
];

const communities = (...entries: readonly unknown[]): unknown => ({ communities: entries });

/** Communities. */
export const COMMUNITY_ROWS: readonly Row[] = [
  { name: "no spec", spec: undefined },
  {
    name: "both forms",
    spec: communities({ name: "vpn-only", value: "64512:100" }, {
      name: "Large_1.2",
      value: "large:4294967295:0:1",
    }),
  },
  { name: "no value", spec: communities({ name: "a" }), refusal: "value: Required value" },
  { name: "no name", spec: communities({ value: "1:1" }), refusal: "name: Required value" },
  {
    name: "an empty name",
    spec: communities({ name: "", value: "1:1" }),
    refusal: "should be at least 1 chars long",
  },
  {
    name: "a name like a community",
    spec: communities({ name: "1:1", value: "1:1" }),
    refusal: "need a name without colon and blanks",
  },
  {
    name: "a name twice",
    spec: communities({ name: "a", value: "1:1" }, { name: "a", value: "1:2" }),
    refusal: "Duplicate value",
  },
  ...["1", "1:65536", "1:2:3", "large:1:2", "large:1:2:3:4", "large:1:2:4294967296", "1:", "a:b"]
    .map((value) => ({
      name: `the value ${value}`,
      spec: communities({ name: "a", value }),
      refusal: "need two numbers from 0 to 65535 such as 64512:100, or a large community",
    })),
];
