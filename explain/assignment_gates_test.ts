import { deepEqual, equal, ok } from "node:assert/strict";
import { inputOf, layer2Pools, resource } from "../config/testing.ts";
import { GATES } from "../controller/gate.ts";
import { conditionOf } from "../controller/condition.ts";
import { serviceOf, type ServiceSpec } from "../controller/testing.ts";
import { reportsOf } from "../controller/testing.ts";
import type { Service } from "../kube/types.ts";
import { clusterOf, KEPT, leaseOf } from "../tests/clusters.ts";
import { matterOf } from "./matter.ts";
import type { ClusterSnapshot } from "./snapshot.ts";
import { verdictOf } from "./verdict.ts";

const RULES = { lbClass: undefined };
const POOL = "metallb.io/address-pool";
const IPS = "metallb.io/loadBalancerIPs";

interface Row {
  readonly name: string;
  readonly spec?: Omit<ServiceSpec, "name">;

  readonly others?: readonly Service[];
  readonly cluster?: Partial<ClusterSnapshot>;
  /** The gate that fails first, its reason, and part of what was found. */
  readonly want: readonly [gate: string, reason: string | undefined, found: RegExp];
}

const TWO_POOLS = {
  config: inputOf({
    configMap: layer2Pools({ a: ["192.168.0.1/32", "fd00::1/128"], b: ["192.168.0.2/32"] }),
  }),
};
const DUAL = { ipFamilies: ["IPv4", "IPv6"], ipFamilyPolicy: "RequireDualStack" };

/** One pool, for namespaces by label. */
const SELECTED = {
  config: inputOf({
    pools: [resource("team", {
      addresses: ["192.168.0.1/32"],
      serviceAllocation: { namespaceSelectors: [{ matchLabels: { team: "a" } }] },
    })],
  }),
};

/** Whoever has all four addresses of pool `lan`. */
const FULL = ["200", "201", "202", "203"].map((last) =>
  serviceOf({ name: `full-${last}`, held: [`192.168.0.${last}`] })
);

const ROWS: readonly Row[] = [
  {
    name: "other type",
    spec: { type: "NodePort" },
    want: ["class", undefined, /^the Service is of type NodePort$/],
  },
  {
    name: "other class",
    spec: { loadBalancerClass: "x" },
    want: ["class", undefined, /^the Service has class "x"; served are Services without a class$/],
  },
  {
    name: "no configuration",
    cluster: { config: inputOf({}) },
    want: ["configuration", "NoConfiguration", /^no configuration is in force$/],
  },
  {
    name: "a configuration with errors",
    cluster: { config: inputOf({ configMap: "address-pools: 5" }) },
    want: ["configuration", "NoConfiguration", /in force: ConfigMap metallb-system\/config:1:16: /],
  },
  {
    name: "being deleted",
    spec: { deletionTimestamp: "2026-01-01T00:00:00Z" },
    want: ["request", "BeingDeleted", /^service is being deleted$/],
  },
  {
    name: "no family",
    spec: { ipFamilies: [], clusterIPs: [] },
    want: ["family", "NoClusterIp", /^service has no ClusterIP$/],
  },
  {
    name: "one family of two",
    spec: { ipFamilyPolicy: "RequireDualStack" },
    want: ["family", "NotDualStack", /^Service requires dual stack/],
  },
  {
    name: "two requests",
    spec: { annotations: { [IPS]: "192.168.0.200" }, loadBalancerIP: "192.168.0.201" },
    want: ["address", "ContradictoryAddresses", /can not have both/],
  },
  {
    name: "no address",
    spec: { loadBalancerIP: "a" },
    want: ["address", "MalformedAddress", /^invalid spec.loadBalancerIP "a"$/],
  },
  {
    name: "an address of the other family",
    spec: { loadBalancerIP: "fd00::1" },
    want: ["address", "WrongFamily", /does not match the ipFamily/],
  },
  {
    name: "no pools",
    cluster: { config: inputOf({ configMap: "address-pools: []" }) },
    want: ["pool", "NoPools", /^no available IPs$/],
  },
  {
    name: "a pool that is not there",
    spec: { annotations: { [POOL]: "x" } },
    want: ["pool", "UnknownPool", /^unknown pool "x"$/],
  },
  {
    name: "an address that no pool has",
    spec: { loadBalancerIP: "10.0.0.1" },
    want: ["pool", "OutsidePools", /^"10.0.0.1" is not allowed in config$/],
  },
  {
    name: "an address of another pool",
    spec: { loadBalancerIP: "192.168.0.1", annotations: { [POOL]: "b" } },
    cluster: TWO_POOLS,
    want: ["pool", "OutsideRequestedPool", /not compatible with requested address pool b$/],
  },
  {
    name: "addresses of two pools",
    spec: { ...DUAL, annotations: { [IPS]: "192.168.0.2,fd00::1" } },
    cluster: TWO_POOLS,
    want: ["pool", "DifferentPools", /are of different pools: b, a$/],
  },
  {
    name: "a pool for others",
    spec: { annotations: { [POOL]: "kept" } },
    cluster: KEPT,
    want: [
      "service-allocation",
      "PoolNotForService",
      /^pool kept not compatible for ip assignment: its serviceAllocation is not for namespace "default"$/,
    ],
  },
  {
    name: "pools for others only",
    cluster: {
      config: inputOf({
        pools: [
          resource("kept", {
            addresses: ["192.168.0.2/32"],
            serviceAllocation: { namespaces: ["shop"] },
          }),
        ],
      }),
    },
    want: [
      "service-allocation",
      "PoolNotForService",
      /^no available IPs: pool kept not compatible/,
    ],
  },
  {
    name: "a Namespace that is not there, where pools go by its labels",
    cluster: SELECTED,
    want: ["pool", "NamespaceNotSeen", /^namespace "default" is not seen/],
  },
  {
    name: "an address of somebody else",
    spec: { loadBalancerIP: "192.168.0.200" },
    others: FULL,
    want: ["sharing", "AddressInUse", /address also in use by default\/full-200$/],
  },
  {
    name: "a port of somebody else",
    spec: { loadBalancerIP: "192.168.0.200", annotations: { "metallb.io/allow-shared-ip": "k" } },
    others: [
      serviceOf({
        ...{ name: "sharer", held: ["192.168.0.200"] },
        annotations: { "metallb.io/allow-shared-ip": "k" },
      }),
    ],
    want: ["sharing", "PortInUse", /^port TCP\/80 is already in use/],
  },
  {
    name: "a full pool",
    others: FULL,
    want: ["exhaustion", "Exhausted", /^no available IPs$/],
  },
  {
    name: "an address of a stranger",
    spec: { loadBalancerIP: "192.168.0.200" },
    cluster: { conflicts: [reportsOf("n1", { ip: "192.168.0.200" })] },
    want: ["quarantine", "Quarantined", /^192\.168\.0\.200 is used by 02:/],
  },
  {
    name: "a stranger came to use what was asked for by name",
    spec: { loadBalancerIP: "192.168.0.200", held: ["192.168.0.200"] },
    cluster: { conflicts: [reportsOf("n1", { ip: "192.168.0.200" })] },
    want: ["quarantine", "RequestedByName", /it stays assigned, because the Service asks/],
  },
  {
    name: "not written yet",
    want: [
      "assignment",
      undefined,
      /^192\.168\.0\.200 of pool "lan" is to be assigned; .*; leader "leader-a" leads$/,
    ],
  },
  {
    name: "nobody to write it",
    cluster: { leaderLease: undefined },
    want: ["assignment", undefined, /no leader leads$/],
  },
  {
    name: "a leader that is gone",
    cluster: { leaderLease: leaseOf("b", "2025-12-31T20:00:00.000000Z") },
    want: ["assignment", undefined, /leader "b" has not renewed its Lease since 2025-12-31T20:/],
  },
  {
    name: "to be moved away from a stranger",
    spec: { held: ["192.168.0.200"] },
    cluster: { conflicts: [reportsOf("n1", { ip: "192.168.0.200" })] },
    want: [
      "assignment",
      undefined,
      /^192\.168\.0\.200 is used by 02:.*: the Service gets 192\.168\.0\.201 instead; leader/,
    ],
  },
  {
    name: "an address that is not in a pool any more",
    spec: { held: ["10.0.0.1"] },
    want: [
      "assignment",
      undefined,
      /^192\.168\.0\.200 of pool "lan" is to be assigned; the status has 10\.0\.0\.1, "10\.0\.0\.1" is not allowed in config; leader/,
    ],
  },
  {
    name: "an address that no pool has, and nothing else is free",
    spec: { held: ["10.0.0.1"] },
    others: FULL,
    want: ["exhaustion", "Exhausted", /^no available IPs$/],
  },
];

Deno.test("the first gate that fails is the one that the condition names", async (t) => {
  for (const { name, spec = {}, others = [], cluster = {}, want } of ROWS) {
    await t.step(name, () => {
      const service = serviceOf({ age: 9, ...spec, name: "web" });
      const matter = matterOf(clusterOf({ services: [...others, service], ...cluster }), RULES);
      const verdict = verdictOf(matter, service);
      const [gate, reason, found] = want;
      const failed = verdict.assignment.find(({ result }) => result === "fail");
      deepEqual([failed?.gate, failed?.reason], [gate, reason]);
      ok(found.test(failed?.found ?? ""), failed?.found);
      ok((failed?.cure ?? "") !== "", "a cure");
      equal(verdict.isSatisfied, false);
      const decision = matter.outlook.decisions.get("default/web");
      if (reason === undefined || decision?.refusal === undefined) return;
      const condition = conditionOf(decision, service, "");
      equal(condition.reason, reason);
      equal(verdict.summary, condition.message);
    });
  }
});

Deno.test("gates before the one that fails are passed, those behind are not reached", () => {
  const service = serviceOf({ name: "web", annotations: { [POOL]: "x" } });
  const matter = matterOf(clusterOf({ services: [service] }), RULES);
  deepEqual(
    verdictOf(matter, service).assignment.map(({ gate, result }) => `${gate} ${result}`),
    [
      "class pass",
      "configuration pass",
      "request pass",
      "family pass",
      "address pass",
      "pool fail",
      "service-allocation not-reached",
      "sharing not-reached",
      "exhaustion not-reached",
      "quarantine not-reached",
      "assignment not-reached",
    ],
  );
});

Deno.test("what could not be read is not held against a Service", async (t) => {
  const held = serviceOf({ name: "web", held: ["192.168.0.200"] });
  const fresh = serviceOf({ name: "web" });
  const none = { config: inputOf({}) };
  const invalid = { config: inputOf({ configMap: "address-pools: 5" }) };
  const crs = { config: inputOf({ pools: [resource("lan", { addresses: ["192.168.0.1/32"] })] }) };
  const configMaps = { kind: "ConfigMap", why: "not-in-files" } as const;
  const pools = { kind: "IPAddressPool", why: "not-in-files" } as const;
  const rows: readonly (readonly [string, Service, Partial<ClusterSnapshot>, string, string?])[] = [
    ["forbidden", fresh, { ...none, unread: [{ kind: "ConfigMap", why: "forbidden" }] }, "unknown"],
    ["files without any", fresh, { ...none, unread: [configMaps, pools] }, "unknown"],
    ["a cluster without any", fresh, { ...none, unread: [] }, "fail"],
    [
      "not installed",
      fresh,
      { ...none, unread: [{ kind: "IPAddressPool", why: "not-installed" }] },
      "fail",
    ],
    [
      "Namespaces, where pools go by their labels",
      fresh,
      { ...SELECTED, unread: [{ kind: "Namespace", why: "forbidden" }] },
      "unknown",
      "pool",
    ],
    ["pools of one sort", fresh, { ...crs, unread: [configMaps] }, "pass"],
    ["it has an address from before", held, invalid, "unknown"],
  ];
  for (const [name, service, change, want, at = "configuration"] of rows) {
    await t.step(name, () => {
      const matter = matterOf(clusterOf({ services: [service], ...change }), RULES);
      const gates = verdictOf(matter, service).assignment;
      equal(gates.find(({ gate }) => gate === at)?.result, want);
    });
  }
});

Deno.test("while the configuration is not to be seen, the leader's condition says what it refused", async (t) => {
  const invalid = inputOf({ configMap: "address-pools: 5" });
  const refused = {
    type: "lanlord.dev/AddressRequestSatisfied",
    ...{ status: "False", reason: "Exhausted", lastTransitionTime: "2026-01-01T00:00:00Z" },
    message: "no available IPs; to solve it: free an address",
  };
  const rows: readonly (readonly [string, Partial<ClusterSnapshot>])[] = [
    ["it has errors", { config: invalid }],
    ["it may not be read", {
      config: inputOf({}),
      unread: [{ kind: "IPAddressPool", why: "forbidden" }],
    }],
  ];
  for (const [name, change] of rows) {
    await t.step(name, () => {
      const service = { ...serviceOf({ name: "web" }), conditions: [refused] };
      const matter = matterOf(clusterOf({ services: [service], ...change }), RULES);
      const verdict = verdictOf(matter, service);
      equal(verdict.failsAt, "exhaustion");
      equal(
        verdict.summary,
        "the leader says: no available IPs; to solve it: free an address",
      );
      const gates = verdict.assignment.filter(({ result }) => result !== "not-reached");
      deepEqual(gates.map(({ gate, result }) => `${gate} ${result}`), [
        "class pass",
        "configuration unknown",
        "exhaustion fail",
      ]);
    });
  }
  await t.step("it had none itself", () => {
    const conditions = [{ ...refused, reason: "NoConfiguration" }];
    const service = { ...serviceOf({ name: "web" }), conditions };
    const matter = matterOf(clusterOf({ services: [service], config: invalid }), RULES);
    equal(verdictOf(matter, service).failsAt, "configuration");
  });
});

Deno.test("who announces is told while the configuration has errors, which are named before warnings", () => {
  const service = serviceOf({ name: "web", held: ["192.168.0.200"] });
  const lone = resource("a", { addresses: ["192.168.0.200/32"] });
  const faulty = resource("b", { addresses: ["192.168.0.9-192.168.0.1"] });
  const announcer = { service: "default/web", node: "n1", interfaces: [], since: "" };
  const matter = matterOf(
    clusterOf({
      services: [service],
      config: inputOf({ pools: [lone, faulty] }),
      announcers: new Map([["default/web", announcer]]),
    }),
    RULES,
  );
  const verdict = verdictOf(matter, service);
  equal(verdict.summary, "192.168.0.200 stays, announced by n1");
  const found = verdict.assignment.find(({ gate }) => gate === "configuration")?.found ?? "";
  ok(/before counts: IPAddressPool metallb-system\/b: /.test(found), found);
});

Deno.test("every gate of the leader's fails in some row", () => {
  const failing = new Set(ROWS.map(({ want: [gate] }) => gate));
  deepEqual(GATES.filter((gate) => !failing.has(gate)), []);
});
