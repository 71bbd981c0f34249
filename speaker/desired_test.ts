import assert from "node:assert/strict";
import type { Config, L2Advertisement, LabelSelector, Pool } from "../config/config.ts";
import { parsePrefix } from "../ip/prefix.ts";
import { parseRange } from "../ip/range.ts";
import type { Node, ObjectMeta, Service } from "../kube/types.ts";
import { desire, type NotHere, type Snapshot } from "./desired.ts";
import { DesiredMemo } from "./desired_memo.ts";
import type { Interface, LocalInterface } from "./interfaces.ts";
import { judgeNodes } from "./members.ts";
import { rankNodes } from "./rank.ts";
import { virtualMac } from "../tests/sim/virtual_mac.ts";

const SOURCE = { kind: "file", file: "config.yaml" } as const;
const VIP = "192.168.0.200";
const ETH0 = face("eth0", 1, "192.168.0.0/24");
const ETH1 = face("eth1", 11, "10.0.0.0/24");

const EVERYWHERE: L2Advertisement = {
  name: "all",
  source: SOURCE,
  pools: ["lan"],
  nodeSelectors: [],
  interfaces: [],
};

const SNAPSHOT: Snapshot = {
  node: "n1",
  config: configOf([EVERYWHERE]),
  services: [service("default/whoami", [VIP])],
  nodes: [node("n1"), node("n2"), node("n3")],
  presences: new Map([
    ["n2", [face("eth0", 2, "192.168.0.0/24")]],
    ["n3", [face("eth0", 3, "192.168.0.0/24")]],
  ]),
  local: [local(ETH0, 2)],
  servingNodes: new Map(),
};

Deno.test("desire() gives link, order and Services of an address", () => {
  const { claimable, assigned, nodeOfMac } = desire(SNAPSHOT);
  const found = claimable.get(VIP);
  assert.deepEqual(
    [found?.linkIndex, found?.eligible, found?.services.map(({ name }) => name)],
    [2, ["n1", "n2", "n3"], ["whoami"]],
  );
  assert.equal(
    found?.standing.place(() => false, 9),
    rankNodes(["n1", "n2", "n3"], VIP).indexOf("n1"),
  );
  assert.deepEqual([...assigned], [VIP]);
  assert.equal(nodeOfMac.get(virtualMac(3)), "n3");
});

Deno.test("desire() takes a MAC of its own for its own, whatever an old Lease says", () => {
  const presences = new Map([["renamed", [face("eth0", 1, "192.168.0.0/24")]]]);
  const { nodeOfMac } = desire({ ...SNAPSHOT, presences });
  assert.equal(nodeOfMac.get(virtualMac(1)), "n1");
});

interface Row {
  readonly name: string;
  readonly change: Partial<Snapshot>;
  readonly want: NotHere | "here";
}

const ZONE_A: LabelSelector = { matchLabels: { zone: "a" }, matchExpressions: [] };

const rows: readonly Row[] = [
  { name: "nothing stands against it", change: {}, want: "here" },
  {
    name: "no advertisement covers the pool",
    change: { config: configOf([{ ...EVERYWHERE, pools: ["other"] }]) },
    want: "no-advertisement",
  },
  {
    name: "another zone is selected",
    change: { config: configOf([{ ...EVERYWHERE, nodeSelectors: [ZONE_A] }]) },
    want: "not-selected",
  },
  {
    name: "this zone is selected",
    change: {
      config: configOf([{ ...EVERYWHERE, nodeSelectors: [ZONE_A] }]),
      nodes: [node("n1", { labels: { zone: "a" } })],
    },
    want: "here",
  },
  {
    name: "the node is labelled to be left out",
    change: {
      nodes: [
        node("n1", { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } }),
      ],
    },
    want: "excluded-by-label",
  },
  {
    name: "the node's network is unavailable",
    change: {
      nodes: [{
        ...node("n1"),
        conditions: [{ type: "NetworkUnavailable", status: "True" }],
      }],
    },
    want: "network-unavailable",
  },
  {
    name: "policy Local, and the endpoint is elsewhere",
    change: {
      services: [service("default/whoami", [VIP], "Local")],
      servingNodes: new Map([["default/whoami", new Set(["n2"])]]),
    },
    want: "no-local-endpoint",
  },
  {
    name: "policy Local, and an endpoint is here",
    change: {
      services: [service("default/whoami", [VIP], "Local")],
      servingNodes: new Map([["default/whoami", new Set(["n1"])]]),
    },
    want: "here",
  },
  {
    name: "shared, and one of the Services has policy Local and its endpoint elsewhere",
    change: {
      services: [service("default/a", [VIP]), service("default/b", [VIP], "Local")],
      servingNodes: new Map([["default/b", new Set(["n2"])]]),
    },
    want: "no-local-endpoint",
  },
  {
    name: "no interface is on the subnet",
    change: { local: [local(ETH1, 3)] },
    want: "no-interface",
  },
  {
    name: "no interface is on the subnet, but this one is named",
    change: {
      local: [local(ETH1, 3)],
      config: configOf([{ ...EVERYWHERE, interfaces: ["eth1"] }]),
    },
    want: "here",
  },
  {
    name: "the interface on the subnet is not among those named",
    change: { config: configOf([{ ...EVERYWHERE, interfaces: ["eth9"] }]) },
    want: "no-interface",
  },
  {
    name: "the cable is out",
    change: { local: [{ ...local(ETH0, 2), hasCarrier: false }] },
    want: "no-carrier",
  },
];

Deno.test("desire() says why an address is not for this node", async (t) => {
  for (const { name, change, want } of rows) {
    await t.step(name, () => {
      const { claimable, notHere } = desire({ ...SNAPSHOT, ...change });
      assert.deepEqual([claimable.has(VIP), notHere.get(VIP)?.reason ?? "here"], [
        want === "here",
        want,
      ]);
    });
  }
});

Deno.test("desire() does not pass over what it does not announce", () => {
  const services = [service("default/a", ["fd00::1", "172.16.0.1"])];
  const { notHere, assigned } = desire({ ...SNAPSHOT, services });
  assert.deepEqual([...notHere], [
    ["fd00::1", { reason: "no-ipv6", services: ["default/a"] }],
    ["172.16.0.1", { reason: "no-pool", services: ["default/a"] }],
  ]);
  assert.equal(assigned.size, 2);
});

Deno.test("desire() gives the same standing while the eligible nodes are the same", () => {
  const memo = new DesiredMemo();
  const first = desire(SNAPSHOT, memo).claimable.get(VIP);
  const again = desire(SNAPSHOT, memo).claimable.get(VIP);
  assert.equal(first?.standing, again?.standing);
  const fewer = desire({ ...SNAPSHOT, nodes: [node("n1"), node("n3")] }, memo).claimable.get(VIP);
  assert.deepEqual(fewer?.eligible, ["n1", "n3"]);
});

Deno.test("judgeNodes() leaves no node without an answer", () => {
  const { eligible, excluded } = judgeNodes({
    nodes: [node("n1"), node("n2"), node("n4")],
    presences: new Map([["n1", [ETH0]], ["n2", [ETH1]]]),
    advertisements: [EVERYWHERE],
    address: { family: "IPv4", value: 0xc0a800c8n },
  });
  assert.deepEqual(eligible, ["n1"]);
  assert.deepEqual([...excluded], [["n2", "no-interface"], ["n4", "no-speaker"]]);
});

function configOf(l2Advertisements: readonly L2Advertisement[]): Config {
  const range = parseRange("192.168.0.200-192.168.0.250");
  const v6 = parseRange("fd00::-fd00::ff");
  assert.ok(typeof range !== "string" && typeof v6 !== "string");
  const pool: Pool = {
    name: "lan",
    source: SOURCE,
    labels: {},
    ranges: [range, v6],
    autoAssign: true,
    avoidBuggyIPs: false,
  };
  return { pools: [pool], l2Advertisements };
}

function meta(namespace: string, name: string): ObjectMeta {
  return {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    resourceVersion: "1",
    creationTimestamp: "",
    labels: {},
    annotations: {},
    deletionTimestamp: undefined,
  };
}

function node(name: string, change: Partial<ObjectMeta> = {}): Node {
  return { meta: { ...meta("", name), ...change }, unschedulable: false, conditions: [] };
}

function service(
  key: string,
  ips: readonly string[],
  externalTrafficPolicy: "Cluster" | "Local" = "Cluster",
): Service {
  const [namespace = "", name = ""] = key.split("/");
  return {
    meta: meta(namespace, name),
    type: "LoadBalancer",
    loadBalancerClass: undefined,
    loadBalancerIP: undefined,
    externalTrafficPolicy,
    ipFamilies: [],
    ipFamilyPolicy: undefined,
    clusterIPs: [],
    ports: [],
    selector: {},
    ingress: ips.map((ip) => ({ ip, hostname: undefined })),
    conditions: [],
  };
}

function face(name: string, n: number, subnet: string): Interface {
  const prefix = parsePrefix(subnet);
  assert.ok(prefix);
  return { name, mac: virtualMac(n), subnets: [prefix] };
}

function local(interface_: Interface, index: number): LocalInterface {
  return { ...interface_, index, hasCarrier: true };
}
