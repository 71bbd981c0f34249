import assert from "node:assert/strict";
import { parseIpAddressPool, parseL2Advertisement } from "../../config/mod.ts";
import { customResource } from "../../kube/resources.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { checkRows, installCrds, type Kind, manifest, type Row } from "./crd_stage.ts";

const controlPlane = usingControlPlane();
const V1BETA1 = "metallb.io/v1beta1";

const POOLS: Kind = {
  apiVersion: V1BETA1,
  kind: "IPAddressPool",
  plural: "ipaddresspools",
  parse: (served) => {
    const object = customResource(V1BETA1, "IPAddressPool", "ipaddresspools").parse(served);
    return object && parseIpAddressPool(object);
  },
};

const ADVERTISEMENTS: Kind = {
  apiVersion: V1BETA1,
  kind: "L2Advertisement",
  plural: "l2advertisements",
  parse: (served) => {
    const object = customResource(V1BETA1, "L2Advertisement", "l2advertisements").parse(served);
    return object && parseL2Advertisement(object);
  },
};

const addresses = (...entries: unknown[]): { readonly addresses: unknown[] } => ({
  addresses: entries,
});

const POOL_ROWS: readonly Row[] = [
  { name: "a CIDR", spec: addresses("192.168.10.0/24") },
  { name: "a CIDR with host bits", spec: addresses("192.168.10.7/24") },
  { name: "a range", spec: addresses("192.168.0.200-192.168.0.250") },
  { name: "blanks around the dash", spec: addresses("192.168.0.200 - 192.168.0.250") },
  { name: "IPv6", spec: addresses("2001:db8::/64", "fd00::1-fd00::ff") },
  {
    name: "every field",
    spec: {
      ...addresses("10.0.0.0/8"),
      autoAssign: false,
      avoidBuggyIPs: true,
      serviceAllocation: {
        priority: 5,
        namespaces: ["a", "b"],
        namespaceSelectors: [{ matchLabels: { team: "a" } }],
        serviceSelectors: [{
          matchExpressions: [{ key: "app", operator: "In", values: ["a"] }],
        }],
      },
    },
  },
  { name: "no spec", spec: undefined, refusal: "spec: Required value" },
  { name: "no addresses", spec: {}, refusal: "spec.addresses: Required value" },
  {
    name: "an empty list of addresses",
    spec: addresses(),
    refusal: "spec.addresses in body should have at least 1 items",
  },
  {
    name: "one address without a length",
    spec: addresses("192.168.0.200"),
    refusal: "for one address write 192.168.0.10/32",
  },
  { name: "a word", spec: addresses("foo"), refusal: "need a CIDR such as 192.168.0.0/24" },
  { name: "a length of 33", spec: addresses("10.0.0.0/33"), refusal: "the CIDR is not valid" },
  { name: "leading zeros", spec: addresses("010.0.0.0/8"), refusal: "without leading zeros" },
  { name: "a zone", spec: addresses("fe80::1%eth0/64"), refusal: "the CIDR is not valid" },
  {
    name: "a broken end of a range",
    spec: addresses("10.0.0.1-10.0.0"),
    refusal: "the range is not valid",
  },
  {
    name: "a range of three",
    spec: addresses("10.0.0.1-10.0.0.2-10.0.0.3"),
    refusal: "the range is not valid",
  },
  { name: "one address as a range", spec: addresses("10.0.0.1-10.0.0.1", "::1:1-::1:1") },
  { name: "a range over octets", spec: addresses("9.255.255.255-10.0.0.0", "10.0.0.9-10.0.0.10") },
  {
    name: "IPv6 ranges in any spelling",
    spec: addresses("2001:db8::FF-2001:db8::100", "2001:db8:1::9-2001:DB8:1::a", "fd00::-fd00:1::"),
  },
  {
    name: "a reversed range",
    spec: addresses("192.168.0.250-192.168.0.200"),
    refusal: "the range is reversed; need the lower address first",
  },
  {
    name: "a range reversed in the first octet",
    spec: addresses("11.0.0.0 - 10.255.255.255"),
    refusal: "the range is reversed",
  },
  {
    name: "a reversed IPv6 range",
    spec: addresses("2001:db8::100-2001:DB8::FF"),
    refusal: "the range is reversed",
  },
  {
    name: "a reversed IPv6 range of equal lengths",
    spec: addresses("fd00::b-fd00::A"),
    refusal: "the range is reversed",
  },
  { name: "mixed families", spec: addresses("10.0.0.1-::1"), refusal: "must be of one family" },
  { name: "everything", spec: addresses("::/0"), refusal: "not all of it (/0)" },
  { name: "loopback", spec: addresses("127.0.0.0/24"), refusal: "loopback, unspecified" },
  { name: "multicast", spec: addresses("ff02::/64"), refusal: "loopback, unspecified" },
  { name: "a number", spec: addresses(5), refusal: "must be of type string" },
  {
    name: "a text as boolean",
    spec: { ...addresses("10.0.0.0/8"), autoAssign: "yes" },
    refusal: "must be of type boolean",
  },
  {
    name: "a namespace twice",
    spec: { ...addresses("10.0.0.0/8"), serviceAllocation: { namespaces: ["a", "a"] } },
    refusal: "Duplicate value",
  },
  {
    name: "a selector of Services twice",
    spec: { ...addresses("10.0.0.0/8"), serviceAllocation: { serviceSelectors: [{}, {}] } },
    fault: "serviceAllocation.serviceSelectors[1]: Cannot use",
  },
  {
    name: "a negative priority, as with MetalLB",
    spec: { ...addresses("10.0.0.0/8"), serviceAllocation: { priority: -1 } },
  },
];

const ADVERTISEMENT_ROWS: readonly Row[] = [
  { name: "no spec", spec: undefined },
  { name: "an empty spec", spec: {} },
  {
    name: "every field",
    spec: {
      ipAddressPools: ["a"],
      ipAddressPoolSelectors: [{ matchLabels: { zone: "dmz" } }],
      nodeSelectors: [{ matchExpressions: [{ key: "gpu", operator: "DoesNotExist" }] }],
      interfaces: ["eth0"],
      serviceSelectors: [{}],
      preferredNodeSelectors: [{ weight: 10, preference: { matchLabels: { rack: "1" } } }],
    },
  },
  {
    name: "Services by labels and by expressions",
    spec: {
      serviceSelectors: [
        { matchLabels: { app: "web" } },
        { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["internal"] }] },
      ],
    },
  },
  {
    name: "one selector of Services instead of a list",
    spec: { serviceSelectors: { matchLabels: { app: "web" } } },
    refusal: "must be of type array",
  },
  {
    name: "an unknown operator for Services",
    spec: { serviceSelectors: [{ matchExpressions: [{ key: "a", operator: "Like" }] }] },
    refusal: 'supported values: "In", "NotIn", "Exists", "DoesNotExist"',
  },
  {
    name: "an unknown operator",
    spec: { nodeSelectors: [{ matchExpressions: [{ key: "a", operator: "Equals" }] }] },
    refusal: 'supported values: "In", "NotIn", "Exists", "DoesNotExist"',
  },
  {
    name: "In without values",
    spec: { nodeSelectors: [{ matchExpressions: [{ key: "a", operator: "In" }] }] },
    refusal: "operators In and NotIn need values",
  },
  {
    name: "Exists with values",
    spec: {
      nodeSelectors: [{ matchExpressions: [{ key: "a", operator: "Exists", values: ["x"] }] }],
    },
    refusal: "Exists and DoesNotExist take none",
  },
  {
    name: "a weight of 0",
    spec: { preferredNodeSelectors: [{ weight: 0, preference: {} }] },
    refusal: "should be greater than or equal to 1",
  },
  {
    name: "a selector twice",
    spec: { nodeSelectors: [{ matchLabels: { a: "b" } }, { matchLabels: { a: "b" } }] },
    fault: "nodeSelectors[1]",
  },
  {
    name: "an expression twice",
    spec: {
      nodeSelectors: [{
        matchExpressions: [{ key: "a", operator: "Exists" }, { key: "a", operator: "Exists" }],
      }],
    },
    fault: "it stands there twice",
  },
  {
    name: "a value twice",
    spec: {
      nodeSelectors: [{ matchExpressions: [{ key: "a", operator: "In", values: ["x", "x"] }] }],
    },
    refusal: "values[1]: Duplicate value",
  },
  {
    name: "a label key with a blank",
    spec: { nodeSelectors: [{ matchExpressions: [{ key: "a b", operator: "Exists" }] }] },
    refusal: "matchExpressions[0].key in body should match",
  },
  {
    name: "a label value with a slash",
    spec: { nodeSelectors: [{ matchLabels: { a: "x/y" } }] },
    refusal: "matchLabels.a in body should match",
  },
  {
    name: "a preference twice",
    spec: {
      preferredNodeSelectors: [{ weight: 1, preference: {} }, { weight: 1, preference: {} }],
    },
  },
  { name: "a pool twice", spec: { ipAddressPools: ["a", "a"] }, refusal: "Duplicate value" },
];

testWith(
  ["apiserver", "kubectl"],
  "the API server takes and refuses what the CRDs of layer 2 say",
  async (t) => {
    await installCrds(controlPlane());
    await checkRows(t, controlPlane(), POOLS, POOL_ROWS);
    await checkRows(t, controlPlane(), ADVERTISEMENTS, ADVERTISEMENT_ROWS);
  },
);

testWith(["apiserver", "kubectl"], "kubectl get shows the columns that MetalLB has", async () => {
  await installCrds(controlPlane());
  const object = manifest(POOLS, "lan", addresses("192.168.0.200-192.168.0.250"));
  const created = await controlPlane().kubectl(["create", "-f", "-"], JSON.stringify(object));
  assert.equal(created.code, 0, created.stderr);
  const { stdout } = await controlPlane().kubectl(["get", "ipaddresspools"]);
  assert.deepEqual(stdout.trimEnd().split("\n").map((line) => line.trim().split(/ {2,}/)), [
    ["NAME", "AUTO ASSIGN", "AVOID BUGGY IPS", "ADDRESSES"],
    ["lan", "true", "false", '["192.168.0.200-192.168.0.250"]'],
  ]);
});

testWith(["apiserver", "kubectl"], "kubectl get -o wide shows how full a pool is", async () => {
  await installCrds(controlPlane());
  const object = manifest(POOLS, "full", addresses("192.168.9.0/30"));
  await controlPlane().kubectl(["create", "-f", "-"], JSON.stringify(object));
  const status = { assignedIPv4: 3, availableIPv4: 1, assignedIPv6: 0, availableIPv6: 0 };
  const patch = ["patch", "ipaddresspool", "full", "--subresource=status", "--type=merge", "-p"];
  const patched = await controlPlane().kubectl([...patch, JSON.stringify({ status })]);
  assert.equal(patched.code, 0, patched.stderr);
  const { stdout } = await controlPlane().kubectl(["get", "ipaddresspool", "full", "-o", "wide"]);
  assert.deepEqual(
    stdout.trimEnd().split("\n").map((line) => line.trim().split(/ {2,}/).slice(4)),
    [
      ["ASSIGNED IPV4", "AVAILABLE IPV4", "ASSIGNED IPV6", "AVAILABLE IPV6"],
      ["3", "1", "0", "0"],
    ],
  );
});
