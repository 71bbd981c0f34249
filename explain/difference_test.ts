import assert from "node:assert/strict";
import type { ConfigInput } from "../config/assemble.ts";
import { inputOf, layer2Pools, resource } from "../config/testing.ts";
import { dualServiceOf, reportsOf, serviceOf } from "../controller/testing.ts";
import type { Service } from "../kube/types.ts";
import { nodeOf } from "../speaker/testing.ts";
import { clusterOf } from "../tests/clusters.ts";
import { type Difference, differenceOf, disturbs } from "./difference.ts";
import { overlay } from "./overlay.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

const RULES = { lbClass: undefined };

/** Pools as custom resources, announced everywhere. */
function poolsOf(pools: Readonly<Record<string, readonly string[]>>): ConfigInput {
  return inputOf({
    pools: Object.entries(pools).map(([name, addresses]) => resource(name, { addresses })),
    l2Advertisements: [resource("all", {})],
  });
}

interface Row {
  readonly name: string;
  /** @default pool `lan`, 192.168.0.200 to .203, as custom resource */
  readonly now?: ConfigInput;
  readonly next: ConfigInput;
  readonly services: readonly Service[];
  /** `fate before -> after`, by name. */
  readonly want: Readonly<Record<string, string>>;
  readonly disturbs: boolean;
  readonly change?: Partial<ClusterSnapshot>;
  readonly rejection?: string;
  /** By name. */
  readonly why?: Readonly<Record<string, string>>;
}

const LAN = poolsOf({ lan: ["192.168.0.200-192.168.0.203"] });
const LAN_MAP = inputOf({ configMap: layer2Pools({ lan: ["192.168.0.200-192.168.0.203"] }) });
const HELD = serviceOf({ name: "a", held: ["192.168.0.201"] });

const ROWS: readonly Row[] = [
  {
    name: "nothing changes",
    next: LAN,
    services: [HELD, serviceOf({ name: "internal", type: "ClusterIP" })],
    want: { a: "keep 192.168.0.201 -> 192.168.0.201" },
    disturbs: false,
  },
  {
    name: "a pool is renamed and made larger",
    next: poolsOf({ office: ["192.168.0.128/25"] }),
    services: [HELD],
    want: { a: "keep 192.168.0.201 -> 192.168.0.201" },
    disturbs: false,
  },
  {
    name: "a Service that waits gets an address, and another goes on waiting",
    next: poolsOf({ lan: ["192.168.0.201-192.168.0.202"] }),
    now: poolsOf({ lan: ["192.168.0.201/32"] }),
    services: [HELD, serviceOf({ name: "b", age: 1 }), serviceOf({ name: "c", age: 2 })],
    want: {
      a: "keep 192.168.0.201 -> 192.168.0.201",
      b: "get  -> 192.168.0.202",
      c: "wait  -> ",
    },
    why: {
      c: "no available IPs; free an address, or add IPv4 addresses to a pool with auto-assign",
    },
    disturbs: false,
  },
  {
    name: "an address that no pool has any more is changed or lost",
    next: poolsOf({ lan: ["192.168.0.202/32"] }),
    services: [HELD, serviceOf({ name: "b", age: 1, held: ["192.168.0.203"] })],
    want: { a: "change 192.168.0.201 -> 192.168.0.202", b: "lose 192.168.0.203 -> " },
    why: {
      a: '"192.168.0.201" is not allowed in config; add the address to a pool, or request one that a ' +
        "pool has",
      b: "no available IPs; free an address, or add IPv4 addresses to a pool with auto-assign",
    },
    disturbs: true,
  },
  {
    name: "what one gives up another gets in the next round",
    next: inputOf({
      pools: [
        resource("lan", { addresses: ["192.168.0.202/32"] }),
        resource("team", {
          addresses: ["192.168.0.201/32"],
          serviceAllocation: { serviceSelectors: [{ matchLabels: { team: "t" } }] },
        }),
      ],
      l2Advertisements: [resource("all", {})],
    }),
    services: [HELD, serviceOf({ name: "b", age: 1, labels: { team: "t" } })],
    want: { a: "change 192.168.0.201 -> 192.168.0.202", b: "get  -> 192.168.0.201" },
    disturbs: true,
  },
  {
    name: "a second family is given in addition",
    next: poolsOf({ lan: ["192.168.0.200-192.168.0.203", "2001:db8::/120"] }),
    services: [dualServiceOf({ name: "a", held: ["192.168.0.201"] })],
    want: { a: "get 192.168.0.201 -> 192.168.0.201,2001:db8::" },
    disturbs: false,
  },
  {
    name: "a ConfigMap that leaves an address in use without a pool is not taken over",
    now: LAN_MAP,
    next: inputOf({ configMap: layer2Pools({ lan: ["192.168.0.202-192.168.0.203"] }) }),
    services: [HELD],
    want: { a: "change 192.168.0.201 -> 192.168.0.202" },
    rejection: "Cannot use the changed ConfigMap: no pool has the addresses in use by default/a " +
      "(192.168.0.201); the previous configuration stays in force",
    disturbs: true,
  },
  {
    name: "from a ConfigMap to custom resources",
    now: LAN_MAP,
    next: LAN,
    services: [HELD],
    want: { a: "keep 192.168.0.201 -> 192.168.0.201" },
    disturbs: false,
  },
  {
    name: "kubectl apply of a second pool",
    next: overlay(LAN, poolsOf({ more: ["192.168.1.0/24"] })),
    services: [HELD],
    want: { a: "keep 192.168.0.201 -> 192.168.0.201" },
    disturbs: false,
  },
  {
    name: "a Service that leaves an address for a stranger is not the plan's doing, but is told",
    next: LAN,
    services: [HELD],
    change: { conflicts: [reportsOf("n1", { ip: "192.168.0.201" })] },
    want: { a: "change 192.168.0.201 -> 192.168.0.200" },
    disturbs: true,
  },
];

Deno.test("differenceOf() says what becomes of each Service", async (t) => {
  for (const row of ROWS) {
    await t.step(row.name, () => {
      const { now: config = LAN, services, change } = row;
      const difference = asDifference(clusterOf({ config, services, ...change }), row.next);
      const found = difference.services.map(({ service, fate, before, after }) => [
        service.replace("default/", ""),
        `${fate} ${before} -> ${after}`,
      ]);
      assert.deepEqual(Object.fromEntries(found), row.want);
      assert.equal(difference.rejection?.message, row.rejection);
      assert.equal(disturbs(difference), row.disturbs);
      for (const [name, why] of Object.entries(row.why ?? {})) {
        const one = difference.services.find(({ service }) => service === `default/${name}`);
        assert.equal(one?.why, why);
      }
    });
  }
});

interface OwnerRow {
  readonly name: string;
  /** Over an L2Advertisement for everything. */
  readonly advertisement: Parameters<typeof resource>[1];
  /** The node that tells that it announces the address. */
  readonly announcer?: string;
  readonly want: { readonly before?: string; readonly after?: string };
  readonly disturbs: boolean;
}

const edge = (value: string): Parameters<typeof resource>[1] => ({
  nodeSelectors: [{ matchLabels: { edge: value } }],
});

const preferring = (value: string): Parameters<typeof resource>[1] => ({
  preferredNodeSelectors: [{ weight: 1, preference: { matchLabels: { edge: value } } }],
});

/** By rank, n2 is the first for this address. */
const OWNER_ROWS: readonly OwnerRow[] = [
  {
    name: "who announces goes on, whatever its rank",
    advertisement: {},
    announcer: "n1",
    want: { before: "n1", after: "n1" },
    disturbs: false,
  },
  {
    name: "where nobody tells it is the first in rank",
    advertisement: {},
    want: { before: "n2", after: "n2" },
    disturbs: false,
  },
  {
    name: "who may not any more hands over to the first in rank of the others",
    advertisement: edge("no"),
    announcer: "n1",
    want: { before: "n1", after: "n2" },
    disturbs: true,
  },
  {
    name: "a node that is preferred to who announces gets it",
    advertisement: preferring("no"),
    announcer: "n1",
    want: { before: "n1", after: "n2" },
    disturbs: true,
  },
  {
    name: "who announces goes on where it is the one that is preferred",
    advertisement: preferring("yes"),
    announcer: "n1",
    want: { before: "n1", after: "n1" },
    disturbs: false,
  },
  {
    name: "an advertisement that fits no node",
    advertisement: edge("maybe"),
    announcer: "n1",
    want: { before: "n1" },
    disturbs: true,
  },
  {
    name: "an interface that no node has",
    advertisement: { interfaces: ["eth9"] },
    announcer: "n2",
    want: { before: "n2" },
    disturbs: true,
  },
];

Deno.test("differenceOf() says who announces an address, before and after", async (t) => {
  const address = "192.168.0.201";
  for (const { name, advertisement, announcer, want, disturbs: isDisturbing } of OWNER_ROWS) {
    await t.step(name, () => {
      const nodes = [
        nodeOf("n1", { labels: { edge: "yes" } }),
        nodeOf("n2", { labels: { edge: "no" } }),
      ];
      const announcers = new Map(
        announcer === undefined
          ? []
          : [["default/a", { service: "default/a", node: announcer, interfaces: [], since: "" }]],
      );
      const next = { ...LAN, l2Advertisements: [resource("all", advertisement)] };
      const cluster = clusterOf({ config: LAN, services: [HELD], nodes, announcers });
      const difference = asDifference(cluster, next);
      assert.deepEqual(difference.services[0]?.owners, [{ address, ...want }]);
      assert.equal(disturbs(difference), isDisturbing);
    });
  }
});

Deno.test("differenceOf() says who announced an address that is lost", () => {
  const nodes = [nodeOf("n1")];
  const cluster = clusterOf({ config: LAN, services: [HELD], nodes });
  const [service] = asDifference(cluster, poolsOf({ other: ["10.0.0.0/32"] })).services;
  assert.deepEqual(service?.before, ["192.168.0.201"]);
  assert.deepEqual(service?.owners, [{ address: "10.0.0.0" }, {
    address: "192.168.0.201",
    before: "n1",
  }]);
});

Deno.test("differenceOf() says whether a Service waits for the same reason as now", () => {
  const refused = (reason: string): Service => ({
    ...serviceOf({ name: "w", annotations: { "metallb.io/address-pool": "x" } }),
    conditions: [{
      ...{ type: "lanlord.dev/AddressRequestSatisfied", status: "False", reason, message: "" },
      lastTransitionTime: "",
    }],
  });
  for (const [reason, want] of [["UnknownPool", true], ["Exhausted", undefined]] as const) {
    const cluster = clusterOf({ config: LAN, services: [refused(reason)] });
    const [service] = asDifference(cluster, LAN).services;
    assert.equal(service?.fate, "wait");
    assert.equal(service?.waitsAlready, want);
  }
});

Deno.test("differenceOf() says nothing of nodes that could not be read", () => {
  const unread = [{ kind: "Lease", why: "not-in-files" }] as const;
  const difference = asDifference(clusterOf({ config: LAN, services: [HELD], unread }), LAN);
  assert.equal(difference.areNodesKnown, false);
  assert.deepEqual(difference.services[0]?.owners, []);
});

Deno.test("differenceOf() gives the problems of a configuration with errors", () => {
  const next = poolsOf({ a: ["10.0.0.0/24"], b: ["10.0.0.0/25"] });
  const outcome = differenceOf(clusterOf(), next, RULES);
  assert.equal(outcome.kind, "invalid");
  assert.match(outcome.problems[0]?.message ?? "", /overlaps with already defined CIDR/);
});

function asDifference(cluster: ClusterSnapshot, next: ConfigInput): Difference {
  const outcome = differenceOf(cluster, next, RULES);
  if (outcome.kind === "difference") return outcome.difference;
  throw new Error(outcome.problems.map(({ message }) => message).join("\n"));
}
