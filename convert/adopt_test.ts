import assert from "node:assert/strict";
import { objectAt, stringAt } from "../kube/json.ts";
import { parseMeta } from "../kube/resources.ts";
import type { Json, JsonObject } from "../kube/types.ts";
import type { ConvertOptions } from "./convert.ts";
import {
  convertObjects,
  DUAL,
  kubeVipMap,
  nodeObject,
  pureLbObject,
  serviceObject,
} from "./testing.ts";

interface Row {
  readonly name: string;
  readonly left: readonly JsonObject[];
  readonly options?: ConvertOptions;
  /** The spec of each object, by kind and name. */
  readonly want: Readonly<Record<string, Json>>;
  /** By name of the Service: annotations, and `spec.loadBalancerIP` where it goes. */
  readonly requests?: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  readonly notes?: readonly string[];
  /** @default all of them */
  readonly kept?: number;
  readonly lbClass?: string;
}

const IPS = "metallb.io/loadBalancerIPs";
const SHARED = "metallb.io/allow-shared-ip";
const POOL = "metallb.io/address-pool";

const KUBE_VIP: readonly Row[] = [
  {
    name: "kube-vip: pools of all and of a namespace, and an address of each",
    left: [
      kubeVipMap({
        "range-global": "10.0.0.10-10.0.0.20,2001:db8::10-2001:db8::1f",
        "cidr-dev": "10.0.1.0/29,10.0.1.16/30",
        "range-dev": "10.0.2.1-10.0.2.2",
        "interface-dev": "eth1",
        "skip-end-ips-in-cidr": "true",
      }),
      serviceObject("a", {
        held: ["10.0.0.10"],
        annotations: { "kube-vip.io/loadbalancerIPs": "10.0.0.10", "kube-vip.io/vipHost": "n1" },
        spec: { loadBalancerIP: "10.0.0.10" },
      }),
      serviceObject("b", { namespace: "dev", held: ["10.0.1.2"] }),
    ],
    want: {
      "IPAddressPool dev": {
        addresses: ["10.0.1.1-10.0.1.6", "10.0.1.17-10.0.1.18"],
        serviceAllocation: { namespaces: ["dev"] },
      },
      "IPAddressPool global": { addresses: ["10.0.0.10-10.0.0.20", "2001:db8::10/124"] },
      "L2Advertisement layer2-eth1": { ipAddressPools: ["dev"], interfaces: ["eth1"] },
      "L2Advertisement layer2": { ipAddressPools: ["global"] },
    },
    requests: { b: { [IPS]: "10.0.1.2" } },
    notes: [
      'lost: Key "range-dev": it has no effect beside "cidr-dev"; add its addresses to that pool if ' +
      "they are meant",
    ],
  },
  {
    name: "kube-vip: a pool gets neither what another has nor what a node has",
    left: [
      kubeVipMap({ "cidr-global": "10.0.0.0/29", "cidr-dev": "10.0.0.4/30" }),
      nodeObject("n1", ["10.0.0.1", "n1.example"]),
      serviceObject("a", { held: ["10.0.0.2"] }),
    ],
    want: {
      "IPAddressPool dev": {
        addresses: ["10.0.0.4/30"],
        serviceAllocation: { namespaces: ["dev"] },
      },
      "IPAddressPool global": { addresses: ["10.0.0.0/32", "10.0.0.2/31"] },
      "L2Advertisement layer2": { ipAddressPools: ["dev", "global"] },
    },
    requests: { a: { [IPS]: "10.0.0.2" } },
    notes: [
      'changed: Pool "global" does not have the addresses that belong to Node "n1"',
      'changed: Pool "global" does not have the addresses that belong to pool "dev"',
    ],
  },
  {
    name: "kube-vip: addresses in use of no pool, or of a pool for others, are adopted",
    left: [
      kubeVipMap({ "cidr-dev": "10.0.0.0/30" }),
      serviceObject("a", { held: ["10.0.0.1"] }),
      serviceObject("b", { held: ["10.9.9.9"], spec: { loadBalancerIP: "10.9.9.9" } }),
      serviceObject("c", {
        held: ["10.9.9.10"],
        annotations: { "kube-vip.io/serviceInterface": "eth7" },
      }),
    ],
    want: {
      "IPAddressPool dev": {
        addresses: ["10.0.0.0/32", "10.0.0.2/31"],
        serviceAllocation: { namespaces: ["dev"] },
      },
      "IPAddressPool adopted": { addresses: ["10.0.0.1/32", "10.9.9.9/32"], autoAssign: false },
      "IPAddressPool adopted-eth7": { addresses: ["10.9.9.10/32"], autoAssign: false },
      "L2Advertisement layer2": { ipAddressPools: ["dev", "adopted"] },
      "L2Advertisement layer2-eth7": { ipAddressPools: ["adopted-eth7"], interfaces: ["eth7"] },
    },
    requests: { a: { [IPS]: "10.0.0.1" }, c: { [IPS]: "10.9.9.10" } },
    notes: [
      'changed: Pool "adopted" has the addresses in use that no other pool has for their Services: ' +
      "2 runs of them",
      'changed: Pool "adopted-eth7" has the addresses in use that no other pool has for their ' +
      "Services: 1 run of them",
    ],
  },
  {
    name:
      "kube-vip: Services that share an address, by DHCP, with both families, and with one of two",
    left: [
      kubeVipMap({ "cidr-global": "10.0.0.0/28,2001:db8::/64" }),
      serviceObject("tcp", { held: ["10.0.0.1"] }),
      serviceObject("udp", {
        held: ["10.0.0.1"],
        spec: { ports: [{ protocol: "UDP", port: 80 }] },
      }),
      serviceObject("dhcp", {
        held: ["10.0.0.5"],
        annotations: { "kube-vip.io/loadbalancerIPs": "0.0.0.0" },
        spec: { loadBalancerIP: "0.0.0.0" },
      }),
      serviceObject("dual", {
        held: ["2001:db8::1", "10.0.0.2"],
        spec: { ...DUAL, loadBalancerIP: "10.0.0.2" },
      }),
      serviceObject("half", {
        held: ["10.0.0.3"],
        spec: { ...DUAL, loadBalancerIP: "10.0.0.3" },
      }),
    ],
    want: {
      "IPAddressPool global": { addresses: ["10.0.0.0/28", "2001:db8::/64"] },
      "L2Advertisement layer2": { ipAddressPools: ["global"] },
    },
    requests: {
      tcp: { [IPS]: "10.0.0.1", [SHARED]: "shared-10.0.0.1" },
      udp: { [IPS]: "10.0.0.1", [SHARED]: "shared-10.0.0.1" },
      dhcp: { [IPS]: "10.0.0.5", loadBalancerIP: null },
      dual: { [IPS]: "2001:db8::1,10.0.0.2", loadBalancerIP: null },
      half: { loadBalancerIP: null },
    },
    notes: [
      "lost: Address of Service default/dhcp: it came by DHCP, and is kept as a fixed one; reserve it " +
      "at the DHCP server",
      "do: Service default/half keeps 10.0.0.3 as long as its status has it: it has two families, " +
      "and could ask by name for an address of each only",
    ],
  },
  {
    name: "kube-vip: what has no match",
    left: [
      kubeVipMap({
        "cidr-global": "0.0.0.0/32",
        "cidr-dev": "10.0.0.0/30, 10.0.0.300/30",
        "interface-test": "eth3",
        "allow-share-dev": "true",
        "search-order": "desc",
        "serach-order": "asc",
      }),
      serviceObject("a", { namespace: "dev", annotations: { "kube-vip.io/egress": "true" } }),
    ],
    want: {
      "IPAddressPool dev": {
        addresses: ["10.0.0.0/30"],
        serviceAllocation: { namespaces: ["dev"] },
      },
      "L2Advertisement layer2": { ipAddressPools: ["dev"] },
    },
    notes: [
      'lost: Key "cidr-global" has addresses come by DHCP: write an IPAddressPool with addresses that ' +
      "the DHCP server does not give out",
      'lost: Cannot use addresses "10.0.0.300/30": need four numbers from 0 to 255, have ' +
      '"10.0.0.300" (cidr-dev)',
      'lost: Key "interface-test": namespace "test" has no pool of its own; Services that have an ' +
      "address keep the interface",
      'lost: Key "allow-share-dev": Services share an address only where they say so with annotation ' +
      "metallb.io/allow-shared-ip",
      'lost: Key "search-order": addresses are given out in ascending order',
      'lost: Key "serach-order": not known',
      'lost: Annotation "kube-vip.io/egress" of Service dev/a: traffic of the pods leaves as the ' +
      "cluster's network lets it",
    ],
  },
  {
    name: "a class that all have is the leader's",
    left: [
      serviceObject("a", {
        held: ["10.0.0.1"],
        spec: { loadBalancerClass: "kube-vip.io/kube-vip-class" },
      }),
      serviceObject("b", { held: ["10.7.0.1"], spec: { loadBalancerClass: "example.com/other" } }),
      serviceObject("c", { held: ["10.8.0.1"], spec: { type: "ClusterIP" } }),
    ],
    want: {
      "IPAddressPool adopted": { addresses: ["10.0.0.1/32"], autoAssign: false },
      "L2Advertisement layer2": { ipAddressPools: ["adopted"] },
    },
    requests: { a: { [IPS]: "10.0.0.1" } },
    notes: [
      'changed: Pool "adopted" has the addresses in use that no other pool has for their Services: ' +
      "1 run of them",
    ],
    lbClass: "kube-vip.io/kube-vip-class",
  },
];

const PURELB: readonly Row[] = [
  {
    name: "PureLB: groups, the default one unasked, and what Services ask for",
    left: [
      pureLbObject("ServiceGroup", "default", {
        local: {
          v4pools: [{ pool: "10.0.0.0/28", subnet: "10.0.0.0/24", aggregation: "default" }],
          v6pool: { pool: "2001:db8::-2001:db8::f", subnet: "2001:db8::/64" },
        },
      }),
      pureLbObject("ServiceGroup", "lab", {
        local: { pool: "10.0.1.0/28", subnet: "10.0.1.0/24", aggregation: "default" },
      }),
      pureLbObject("LBNodeAgent", "default", {
        local: { localint: "eth2", extlbint: "kube-lb0", sendgarp: true },
      }),
      serviceObject("a", {
        held: ["10.0.0.3"],
        annotations: { "purelb.io/allocated-by": "PureLB", "purelb.io/allow-shared-ip": "k" },
      }),
      serviceObject("b", {
        held: ["10.0.1.3"],
        annotations: { "purelb.io/service-group": "lab" },
      }),
      serviceObject("pending", { annotations: { "purelb.io/service-group": "lab" } }),
      serviceObject("asks", { annotations: { "purelb.io/addresses": "10.0.0.9" } }),
    ],
    want: {
      "IPAddressPool default": { addresses: ["2001:db8::/124", "10.0.0.0/28"] },
      "IPAddressPool lab": { addresses: ["10.0.1.0/28"], autoAssign: false },
      "L2Advertisement layer2-eth2": { ipAddressPools: ["default", "lab"], interfaces: ["eth2"] },
    },
    requests: {
      a: { [IPS]: "10.0.0.3", [SHARED]: "k" },
      b: { [IPS]: "10.0.1.3" },
      pending: { [POOL]: "lab" },
      asks: { [IPS]: "10.0.0.9" },
    },
  },
  {
    name: "PureLB: namespaces, nodes, and what has no match",
    left: [
      pureLbObject("ServiceGroup", "team", {
        local: { v4pool: { pool: "10.0.0.0/28", subnet: "10.0.0.0/24" }, multiPool: true },
        namespaces: ["team"],
      }),
      pureLbObject("ServiceGroup", "routed", {
        remote: { v4pool: { pool: "10.1.0.0/28", subnet: "10.1.0.0/24" } },
      }),
      pureLbObject("ServiceGroup", "nb", { netbox: { url: "http://x", tenant: "t" } }),
      pureLbObject("LBNodeAgent", "edge", {
        nodeSelector: { matchLabels: { edge: "true" } },
        local: { localInterface: "eth[01]", addressGuard: { mode: "enforce" } },
      }),
      serviceObject("a", {
        namespace: "team",
        held: ["10.0.0.1", "10.0.0.2"],
        annotations: { "purelb.io/multi-pool": "true", "purelb.io/allocated-by": "PureLB" },
      }),
    ],
    want: {
      "IPAddressPool team": {
        addresses: ["10.0.0.0/28"],
        serviceAllocation: { namespaces: ["team"] },
      },
      "IPAddressPool routed": { addresses: ["10.1.0.0/28"], autoAssign: false },
      "L2Advertisement layer2": {
        ipAddressPools: ["team"],
        nodeSelectors: [{ matchLabels: { edge: "true" } }],
      },
    },
    requests: { a: { [IPS]: "10.0.0.1" } },
    notes: [
      'lost: Field "spec.namespaces" of ServiceGroup purelb/team: Services of other namespaces ' +
      "cannot ask for the pool; add their namespaces",
      'lost: Field "multiPool" of ServiceGroup purelb/team: addresses are given out in order, one of ' +
      "each family",
      'lost: Field "spec.remote" of ServiceGroup purelb/routed: no routing daemon reads its ' +
      "addresses from a dummy interface; write a BGPPeer and a BGPAdvertisement",
      'lost: Field "spec.netbox" of ServiceGroup purelb/nb: its addresses come from another program; ' +
      "write an IPAddressPool with them",
      'lost: Field "spec.local.localInterface" of LBNodeAgent purelb/edge: an L2Advertisement names ' +
      'interfaces one by one, and "eth[01]" is a pattern; list them there, else all are used',
      'lost: Field "spec.local.addressGuard" of LBNodeAgent purelb/edge: Lanlord has nothing of the ' +
      "kind",
      "lost: Address 10.0.0.2 of Service team/a: a Service has one address of each family; make a " +
      "second Service for it",
      'lost: Annotation "purelb.io/multi-pool" of Service team/a: a Service has one address of each ' +
      "family; make one Service for each pool",
    ],
  },
];

const ENABLE = "svccontroller.k3s.cattle.io/enablelb";
const LB_POOL = "svccontroller.k3s.cattle.io/lbpool";

const SERVICE_LB: readonly Row[] = [
  {
    name: "k3s: addresses of nodes are no pool's; the choice of nodes stays",
    left: [
      nodeObject("n1", ["10.0.0.1"], { [ENABLE]: "true", [LB_POOL]: "p" }),
      nodeObject("n2", ["10.0.0.2"]),
      serviceObject("a", { held: ["10.0.0.1", "10.0.0.2"], labels: { [LB_POOL]: "p" } }),
      serviceObject("b", { held: ["10.0.0.77"] }),
    ],
    want: {
      "IPAddressPool adopted": { addresses: ["10.0.0.77/32"], autoAssign: false },
      "L2Advertisement layer2": { ipAddressPools: ["adopted"] },
      "L2Advertisement lbpool-p": {
        nodeSelectors: [{ matchLabels: { [ENABLE]: "true", [LB_POOL]: "p" } }],
        serviceSelectors: [{ matchLabels: { [LB_POOL]: "p" } }],
      },
      "L2Advertisement servicelb": {
        nodeSelectors: [{ matchLabels: { [ENABLE]: "true" } }],
        serviceSelectors: [{ matchExpressions: [{ key: LB_POOL, operator: "DoesNotExist" }] }],
      },
    },
    requests: { b: { [IPS]: "10.0.0.77" } },
    notes: [
      "lost: Addresses of Service default/a (10.0.0.1, 10.0.0.2): they are the nodes' own; start k3s " +
      'with "--disable servicelb", write an IPAddressPool with free addresses of the network, and ' +
      "point what knows the old ones to the new one",
      'changed: Pool "adopted" has the addresses in use that no other pool has for their Services: ' +
      "1 run of them",
    ],
    kept: 1,
  },
  {
    name: "k3s: known by its DaemonSet where there are no Nodes",
    left: [
      {
        apiVersion: "apps/v1",
        kind: "DaemonSet",
        metadata: {
          namespace: "kube-system",
          name: "svclb-a-1234",
          labels: {
            "svccontroller.k3s.cattle.io/svcname": "a",
            "svccontroller.k3s.cattle.io/svcnamespace": "default",
          },
        },
      },
      serviceObject("a", { held: ["10.0.0.1"] }),
    ],
    want: {},
    notes: [
      "lost: Addresses of Service default/a (10.0.0.1): they are the nodes' own; start k3s " +
      'with "--disable servicelb", write an IPAddressPool with free addresses of the network, and ' +
      "point what knows the old ones to the new one",
    ],
    kept: 0,
  },
];

Deno.test("convert() lets every Service go on with what another program gave it", async (t) => {
  for (const row of [...KUBE_VIP, ...PURELB, ...SERVICE_LB]) {
    await t.step(row.name, () => {
      const { objects, requests, notes, services, lbClass } = convertObjects(row.left, row.options);
      const specs = objects.map((object) => [
        `${stringAt(object, "kind")} ${parseMeta(object).name}`,
        objectAt(object, "spec"),
      ]);
      assert.deepEqual(Object.fromEntries(specs), row.want);
      const asked = requests.map(({ name, annotations, dropsLoadBalancerIP }) => [
        name,
        { ...annotations, ...dropsLoadBalancerIP && { loadBalancerIP: null } },
      ]);
      assert.deepEqual(Object.fromEntries(asked), row.requests ?? {});
      const told = notes.map(({ kind, message }) => `${kind}: ${message}`);
      assert.deepEqual(told.toSorted(), (row.notes ?? []).toSorted());
      assert.equal(services.keptCount, row.kept ?? services.count);
      assert.equal(lbClass, row.lbClass);
    });
  }
});
