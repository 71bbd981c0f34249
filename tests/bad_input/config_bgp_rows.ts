import type { BadText } from "./config_rows.ts";

/** ConfigMaps whose BGP part is wrong; it is checked although BGP is not spoken yet. */
export const BGP_ROWS: readonly BadText[] = [
  {
    name: "layer2 with advertisements",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - aggregation-length: 32`,
    want: [
      '7:3: Cannot use "bgp-advertisements" of pool "lan": its protocol is layer2; remove them or use bgp',
    ],
  },
  {
    name: "an aggregation length of 33",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - aggregation-length: 33`,
    want: [
      '7:25: Cannot read "aggregation-length": need a whole number from 0 to 32, have the number 33',
    ],
  },
  {
    name: "a negative aggregation length",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - aggregation-length: -1`,
    want: [
      '7:25: Cannot read "aggregation-length": need a whole number from 0 to 32, have the number -1',
    ],
  },
  {
    name: "an aggregation wider than the pool",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - aggregation-length: 23`,
    want: [
      '7:25: Cannot use "aggregation-length" 23 of pool "lan": need at least 24, as addresses "10.0.0.0/24" have a prefix no wider than /24',
    ],
  },
  {
    name: "an aggregation wider than a range",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.150-10.0.0.200
  bgp-advertisements:
  - aggregation-length: 24`,
    want: [
      '7:25: Cannot use "aggregation-length" 24 of pool "lan": need at least 27, as addresses "10.0.0.150-10.0.0.200" have a prefix no wider than /27',
    ],
  },
  {
    name: "an IPv6 aggregation wider than the pool",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 2001:db8::/64
  bgp-advertisements:
  - aggregation-length-v6: 48`,
    want: [
      '7:28: Cannot use "aggregation-length-v6" 48 of pool "lan": need at least 64, as addresses "2001:db8::/64" have a prefix no wider than /64',
    ],
  },
  {
    name: "a community that has no name",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - communities: [no-export]`,
    want: [
      '7:19: Cannot use community "no-export" of pool "lan": need two numbers from 0 to 65535 such as "64512:100", or a name from "bgp-communities"',
    ],
  },
  {
    name: "a community of three parts",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - communities: ['1:2:3']`,
    want: [
      '7:19: Cannot use community "1:2:3" of pool "lan": need two numbers from 0 to 65535 such as "64512:100", or a name from "bgp-communities"',
    ],
  },
  {
    name: "a community out of range",
    text: `bgp-communities:
  mine: 65536:1`,
    want: [
      '2:9: Cannot read community "mine": need two numbers from 0 to 65535 such as "64512:100", have "65536:1"',
    ],
  },
  {
    name: "a preference that is no number",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - localpref: high`,
    want: [
      '7:16: Cannot read "localpref": need a whole number from 0 to 4294967295, have the text "high"',
    ],
  },
  {
    name: "an unknown key in an advertisement",
    text: `address-pools:
- name: lan
  protocol: bgp
  addresses:
  - 10.0.0.0/24
  bgp-advertisements:
  - aggregation_length: 32`,
    want: [
      '7:5: Cannot use key "aggregation_length" of advertisement "bgp-advertisements[0]": not known, did you mean "aggregation-length"',
    ],
  },
  {
    name: "no ASNs",
    text: `peers:
- peer-address: 10.0.0.1`,
    want: [
      '2:3: Cannot use peer #1: need "my-asn" from 1 to 4294967295, have none',
      '2:3: Cannot use peer #1: need "peer-asn" from 1 to 4294967295, have none',
    ],
  },
  {
    name: "an ASN of 0",
    text: `peers:
- {peer-address: 10.0.0.1, my-asn: 0, peer-asn: 64501}`,
    want: [
      '2:36: Cannot read "my-asn": need a whole number from 1 to 4294967295, have the number 0',
    ],
  },
  {
    name: "an ASN too large",
    text: `peers:
- {peer-address: 10.0.0.1, my-asn: 64500, peer-asn: 4294967296}`,
    want: [
      '2:53: Cannot read "peer-asn": need a whole number from 1 to 4294967295, have the number 4294967296',
    ],
  },
  {
    name: "a quoted ASN",
    text: `peers:
- {peer-address: 10.0.0.1, my-asn: '64500', peer-asn: 64501}`,
    want: [
      '2:36: Cannot read "my-asn": need a whole number from 1 to 4294967295, have the text "64500"; remove the quotes',
    ],
  },
  {
    name: "no peer address",
    text: `peers:
- {my-asn: 64500, peer-asn: 64501}`,
    want: ['2:3: Cannot use peer #1: need "peer-address", have none'],
  },
  {
    name: "a peer by host name",
    text: `peers:
- {peer-address: router.lan, my-asn: 64500, peer-asn: 64501}`,
    want: ['2:18: Cannot read "peer-address": need an IPv4 or IPv6 address, have "router.lan"'],
  },
  {
    name: "a port too large",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  peer-port: 70000`,
    want: [
      '5:14: Cannot read "peer-port": need a whole number from 0 to 65535, have the number 70000',
    ],
  },
  {
    name: "a hold time without a unit",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  hold-time: 90`,
    want: ['5:14: Cannot read "hold-time": need a duration such as 90s or 1m30s, have "90"'],
  },
  {
    name: "a hold time of two seconds",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  hold-time: 2s`,
    want: ['5:14: Cannot use "hold-time": need 0 or at least 3s, have 2s'],
  },
  {
    name: "a keepalive time over the hold time",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  hold-time: 9s
  keepalive-time: 10s`,
    want: ['6:19: Cannot use "keepalive-time": need at most the hold time 9s, have 10s'],
  },
  {
    name: "a router ID that is none",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  router-id: one`,
    want: ['5:14: Cannot read "router-id": need an IPv4 or IPv6 address, have "one"'],
  },
  {
    name: "a BFD profile that is not there",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  bfd-profile: fast`,
    want: ['5:16: Cannot use "bfd-profile" of peer #1: "bfd-profiles" has no "fast"'],
  },
  {
    name: "several hops to the same AS",
    text: `peers:
- {peer-address: 10.0.0.1, my-asn: 64500, peer-asn: 64500, ebgp-multihop: true}`,
    want: ['2:75: Cannot use "ebgp-multihop" of peer #1: both ASNs are 64500'],
  },
  {
    name: "a selector by an unknown operator",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  node-selectors:
  - match-expressions:
    - {key: rack, operator: in, values: [a]}`,
    want: [
      '7:29: Cannot use expression "match-expressions[0]": need operator In, NotIn, Exists or DoesNotExist, have "in"; did you mean In',
    ],
  },
  {
    name: "a selector without values",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  node-selectors:
  - match-expressions:
    - {key: rack, operator: In}`,
    want: [
      '7:7: Cannot use expression "match-expressions[0]": operator In needs "values", have none',
    ],
  },
  {
    name: "a selector spelled as in the API",
    text: `peers:
- peer-address: 10.0.0.1
  peer-asn: 64501
  my-asn: 64500
  node-selectors:
  - matchLabels: {rack: a}`,
    want: [
      '6:5: Cannot use key "matchLabels" of selector "node-selectors[0]": not known, did you mean "match-labels"',
    ],
  },
  {
    name: "a BFD profile twice",
    text: `bfd-profiles:
- name: fast
- name: fast`,
    want: ['3:9: Cannot use BFD profile name "fast" twice'],
  },
  {
    name: "a BFD interval too short",
    text: `bfd-profiles:
- {name: fast, receive-interval: 5}`,
    want: [
      '2:34: Cannot read "receive-interval": need a whole number from 10 to 60000, have the number 5',
    ],
  },
];
