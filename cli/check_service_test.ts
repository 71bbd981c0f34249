import assert from "node:assert/strict";
import { check } from "./check.ts";

const POOLS = `{ apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: { name: all } }
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { namespace: metallb-system, name: db }
spec:
  addresses: [10.0.0.0/24]
  serviceAllocation:
    namespaces: [db]
    namespaceSelectors: [{ matchLabels: { data: "yes" } }]
    serviceSelectors: [{ matchLabels: { app: db } }]
---
`;

const CLOSED = "pool db not compatible for ip assignment: its";
const SELECTORS =
  `${CLOSED} "serviceSelectors" do not select the Service; label the Service so that ` +
  '"serviceSelectors" of pool "db" select it';

const rows: readonly {
  readonly name: string;
  readonly metadata: string;
  readonly spec?: string;
  /** What is wrong. */
  readonly want?: string;
}[] = [
  {
    name: "an address of a pool that is for others",
    metadata: "{ namespace: db, name: x }",
    spec: "loadBalancerIP: 10.0.0.1",
    want: SELECTORS,
  },
  {
    name: "a pool that is for others",
    metadata: "{ namespace: db, name: x, annotations: { metallb.io/address-pool: db } }",
    want: SELECTORS,
  },
  {
    name: "a pool that is for it",
    metadata:
      "{ namespace: db, name: x, labels: { app: db }, annotations: { metallb.io/address-pool: db } }",
  },
  {
    name: "a namespace whose labels the file does not say",
    metadata:
      "{ namespace: web, name: x, labels: { app: db }, annotations: { metallb.io/address-pool: db } }",
  },
  {
    name: "a Service that the file puts into no namespace",
    metadata: "{ name: x, annotations: { metallb.io/address-pool: db } }",
  },
  { name: "nothing in particular", metadata: "{ namespace: db, name: x }" },
];

Deno.test("check says of a Service that it asks for a pool that is not for it", async (t) => {
  for (const { name, metadata, spec = "", want } of rows) {
    await t.step(name, async () => {
      const service =
        `{ apiVersion: v1, kind: Service, metadata: ${metadata}, spec: { type: LoadBalancer, ${spec} } }`;
      const stdout: string[] = [];
      await check(["-"], {
        stdout: (line) => stdout.push(line),
        stderr: (line) => stdout.push(line),
        env: () => undefined,
        isTerminal: false,
        hostname: "test",
        signal: new AbortController().signal,
      }, () => Promise.resolve(POOLS + service));
      const faults = stdout.slice(0, -1).map((line) => line.replace(/^.* an address: /, ""));
      assert.deepEqual(faults, want === undefined ? [] : [want]);
    });
  }
});
