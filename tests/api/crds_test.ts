import assert from "node:assert/strict";
import { formatProblem, parseIpAddressPool, parseL2Advertisement } from "../../config/mod.ts";
import { customResource } from "../../kube/resources.ts";
import type { JsonObject } from "../../kube/types.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";

const controlPlane = usingControlPlane();
const CRDS = new URL("../../deploy/crds/", import.meta.url);
const POOLS = customResource("metallb.io/v1beta1", "IPAddressPool", "ipaddresspools");
const ADVERTISEMENTS = customResource("metallb.io/v1beta1", "L2Advertisement", "l2advertisements");

interface Row {
  readonly name: string;
  readonly spec: unknown;
  /** A part of the server's refusal; absent where the object is taken. */
  readonly refusal?: string;
}

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
  { name: "a pool twice", spec: { ipAddressPools: ["a", "a"] }, refusal: "Duplicate value" },
];

testWith(
  ["apiserver", "kubectl"],
  "the API server takes and refuses what the CRDs say",
  async (t) => {
    const applied = await controlPlane().kubectl(["apply", "-f", CRDS.pathname]);
    assert.equal(applied.code, 0, applied.stderr);
    const crds = ["ipaddresspools", "l2advertisements"].map((plural) => `crd/${plural}.metallb.io`);
    const wait = ["wait", "--for=condition=Established", "--timeout=30s", ...crds];
    assert.equal((await controlPlane().kubectl(wait)).code, 0);
    using client = Deno.createHttpClient({
      caCerts: [await Deno.readTextFile(controlPlane().caFile)],
    });
    for (
      const [kind, plural, rows] of [
        ["IPAddressPool", "ipaddresspools", POOL_ROWS],
        ["L2Advertisement", "l2advertisements", ADVERTISEMENT_ROWS],
      ] as const
    ) {
      for (const row of rows) {
        await t.step(`${kind}: ${row.name}`, async () => {
          const { status, body } = await tryToCreate(client, kind, plural, row.spec);
          if (row.refusal === undefined) {
            assert.equal(status, 201, JSON.stringify(body));
            assertReadable(body);
          } else {
            assert.equal(status, 422, JSON.stringify(body));
            assert.match(String(body.message), new RegExp(RegExp.escape(row.refusal)));
          }
        });
      }
    }
  },
);

testWith(["apiserver", "kubectl"], "kubectl get shows the columns that MetalLB has", async () => {
  await controlPlane().kubectl(["apply", "-f", CRDS.pathname]);
  const object = manifest("IPAddressPool", "lan", addresses("192.168.0.200-192.168.0.250"));
  const created = await controlPlane().kubectl(["create", "-f", "-"], JSON.stringify(object));
  assert.equal(created.code, 0, created.stderr);
  const { stdout } = await controlPlane().kubectl(["get", "ipaddresspools"]);
  assert.deepEqual(stdout.trimEnd().split("\n").map((line) => line.trim().split(/ {2,}/)), [
    ["NAME", "AUTO ASSIGN", "AVOID BUGGY IPS", "ADDRESSES"],
    ["lan", "true", "false", '["192.168.0.200-192.168.0.250"]'],
  ]);
});

function manifest(kind: string, name: string, spec: unknown): JsonObject {
  const object = { apiVersion: "metallb.io/v1beta1", kind, metadata: { name }, spec };
  return JSON.parse(JSON.stringify(object));
}

async function tryToCreate(
  client: Deno.HttpClient,
  kind: string,
  plural: string,
  spec: unknown,
): Promise<{ readonly status: number; readonly body: JsonObject }> {
  const { url, token } = controlPlane();
  const path = `${url}/apis/metallb.io/v1beta1/namespaces/default/${plural}?dryRun=All`;
  const response = await fetch(path, {
    client,
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(manifest(kind, "test", spec)),
  });
  return { status: response.status, body: await response.json() };
}

/** What the API server takes, the configuration takes as well. */
function assertReadable(body: JsonObject): void {
  const pool = body.kind === "IPAddressPool" ? POOLS.parse(body) : undefined;
  const advertisement = body.kind === "L2Advertisement" ? ADVERTISEMENTS.parse(body) : undefined;
  assert.ok(pool !== undefined || advertisement !== undefined);
  const problems = [
    ...pool ? parseIpAddressPool(pool).problems : [],
    ...advertisement ? parseL2Advertisement(advertisement).problems : [],
  ].filter(({ severity }) => severity === "error");
  assert.deepEqual(problems.map(formatProblem), []);
}
