import assert from "node:assert/strict";
import { type Forward, planForwards } from "./forwarding.ts";
import { renderNftables } from "./nftables.ts";
import type { BackendSlice, ForwardedService } from "./objects.ts";
import { metaOf, serviceOf } from "./testing.ts";

const slice: BackendSlice = {
  meta: metaOf("whoami-1"),
  service: "default/whoami",
  ports: [{ name: "", protocol: "TCP", port: 8080 }],
  backends: [
    backend("10.244.1.2", "n1", true),
    backend("10.244.2.2", "n2", true),
    backend("10.244.2.3", "n2", false),
  ],
};

interface Row {
  readonly name: string;
  readonly service: Partial<ForwardedService>;
  readonly node: string;
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "policy Cluster: every ready pod, the node as the client",
    service: {},
    node: "n1",
    want: [
      "cluster-ip 10.96.0.10:80 masqueraded to 10.244.1.2 10.244.2.2",
      "node-port *:30080 masqueraded to 10.244.1.2 10.244.2.2",
      "load-balancer 192.168.0.200:80 masqueraded to 10.244.1.2 10.244.2.2",
    ],
  },
  {
    name: "policy Local: this node's pods, the client as it is",
    service: { externalTrafficPolicy: "Local" },
    node: "n2",
    want: [
      "cluster-ip 10.96.0.10:80 masqueraded to 10.244.1.2 10.244.2.2",
      "node-port *:30080 to 10.244.2.2",
      "load-balancer 192.168.0.200:80 to 10.244.2.2",
    ],
  },
  {
    name: "policy Local on a node without pods: nowhere",
    service: { externalTrafficPolicy: "Local", clusterIp: undefined },
    node: "n3",
    want: ["node-port *:30080 to ", "load-balancer 192.168.0.200:80 to "],
  },
  {
    name: "an address of a Service that is no load balancer any more is not forwarded",
    service: {
      type: "ClusterIP",
      ports: serviceOf("").ports.map((port) => ({ ...port, nodePort: undefined })),
    },
    node: "n1",
    want: ["cluster-ip 10.96.0.10:80 masqueraded to 10.244.1.2 10.244.2.2"],
  },
];

Deno.test("planForwards()", async (t) => {
  for (const { name, service, node, want } of rows) {
    await t.step(name, () => {
      const forwards = planForwards([serviceOf("whoami", service)], [slice], node);
      assert.deepEqual(forwards.map(textOf), want);
    });
  }
});

Deno.test("renderNftables() replaces the table as a whole, and drops where there is no pod", () => {
  const forwards = planForwards(
    [serviceOf("whoami", { externalTrafficPolicy: "Local" })],
    [slice],
    "n3",
  );
  const text = renderNftables(forwards, "192.168.0.13");
  assert.match(
    text,
    /^table ip lanlord-demo \{\}\ndelete table ip lanlord-demo\ntable ip lanlord-demo \{\n/,
  );
  assert.match(text, /chain external-2 \{\n {4}drop\n/);
  assert.match(text, /ip daddr 192\.168\.0\.200 tcp dport 80 goto external-2/);
  assert.match(text, /numgen random mod 2 vmap \{ 0 : goto internal-0-0, 1 : goto internal-0-1 \}/);
});

function backend(
  address: string,
  nodeName: string,
  isReady: boolean,
): BackendSlice["backends"][number] {
  return { address, nodeName, podName: address, podUid: address, isReady, isTerminating: false };
}

function textOf({ to, port, external, isMasqueraded }: Forward): string {
  const address = to.kind === "node-port" ? "*" : to.address;
  const targets = external.map((target) => target.address).join(" ");
  return `${to.kind} ${address}:${port}${isMasqueraded ? " masqueraded" : ""} to ${targets}`;
}
