import { deepEqual, equal, ok } from "node:assert/strict";
import { inputOf, layer2Pools, resource } from "../config/testing.ts";
import { dualServiceOf, reportsOf, serviceOf, type ServiceSpec } from "../controller/testing.ts";
import type { EndpointSlice } from "../kube/types.ts";
import { faceOf, nodeOf } from "../speaker/testing.ts";
import { clusterOf } from "../tests/clusters.ts";
import { matterOf } from "./matter.ts";
import { nodeVerdicts } from "./nodes.ts";
import type { Announcer } from "./objects.ts";
import type { Rules } from "./outlook.ts";
import type { ClusterSnapshot } from "./snapshot.ts";
import { verdictOf } from "./verdict.ts";

const SINCE = "2026-01-01T00:00:00Z";

function announcedBy(node: string, ...interfaces: readonly string[]): Partial<ClusterSnapshot> {
  const service = "default/web";
  const announcer: Announcer = { service, node, interfaces, since: SINCE };
  return { announcers: new Map([[service, announcer]]) };
}

const POOL = resource("lan", { addresses: ["192.168.0.200-192.168.0.203"] });

/** A pool, and an L2Advertisement with this spec. */
function advertised(spec: Parameters<typeof resource>[1]): Partial<ClusterSnapshot> {
  return {
    config: inputOf({ pools: [POOL], l2Advertisements: [resource("all", spec)] }),
  };
}

interface Row {
  readonly name: string;
  readonly cluster: Partial<ClusterSnapshot>;
  readonly spec?: Partial<ServiceSpec>;
  readonly rules?: Partial<Rules>;
  /** The results of advertisement, nodes, owner and answers by their first letter. */
  readonly results: string;
  /** Part of what was found at the last gate that was reached. */
  readonly found: RegExp;
  /** By name of the node: its rank, or the reason. */
  readonly nodes?: Readonly<Record<string, number | string>>;
}

const ROWS: readonly Row[] = [
  {
    name: "all is well",
    cluster: announcedBy("n1", "eth0"),
    results: "pppp",
    found: /^n1, 02:00:00:00:00:01; no other machine is seen to answer$/,
    nodes: { n1: 1, n2: 2 },
  },
  {
    name: "a preferred node comes first",
    cluster: {
      ...advertised({
        preferredNodeSelectors: [{ weight: 1, preference: { matchLabels: { edge: "yes" } } }],
      }),
      ...announcedBy("n1", "eth0"),
      nodes: [nodeOf("n1"), nodeOf("n2", { labels: { edge: "yes" } })],
    },
    results: "pppp",
    found: /^n1, 02:00:00:00:00:01; no other machine is seen to answer$/,
    nodes: { n2: 1, n1: 2 },
  },
  {
    name: "nobody tells, and there is no kind to tell by",
    cluster: { unread: [{ kind: "ServiceL2Status", why: "not-installed" }] },
    results: "ppuu",
    found: /^no other machine is seen/,
  },
  {
    name: "no speaker announces it",
    cluster: {},
    results: "ppfn",
    found: /^no speaker tells that it announces the address$/,
  },
  {
    name: "a node announces it that may not",
    cluster: {
      ...announcedBy("n1"),
      nodes: [nodeOf("n1", { unschedulable: true }), nodeOf("n2")],
    },
    rules: { onCordon: "release" },
    results: "ppfn",
    found: /^n1, since 2026-01-01T00:00:00Z, which may not hold it: it is cordoned$/,
    nodes: { n1: "cordoned", n2: 1 },
  },
  {
    name: "a node announces it that is gone",
    cluster: announcedBy("n9"),
    results: "ppfn",
    found: /which may not hold it: the cluster has no such node$/,
  },
  {
    name: "the node that announces it is not Ready",
    cluster: {
      ...announcedBy("n1", "eth0"),
      nodes: [nodeOf("n1", { conditions: [{ type: "Ready", status: "Unknown" }] }), nodeOf("n2")],
    },
    results: "pppp",
    found: /^n1,/,
  },
  {
    name: "a stranger answers",
    cluster: { ...announcedBy("n1"), conflicts: [reportsOf("n2", { ip: "192.168.0.200" })] },
    results: "pppf",
    found: /^192\.168\.0\.200 is used by 02:00:00:00:00:aa/,
  },
  {
    name: "a stranger answers, so no node does",
    cluster: { conflicts: [reportsOf("n2", { ip: "192.168.0.200" })] },
    results: "ppuf",
    found: /^192\.168\.0\.200 is used by 02:/,
  },
  {
    name: "a stranger answered lately",
    cluster: {
      ...announcedBy("n1"),
      conflicts: [reportsOf("n2", { ip: "192.168.0.200", over: "T1" })],
    },
    results: "pppp",
    found: /no other machine is seen/,
  },
  {
    name: "no advertisement",
    cluster: { config: inputOf({ pools: [POOL] }) },
    results: "fnnn",
    found: /^no advertisement covers pool "lan"$/,
    nodes: { n1: "no-advertisement", n2: "no-advertisement" },
  },
  {
    name: "no advertisement in the files",
    cluster: {
      config: inputOf({ pools: [POOL] }),
      unread: [{ kind: "L2Advertisement", why: "not-in-files" }],
    },
    results: "uufn",
    found: /^no speaker tells/,
  },
  {
    name: "advertised by BGP alone",
    cluster: {
      config: inputOf({
        configMap: JSON.stringify({
          "address-pools": [{ name: "b", protocol: "bgp", addresses: ["192.168.0.200/32"] }],
        }),
      }),
    },
    results: "fnnn",
    found: /^pool "b" is advertised by BGP alone, which is not spoken yet$/,
  },
  {
    name: "no advertisement for the Service",
    cluster: advertised({ serviceSelectors: [{ matchLabels: { app: "x" } }] }),
    results: "fnnn",
    found: /^the Service selectors of "all" do not select the Service$/,
    nodes: { n1: "service-not-selected", n2: "service-not-selected" },
  },
  {
    name: "no advertisement for the node",
    cluster: advertised({ nodeSelectors: [{ matchLabels: { zone: "x" } }] }),
    results: "pfnn",
    found:
      /^none of 2 nodes may hold 192\.168\.0\.200: the node selectors of "all" do not select it$/,
    nodes: { n1: "not-selected", n2: "not-selected" },
  },
  {
    name: "no interface of that name: the words of the Event",
    cluster: advertised({ interfaces: ["eth9"] }),
    results: "pfnn",
    found:
      /^the interfaces specified by LB IP "192\.168\.0\.200" doesn't exist in assigned node "n1"/,
    nodes: { n1: "interface-missing", n2: "interface-missing" },
  },
  {
    name: "on no subnet",
    cluster: { presences: new Map([["n1", [faceOf("eth0", 1, "10.0.0.0/8")]]]) },
    results: "pfnn",
    found: /; 1 of them: eth0: not on the address's subnet$/,
    nodes: { n1: "no-interface", n2: "no-speaker" },
  },
  {
    name: "state of the nodes",
    cluster: {
      nodes: [
        nodeOf("n1", { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } }),
        nodeOf("n2", { conditions: [{ type: "NetworkUnavailable", status: "True" }] }),
        nodeOf("n3"),
      ],
    },
    results: "pfnn",
    found: /^none of 3 nodes/,
    nodes: { n1: "excluded-by-label", n2: "network-unavailable", n3: "no-speaker" },
  },
  {
    name: "no nodes",
    cluster: { nodes: [] },
    results: "pfnn",
    found: /^the cluster has no nodes$/,
  },
  {
    name: "Nodes could not be read",
    cluster: { nodes: [], unread: [{ kind: "Node", why: "forbidden" }] },
    results: "pufn",
    found: /^no speaker tells/,
  },
  {
    name: "Leases could not be read",
    cluster: { presences: new Map(), unread: [{ kind: "Lease", why: "forbidden" }] },
    results: "pufn",
    found: /^no speaker tells/,
  },
  {
    name: "traffic policy Local without endpoints",
    cluster: {},
    spec: { externalTrafficPolicy: "Local" },
    results: "pfnn",
    found: /^none of 2 nodes may hold .*: externalTrafficPolicy is Local, and no endpoint/,
    nodes: { n1: "no-local-endpoint", n2: "no-local-endpoint" },
  },
  {
    name: "traffic policy Local with a ready endpoint, and one that terminates",
    cluster: { endpointSlices: [sliceOn(["n1", false], ["n2", true])], ...announcedBy("n2") },
    spec: { externalTrafficPolicy: "Local" },
    results: "pppp",
    found: /^n2;/,
    nodes: { n1: "endpoint-terminating", n2: 1 },
  },
  {
    name: "traffic policy Local, and EndpointSlices could not be read",
    cluster: { unread: [{ kind: "EndpointSlice", why: "not-in-files" }] },
    spec: { externalTrafficPolicy: "Local" },
    results: "pufn",
    found: /^no speaker tells/,
  },
];

function sliceOn(...endpoints: readonly (readonly [string, boolean])[]): EndpointSlice {
  return {
    meta: serviceOf({ name: "web-1" }).meta,
    service: "default/web",
    endpoints: endpoints.map(([nodeName, ready]) => ({
      ...{ nodeName, ready, serving: true, terminating: !ready },
    })),
  };
}

Deno.test("an address has its gates of announcement, and each node its reason", async (t) => {
  for (const { name, cluster, spec = {}, rules = {}, results, found, nodes } of ROWS) {
    await t.step(name, () => {
      const service = serviceOf({ name: "web", held: ["192.168.0.200"], ...spec });
      const snapshot = clusterOf({ services: [service], ...cluster });
      const matter = matterOf(snapshot, { lbClass: undefined, ...rules });
      const [address] = verdictOf(matter, service).addresses;
      const gates = address?.announcement ?? [];
      equal(gates.map(({ result }) => result[0]).join(""), results);
      const last = gates.findLast(({ result }) => result !== "not-reached");
      ok(found.test(last?.found ?? ""), last?.found);
      if (last?.result === "fail") ok((last.cure ?? "") !== "", "a cure");
      if (nodes === undefined) return;
      const judgement = matter.outlook.judgements.get("192.168.0.200");
      const verdicts = judgement === undefined ? [] : nodeVerdicts(judgement);
      deepEqual(
        Object.fromEntries(verdicts.map(({ node, rank, reason }) => [node, rank ?? reason])),
        nodes,
      );
      for (const { reason, found, cure } of verdicts) equal(reason === undefined, !found && !cure);
    });
  }
});

Deno.test("every Service of a shared address is told with the others, and by its own status", () => {
  const shared = { annotations: { "metallb.io/allow-shared-ip": "k" }, held: ["192.168.0.200"] };
  const web = serviceOf({ name: "web", ...shared });
  const other = serviceOf({ ...shared, name: "x", ports: [{ protocol: "TCP", port: 443 }] });
  const cluster = clusterOf({ services: [web, other], ...announcedBy("n2", "eth0") });
  const [address] = verdictOf(matterOf(cluster, { lbClass: undefined }), web).addresses;
  deepEqual(
    [address?.address, address?.sharedWith, address?.owner, address?.ownerSince],
    ["192.168.0.200", ["default/x"], "n2", SINCE],
  );
});

Deno.test("who has the second address of a Service is not known from its status", () => {
  const web = dualServiceOf({ name: "web", held: ["192.168.0.200", "fd00::1"] });
  const cluster = clusterOf({
    services: [web],
    config: inputOf({ configMap: layer2Pools({ a: ["192.168.0.200/32", "fd00::1/128"] }) }),
    presences: new Map([["n1", [faceOf("eth0", 1, "192.168.0.0/24", "fd00::/64", "fe80::/64")]]]),
    ...announcedBy("n1", "eth0"),
  });
  const { addresses, isSatisfied, summary } = verdictOf(
    matterOf(cluster, { lbClass: undefined }),
    web,
  );
  deepEqual(addresses.map(({ owner }) => owner), ["n1", undefined]);
  equal(addresses[1]?.announcement[2]?.result, "unknown");
  equal(isSatisfied, true);
  equal(summary, `192.168.0.200, fd00::1 from pool "a", announced by n1 since ${SINCE}`);
});
