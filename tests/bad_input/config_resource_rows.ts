import type { BadResources } from "./config_rows.ts";

/** Custom resources that are wrong: most of them the API server refuses already, unless it has other CRDs. */
export const RESOURCE_ROWS: readonly BadResources[] = [
  {
    name: "a pool without a spec",
    pools: { lan: undefined },
    want: ['IPAddressPool lan: Cannot use pool "lan": need a "spec", have none'],
  },
  {
    name: "a spec that is a list",
    pools: { lan: [] },
    want: [
      'IPAddressPool lan: spec: Cannot read pool "lan": need a map of keys such as "addresses", have a list',
    ],
  },
  {
    name: "a pool without addresses",
    pools: { lan: {} },
    want: [
      'IPAddressPool lan: spec: Cannot use pool "lan": need at least one entry in "addresses", have none',
    ],
  },
  {
    name: "a pool with an empty list",
    pools: { lan: { addresses: [] } },
    want: [
      'IPAddressPool lan: spec.addresses: Cannot use pool "lan": need at least one entry in "addresses", have none',
    ],
  },
  {
    name: "addresses as text",
    pools: { lan: { addresses: "10.0.0.0/24" } },
    want: [
      'IPAddressPool lan: spec.addresses: Cannot read "addresses": need a list, have the text "10.0.0.0/24"',
    ],
  },
  {
    name: "a number among the addresses",
    pools: { lan: { addresses: [10] } },
    want: [
      'IPAddressPool lan: spec.addresses[0]: Cannot read "addresses[0]": need a text, have the number 10; quote it',
    ],
  },
  {
    name: "null among the addresses",
    pools: { lan: { addresses: [null] } },
    want: [
      'IPAddressPool lan: spec.addresses[0]: Cannot read "addresses[0]": need a text, have nothing',
    ],
  },
  {
    name: "a quoted boolean",
    pools: { lan: { addresses: ["10.0.0.0/24"], autoAssign: "false" } },
    want: [
      'IPAddressPool lan: spec.autoAssign: Cannot read "autoAssign": need true or false, have the text "false"; remove the quotes',
    ],
  },
  {
    name: "a priority that is no number",
    pools: { lan: { addresses: ["10.0.0.0/24"], serviceAllocation: { priority: "high" } } },
    want: [
      'IPAddressPool lan: spec.serviceAllocation.priority: Cannot read "priority": need a whole number from 0 to 2147483647, have the text "high"',
    ],
  },
  {
    name: "a namespace twice",
    pools: {
      lan: { addresses: ["10.0.0.0/24"], serviceAllocation: { namespaces: ["a", "b", "a"] } },
    },
    want: [
      'IPAddressPool lan: spec.serviceAllocation.namespaces[2]: Cannot use "a" twice in "namespaces"',
    ],
  },
  {
    name: "a Service selector twice",
    pools: {
      lan: {
        addresses: ["10.0.0.0/24"],
        serviceAllocation: { serviceSelectors: [{}, { matchLabels: {} }] },
      },
    },
    want: [
      'IPAddressPool lan: spec.serviceAllocation.serviceSelectors[1]: Cannot use selector "serviceSelectors[1]": it is the same as "serviceSelectors[0]"',
    ],
  },
  {
    name: "a namespace selector twice, in another order",
    pools: {
      lan: {
        addresses: ["10.0.0.0/24"],
        serviceAllocation: {
          namespaceSelectors: [{ matchLabels: { a: "1", b: "2" } }, {
            matchLabels: { b: "2", a: "1" },
          }],
        },
      },
    },
    want: [
      'IPAddressPool lan: spec.serviceAllocation.namespaceSelectors[1]: Cannot use selector "namespaceSelectors[1]": it is the same as "namespaceSelectors[0]"',
    ],
  },
  {
    name: "overlap within a pool",
    pools: { lan: { addresses: ["10.0.0.0/24", "10.0.0.0-10.0.0.3"] } },
    want: [
      'IPAddressPool lan: spec.addresses[1]: Cannot use addresses "10.0.0.0-10.0.0.3" of pool "lan": overlaps with already defined CIDR "10.0.0.0/24" of pool "lan"',
    ],
  },
  {
    name: "overlap of two pools",
    pools: { a: { addresses: ["10.0.0.0/24"] }, b: { addresses: ["10.0.0.128-10.0.1.5"] } },
    want: [
      'IPAddressPool b: spec.addresses[0]: Cannot use addresses "10.0.0.128-10.0.1.5" of pool "b": overlaps with already defined CIDR "10.0.0.0/24" of pool "a" in IPAddressPool a',
    ],
  },
  {
    name: "overlap with the ConfigMap",
    configMap: `address-pools:
- name: old
  protocol: layer2
  addresses: [10.0.0.0/25]`,
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    want: [
      'IPAddressPool lan: spec.addresses[0]: Cannot use addresses "10.0.0.0/24" of pool "lan": overlaps with already defined CIDR "10.0.0.0/25" of pool "old" in line 4 of ConfigMap config',
    ],
  },
  {
    name: "a name that the ConfigMap has",
    configMap: `address-pools:
- name: lan
  protocol: layer2
  addresses: [10.1.0.0/24]`,
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    want: [
      'IPAddressPool lan: Cannot use pool name "lan" twice: it is taken in line 2 of ConfigMap config',
    ],
  },
  {
    name: "a pool twice in an advertisement",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { ipAddressPools: ["lan", "lan"] } },
    want: [
      'L2Advertisement ad: spec.ipAddressPools[1]: Cannot use "lan" twice in "ipAddressPools"',
    ],
  },
  {
    name: "a text where the pools are a list",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { ipAddressPools: "lan" } },
    want: [
      'L2Advertisement ad: spec.ipAddressPools: Cannot read "ipAddressPools": need a list, have the text "lan"',
    ],
  },
  {
    name: "an unknown operator",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: {
      ad: {
        nodeSelectors: [{ matchExpressions: [{ key: "rack", operator: "Equals", values: ["a"] }] }],
      },
    },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[0].operator: Cannot use expression "matchExpressions[0]": need operator In, NotIn, Exists or DoesNotExist, have "Equals"',
    ],
  },
  {
    name: "no operator",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { nodeSelectors: [{ matchExpressions: [{ key: "rack" }] }] } },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[0]: Cannot use expression "matchExpressions[0]": need operator In, NotIn, Exists or DoesNotExist, have none',
    ],
  },
  {
    name: "In without values",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: {
      ad: { nodeSelectors: [{ matchExpressions: [{ key: "rack", operator: "In" }] }] },
    },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[0]: Cannot use expression "matchExpressions[0]": operator In needs "values", have none',
    ],
  },
  {
    name: "Exists with values",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: {
      ad: {
        nodeSelectors: [{ matchExpressions: [{ key: "rack", operator: "Exists", values: ["a"] }] }],
      },
    },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[0].values: Cannot use expression "matchExpressions[0]": operator Exists takes no "values"',
    ],
  },
  {
    name: "an expression without a key",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { nodeSelectors: [{ matchExpressions: [{ operator: "Exists" }] }] } },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[0]: Cannot use expression "matchExpressions[0]": need "key", have none',
    ],
  },
  {
    name: "a value twice",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: {
      ad: {
        nodeSelectors: [{
          matchExpressions: [{ key: "rack", operator: "In", values: ["a", "a"] }],
        }],
      },
    },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[0].values[1]: Cannot use value "a": it stands there twice',
    ],
  },
  {
    name: "an expression twice",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: {
      ad: {
        nodeSelectors: [{
          matchExpressions: [{ key: "gpu", operator: "Exists" }, {
            key: "gpu",
            operator: "Exists",
          }],
        }],
      },
    },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[0].matchExpressions[1]: Cannot use expression "matchExpressions[1]": it stands there twice',
    ],
  },
  {
    name: "a selector twice",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: {
      ad: { nodeSelectors: [{ matchLabels: { rack: "a" } }, { matchLabels: { rack: "a" } }] },
    },
    want: [
      'L2Advertisement ad: spec.nodeSelectors[1]: Cannot use selector "nodeSelectors[1]": it is the same as "nodeSelectors[0]"',
    ],
  },
  {
    name: "a label key with a blank",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { ipAddressPoolSelectors: [{ matchLabels: { "my rack": "a" } }] } },
    want: [
      'L2Advertisement ad: spec.ipAddressPoolSelectors[0].matchLabels.my rack: Cannot use label key "my rack": need letters, digits, "-", "_" and "." (at most 63), after an optional DNS name and "/"',
    ],
  },
  {
    name: "a label value with a slash",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { serviceSelectors: [{ matchLabels: { rack: "a/b" } }] } },
    want: [
      'L2Advertisement ad: spec.serviceSelectors[0].matchLabels.rack: Cannot use label value "a/b": need letters, digits, "-", "_" and "." (at most 63)',
    ],
  },
  {
    name: "a weight over 100",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { preferredNodeSelectors: [{ weight: 101, preference: {} }] } },
    want: [
      'L2Advertisement ad: spec.preferredNodeSelectors[0].weight: Cannot read "weight": need a whole number from 1 to 100, have the number 101',
    ],
  },
  {
    name: "a preference without parts",
    pools: { lan: { addresses: ["10.0.0.0/24"] } },
    advertisements: { ad: { preferredNodeSelectors: [{}] } },
    want: [
      'L2Advertisement ad: spec.preferredNodeSelectors[0]: Cannot use preference "preferredNodeSelectors[0]": need a "weight" from 1 to 100, have none',
      'L2Advertisement ad: spec.preferredNodeSelectors[0]: Cannot use preference "preferredNodeSelectors[0]": need a "preference", have none',
    ],
  },
  {
    name: "faults in several objects",
    pools: { a: { addresses: ["10.0.0.9-10.0.0.1"] }, b: {} },
    advertisements: { ad: { interfaces: "eth0" } },
    want: [
      'IPAddressPool a: spec.addresses[0]: Cannot use addresses "10.0.0.9-10.0.0.1": need the lower address first, as in "10.0.0.1-10.0.0.9" (pool "a")',
      'IPAddressPool b: spec: Cannot use pool "b": need at least one entry in "addresses", have none',
      'L2Advertisement ad: spec.interfaces: Cannot read "interfaces": need a list, have the text "eth0"',
    ],
  },
];
