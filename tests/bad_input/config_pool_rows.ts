import type { BadText } from "./config_rows.ts";

/** ConfigMaps whose YAML, shape or pools are wrong. */
export const POOL_ROWS: readonly BadText[] = [
  {
    name: "no YAML at all",
    text: `{`,
    want: ["1:2: Cannot read YAML: need a closing }, have none"],
  },
  {
    name: "a tab as indentation",
    text: `address-pools:
	- name: lan`,
    want: ["2:1: Cannot read YAML: need spaces for indentation, have a tab"],
  },
  {
    name: "a value with a second colon",
    text: `address-pools:
- name: lan: one`,
    want: [
      '2:9: Cannot read YAML: need one "key: value" on a line, have another ":" in the value; quote the value, or indent the next key like the one before',
    ],
  },
  {
    name: "a line that is out of step",
    text: `address-pools:
- name: lan
   protocol: layer2`,
    want: [
      '2:9: Cannot read YAML: need one "key: value" on a line, have another ":" in the value; quote the value, or indent the next key like the one before',
    ],
  },
  {
    name: "an open quote",
    text: `address-pools:
- name: "lan
  protocol: layer2`,
    want: ['3:19: Cannot read YAML: need a closing ", have none'],
  },
  {
    name: "an alias without an anchor",
    text: `address-pools:
- *lan`,
    want: ['2:3: Cannot read YAML: need an anchor "&lan" before the alias, have none'],
  },
  {
    name: "aliases that hold themselves",
    text: `address-pools: &a
- *a`,
    want: ["2:1: Cannot read YAML: nested too deep, or aliases repeat too much"],
  },
  {
    name: "a list at the top",
    text: `- name: lan
  protocol: layer2`,
    want: [
      '1:1: Cannot read the configuration: need a map of keys such as "address-pools", have a list',
    ],
  },
  {
    name: "a sentence",
    text: `please give me addresses`,
    want: [
      '1:1: Cannot read the configuration: need a map of keys such as "address-pools", have the text "please give me addresses"',
    ],
  },
  {
    name: "an unknown key at the top",
    text: `adress-pools:
- name: lan
  protocol: layer2
  addresses:
  - 192.168.0.200-192.168.0.250`,
    want: [
      '1:1: Cannot use key "adress-pools" of the configuration: not known, did you mean "address-pools"',
    ],
  },
  {
    name: "the whole ConfigMap in its own value",
    text: `apiVersion: v1
kind: ConfigMap
data: {}`,
    want: [
      '1:1: Cannot use key "apiVersion" of the configuration: not known, known are address-pools, peers, bgp-communities, bfd-profiles',
      '2:1: Cannot use key "kind" of the configuration: not known, known are address-pools, peers, bgp-communities, bfd-profiles',
      '3:1: Cannot use key "data" of the configuration: not known, known are address-pools, peers, bgp-communities, bfd-profiles',
    ],
  },
  {
    name: "a key twice at the top",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 192.168.0.200-192.168.0.250
address-pools: []`,
    want: ['6:1: Cannot use key "address-pools" twice: it stands in line 1 already'],
  },
  {
    name: "a key twice in a pool",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 10.0.0.0/24
  name: wan`,
    want: ['6:3: Cannot use key "name" twice: it stands in line 2 already'],
  },
  {
    name: "a map where the pools are a list",
    text: `address-pools:
  name: lan
  protocol: layer2`,
    want: ['2:3: Cannot read "address-pools": need a list, have a map of keys'],
  },
  {
    name: "a text as pool",
    text: `address-pools:
- lan`,
    want: ['2:3: Cannot read pool #1: need a map of keys such as "name", have the text "lan"'],
  },
  {
    name: "a pool that is nothing",
    text: `address-pools:
-`,
    want: [
      '2:2: Cannot use pool #1: need a "name", have none',
      '2:2: Cannot use pool #1: need at least one entry in "addresses", have none',
      '2:2: Cannot use pool #1: need protocol "layer2" or "bgp", have none',
    ],
  },
  {
    name: "no name",
    text: `address-pools:
- protocol: layer2
  addresses: [10.0.0.0/24]`,
    want: ['2:3: Cannot use pool #1: need a "name", have none'],
  },
  {
    name: "an empty name",
    text: `address-pools:
- name: ''
  protocol: layer2
  addresses: [10.0.0.0/24]`,
    want: ['2:9: Cannot use pool #1: need a "name", have none'],
  },
  {
    name: "a list as name",
    text: `address-pools:
- name: [lan]
  protocol: layer2
  addresses: [10.0.0.0/24]`,
    want: ['2:9: Cannot read "name": need a text, have a list'],
  },
  {
    name: "no protocol",
    text: `address-pools:
- name: lan
  addresses: [10.0.0.0/24]`,
    want: ['2:3: Cannot use pool "lan": need protocol "layer2" or "bgp", have none'],
  },
  {
    name: "an unknown protocol",
    text: `address-pools:
- name: lan
  protocol: l2
  addresses: [10.0.0.0/24]`,
    want: [
      '3:13: Cannot use pool "lan": need protocol "layer2" or "bgp", have "l2"; did you mean "layer2"',
    ],
  },
  {
    name: "a protocol in capitals",
    text: `address-pools:
- name: lan
  protocol: BGP
  addresses: [10.0.0.0/24]`,
    want: [
      '3:13: Cannot use pool "lan": need protocol "layer2" or "bgp", have "BGP"; did you mean "bgp"',
    ],
  },
  {
    name: "a protocol of another world",
    text: `address-pools:
- name: lan
  protocol: ospf
  addresses: [10.0.0.0/24]`,
    want: ['3:13: Cannot use pool "lan": need protocol "layer2" or "bgp", have "ospf"'],
  },
  {
    name: "no addresses",
    text: `address-pools:
- name: lan
  protocol: layer2`,
    want: ['2:3: Cannot use pool "lan": need at least one entry in "addresses", have none'],
  },
  {
    name: "an empty list of addresses",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses: []`,
    want: ['4:14: Cannot use pool "lan": need at least one entry in "addresses", have none'],
  },
  {
    name: "a text as addresses",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses: 10.0.0.0/24`,
    want: ['4:14: Cannot read "addresses": need a list, have the text "10.0.0.0/24"'],
  },
  {
    name: "an unknown key in a pool",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 10.0.0.0/24
  autoAssign: false`,
    want: ['6:3: Cannot use key "autoAssign" of pool "lan": not known, did you mean "auto-assign"'],
  },
  {
    name: "a quoted boolean",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 10.0.0.0/24
  auto-assign: "false"`,
    want: [
      '6:16: Cannot read "auto-assign": need true or false, have the text "false"; remove the quotes',
    ],
  },
  {
    name: "a number as boolean",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 10.0.0.0/24
  avoid-buggy-ips: 1`,
    want: ['6:20: Cannot read "avoid-buggy-ips": need true or false, have the number 1'],
  },
  {
    name: "a map as addresses",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - from: 10.0.0.1`,
    want: ['5:5: Cannot read "addresses[0]": need a text, have a map of keys'],
  },
  {
    name: "a name twice",
    text: `address-pools:
- {name: lan, protocol: layer2, addresses: [10.0.0.0/24]}
- {name: lan, protocol: layer2, addresses: [10.0.1.0/24]}`,
    want: ['3:10: Cannot use pool name "lan" twice: it is taken in line 2'],
  },
  {
    name: "overlap within a pool",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 10.0.0.0/24
  - 10.0.0.7-10.0.0.9`,
    want: [
      '6:5: Cannot use addresses "10.0.0.7-10.0.0.9" of pool "lan": overlaps with already defined CIDR "10.0.0.0/24" of pool "lan" in line 5',
    ],
  },
  {
    name: "overlap across pools",
    text: `address-pools:
- {name: lan, protocol: layer2, addresses: [10.0.0.128/25]}
- {name: wan, protocol: layer2, addresses: [10.0.0.0-10.0.0.200]}`,
    want: [
      '3:45: Cannot use addresses "10.0.0.0-10.0.0.200" of pool "wan": overlaps with already defined CIDR "10.0.0.128/25" of pool "lan" in line 2',
    ],
  },
  {
    name: "overlap of IPv6",
    text: `address-pools:
- name: lan
  protocol: layer2
  addresses:
  - 2001:db8::/64
  - 2001:db8::5/128`,
    want: [
      '6:5: Cannot use addresses "2001:db8::5/128" of pool "lan": overlaps with already defined CIDR "2001:db8::/64" of pool "lan" in line 5',
    ],
  },
  {
    name: "two pools inside a third",
    text: `address-pools:
- {name: a, protocol: layer2, addresses: [10.0.0.0/30]}
- {name: b, protocol: layer2, addresses: [10.0.0.8/30]}
- {name: c, protocol: layer2, addresses: [10.0.0.0/24]}`,
    want: [
      '4:43: Cannot use addresses "10.0.0.0/24" of pool "c": overlaps with already defined CIDR "10.0.0.0/30" of pool "a" in line 2',
      '4:43: Cannot use addresses "10.0.0.0/24" of pool "c": overlaps with already defined CIDR "10.0.0.8/30" of pool "b" in line 3',
    ],
  },
  {
    name: "several faults at once",
    text: `address-pools:
- name: lan
  protocol: arp
  addresses:
  - 10.0.0.9-10.0.0.1
  - 10.0.0.0/40
  avoid-buggy-ip: true
- addresses: 5`,
    want: [
      '3:13: Cannot use pool "lan": need protocol "layer2" or "bgp", have "arp"; did you mean "layer2"',
      '5:5: Cannot use addresses "10.0.0.9-10.0.0.1": need the lower address first, as in "10.0.0.1-10.0.0.9" (pool "lan")',
      '6:5: Cannot use addresses "10.0.0.0/40": need a prefix length from 1 to 32 for IPv4, have "40" (pool "lan")',
      '7:3: Cannot use key "avoid-buggy-ip" of pool "lan": not known, did you mean "avoid-buggy-ips"',
      '8:3: Cannot use pool #2: need a "name", have none',
      '8:3: Cannot use pool #2: need protocol "layer2" or "bgp", have none',
      '8:14: Cannot read "addresses": need a list, have the number 5',
    ],
  },
];
