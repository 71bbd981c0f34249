import assert from "node:assert/strict";
import type { Config, L2Advertisement, Pool } from "../../config/config.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { parseRange } from "../../ip/range.ts";
import { keyOf } from "../../kube/resource.ts";
import { desire, type NotEligible, type Snapshot } from "./desired.ts";
import { DesiredMemo } from "./desired_memo.ts";
import { rankNodes } from "../ownership/rank.ts";
import { advertisementOf, labelled, nodeOf as node, serviceOf } from "../testing.ts";
import type { Interface, LocalInterface } from "./interfaces.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";

const SOURCE = { kind: "file", file: "config.yaml" } as const;
const VIP = "192.168.0.200";
const ETH0 = face("eth0", 1, "192.168.0.0/24");
const ETH1 = face("eth1", 11, "10.0.0.0/24");

const EVERYWHERE = advertisementOf("all");

const SNAPSHOT: Snapshot = {
  node: "n1",
  config: configOf([EVERYWHERE]),
  services: [serviceOf("default/whoami", [VIP])],
  nodes: [node("n1"), node("n2"), node("n3")],
  presences: new Map([
    ["n2", [face("eth0", 2, "192.168.0.0/24")]],
    ["n3", [face("eth0", 3, "192.168.0.0/24")]],
  ]),
  local: [local(ETH0, 2)],
  endpoints: new Map(),
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
  /** Absent where the address is for this node. */
  readonly want?: NotEligible["why"];
}

const LOCAL = { externalTrafficPolicy: "Local" } as const;
const WEB = serviceOf("default/web", [VIP], { labels: { app: "web" } });
const MAIL = serviceOf("default/mail", [VIP], { labels: { app: "mail" } });
const forApp = (app: string): Pick<L2Advertisement, "serviceSelectors"> => ({
  serviceSelectors: [labelled("app", app)],
});
const onlyServing = { ready: new Set<string>(), serving: new Set(["n1"]) };
const on = (...names: readonly string[]): typeof onlyServing => ({
  ready: new Set(names),
  serving: new Set(names),
});

const rows: readonly Row[] = [
  { name: "nothing stands against it", change: {} },
  {
    name: "no pool has it",
    change: { config: { pools: [], l2Advertisements: [] } },
    want: { kind: "no-pool" },
  },
  {
    name: "no advertisement covers the pool",
    change: { config: configOf([{ ...EVERYWHERE, pools: ["other"] }]) },
    want: { kind: "no-advertisement", pool: "lan" },
  },
  {
    name: "the advertisement is for another Service",
    change: { services: [WEB], config: configOf([{ ...EVERYWHERE, ...forApp("mail") }]) },
    want: { kind: "service-not-selected", advertisements: ["all"] },
  },
  {
    name: "shared by Services that one advertisement each is for",
    change: {
      services: [WEB, MAIL],
      config: configOf([
        advertisementOf("mail", forApp("mail")),
        advertisementOf("web", forApp("web")),
      ]),
    },
  },
  {
    name: "the node's own API object is not known",
    change: { nodes: [node("n2")] },
    want: { kind: "no-speaker" },
  },
  {
    name: "policy Local, and the endpoint is elsewhere",
    change: {
      services: [serviceOf("default/whoami", [VIP], LOCAL)],
      endpoints: new Map([["default/whoami", on("n2")]]),
    },
    want: { kind: "no-local-endpoint" },
  },
  {
    name: "policy Local, and an endpoint is here",
    change: {
      services: [serviceOf("default/whoami", [VIP], LOCAL)],
      endpoints: new Map([["default/whoami", on("n1")]]),
    },
  },
  {
    name: "policy Local, and the only endpoint is here and terminates",
    change: {
      services: [serviceOf("default/whoami", [VIP], LOCAL)],
      endpoints: new Map([["default/whoami", onlyServing]]),
    },
  },
  {
    name: "policy Local, and the endpoint here terminates",
    change: {
      services: [serviceOf("default/whoami", [VIP], LOCAL)],
      endpoints: new Map([
        ["default/whoami", { ready: new Set(["n2"]), serving: new Set(["n1", "n2"]) }],
      ]),
    },
    want: { kind: "endpoint-terminating" },
  },
  {
    name: "shared, and one of the Services has policy Local and its endpoint elsewhere",
    change: {
      services: [serviceOf("default/a", [VIP]), serviceOf("default/b", [VIP], LOCAL)],
      endpoints: new Map([["default/b", on("n2")]]),
    },
    want: { kind: "no-local-endpoint" },
  },
  {
    name: "cordoned, and to be released",
    change: { nodes: [node("n1", { unschedulable: true }), node("n2")], onCordon: "release" },
    want: { kind: "cordoned" },
  },
  {
    name: "no interface is on the subnet",
    change: { local: [local(ETH1, 3)] },
    want: { kind: "no-interface", interfaces: ["eth1"] },
  },
  {
    name: "no interface is on the subnet, but this one is named",
    change: {
      local: [local(ETH1, 3)],
      config: configOf([{ ...EVERYWHERE, interfaces: ["eth1"] }]),
    },
  },
  {
    name: "the cable is out",
    change: { local: [{ ...local(ETH0, 2), hasCarrier: false }] },
    want: { kind: "no-carrier", interfaces: ["eth0"] },
  },
];

Deno.test("desire() says why an address is not for this node", async (t) => {
  for (const { name, change, want } of rows) {
    await t.step(name, () => {
      const { claimable, notHere } = desire({ ...SNAPSHOT, ...change });
      assert.deepEqual([claimable.has(VIP), notHere.get(VIP)?.why], [want === undefined, want]);
    });
  }
});

Deno.test("desire() does not pass over what it does not announce", () => {
  const services = [serviceOf("default/a", ["fd00::1", "172.16.0.1"])];
  const { notHere, assigned } = desire({ ...SNAPSHOT, services });
  assert.deepEqual(
    Array.from(notHere, ([key, { why, services }]) => [key, why.kind, services.map(keyOf)]),
    [["fd00::1", "no-ipv6", ["default/a"]], ["172.16.0.1", "no-pool", ["default/a"]]],
  );
  assert.equal(assigned.size, 2);
});

Deno.test("desire() lets one node tell that advertisements keep everybody out", () => {
  const config = configOf([{ ...EVERYWHERE, interfaces: ["eth9"] }]);
  const faults = ["n1", "n2"].map((name) => {
    const presences = new Map([["n1", [ETH0]], ["n2", [ETH0]]]);
    return desire({ ...SNAPSHOT, config, presences, node: name }).notHere.get(VIP)?.fault;
  });
  assert.deepEqual(faults, ["announceFailed", undefined]);
});

Deno.test("desire() judges Services of one pool by their own advertisements", () => {
  const mail = { ...MAIL, ingress: [{ ip: "192.168.0.201", hostname: undefined }] };
  const config = configOf([
    advertisementOf("web", forApp("web")),
    advertisementOf("mail", { ...forApp("mail"), nodeSelectors: [labelled("zone", "a")] }),
  ]);
  const { claimable, notHere } = desire({ ...SNAPSHOT, services: [WEB, mail], config });
  assert.deepEqual([...claimable.keys()], [VIP]);
  assert.deepEqual(notHere.get("192.168.0.201")?.why, {
    kind: "not-selected",
    advertisements: ["mail"],
  });
});

Deno.test("desire() gives the same standing while the eligible nodes are the same", () => {
  const memo = new DesiredMemo();
  const first = desire(SNAPSHOT, memo).claimable.get(VIP);
  const again = desire(SNAPSHOT, memo).claimable.get(VIP);
  assert.equal(first?.standing, again?.standing);
  const fewer = desire({ ...SNAPSHOT, nodes: [node("n1"), node("n3")] }, memo).claimable.get(VIP);
  assert.deepEqual(fewer?.eligible, ["n1", "n3"]);
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

function face(name: string, n: number, subnet: string): Interface {
  const prefix = parsePrefix(subnet);
  assert.ok(prefix);
  return { name, mac: virtualMac(n), subnets: [prefix] };
}

function local(interface_: Interface, index: number): LocalInterface {
  return { ...interface_, index, hasCarrier: true };
}
