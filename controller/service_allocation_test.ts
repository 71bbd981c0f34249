import assert from "node:assert/strict";
import type { Config, ServiceAllocation } from "../config/config.ts";
import type { Service } from "../kube/types.ts";
import {
  allocationOf,
  assigned,
  configOf,
  dualServiceOf,
  labelled,
  namespacesOf,
  serviceOf,
  setAside,
  settleAll,
  testPool,
} from "./testing.ts";

const BLUE = labelled("team", "blue");
const POOL_A = { "metallb.io/address-pool": "a" };

function only(
  parts: Partial<ServiceAllocation>,
): { readonly serviceAllocation: ServiceAllocation } {
  return { serviceAllocation: allocationOf(parts) };
}

/** Namespace `default` is of team blue. */
const NAMESPACES = namespacesOf({ default: { team: "blue" }, web: {} });

/** Pool `a` is for what `parts` say, pool `b` for everything. */
function twoPools(parts: Partial<ServiceAllocation>): Config {
  return configOf(
    testPool("a", ["10.0.1.1-10.0.1.2"], only(parts)),
    testPool("b", ["10.0.2.1-10.0.2.9"]),
  );
}

interface Row {
  readonly name: string;
  readonly config: Config;
  readonly services: readonly Service[];
  readonly namespaces?: Parameters<typeof namespacesOf>[0];
  readonly want: Readonly<Record<string, string>>;
  /** Messages of the Events, each by a part of it. @default not looked at */
  readonly told?: readonly RegExp[];
}

const rows: readonly Row[] = [
  {
    name: "by namespace: a pinned pool comes first, the others take the rest",
    config: twoPools({ namespaces: ["web"] }),
    services: [
      serviceOf({ name: "in", namespace: "web" }),
      serviceOf({ name: "out", namespace: "default" }),
    ],
    want: { in: "10.0.1.1", out: "10.0.2.1" },
  },
  {
    name: "by priority only: for everybody, lower numbers first, none at last",
    config: configOf(
      testPool("a", ["10.0.1.1"], only({})),
      testPool("b", ["10.0.2.1"], only({ priority: 20 })),
      testPool("c", ["10.0.3.1"], only({ priority: 10 })),
      testPool("d", ["10.0.4.1"]),
    ),
    services: ["1", "2", "3", "4", "5"].map((name) => serviceOf({ name })),
    want: { 1: "10.0.3.1", 2: "10.0.2.1", 3: "10.0.1.1", 4: "10.0.4.1", 5: "" },
  },
  {
    name: "by Service labels",
    config: twoPools({ serviceSelectors: [labelled("tier", "front")] }),
    services: [
      serviceOf({ name: "front", labels: { tier: "front" } }),
      serviceOf({ name: "back", labels: { tier: "back" } }),
    ],
    want: { front: "10.0.1.1", back: "10.0.2.1" },
  },
  {
    name: "by namespace and Service labels: both are needed",
    config: twoPools({ namespaces: ["web"], serviceSelectors: [labelled("tier", "front")] }),
    services: [
      serviceOf({ name: "both", namespace: "web", labels: { tier: "front" } }),
      serviceOf({ name: "namespace", namespace: "web" }),
      serviceOf({ name: "labels", labels: { tier: "front" } }),
    ],
    want: { both: "10.0.1.1", namespace: "10.0.2.2", labels: "10.0.2.1" },
  },
  {
    name: "by labels of the namespace",
    config: twoPools({ namespaceSelectors: [BLUE] }),
    services: [serviceOf({ name: "in" }), serviceOf({ name: "out", namespace: "web" })],
    want: { in: "10.0.1.1", out: "10.0.2.1" },
  },
  {
    name: "an exhausted pinned pool: the pools without serviceAllocation",
    config: twoPools({ namespaces: ["default"] }),
    services: ["1", "2", "3"].map((name) => serviceOf({ name })),
    want: { 1: "10.0.1.1", 2: "10.0.1.2", 3: "10.0.2.1" },
  },
  {
    name: "one family of a pinned pool rather than both of another",
    config: configOf(
      testPool("a", ["10.0.1.1"], only({ namespaces: ["default"] })),
      testPool("b", ["10.0.2.1", "fd00::1"]),
    ),
    services: [dualServiceOf({ name: "prefers" })],
    want: { prefers: "10.0.1.1" },
  },
  {
    name: "but both of another where both are needed",
    config: configOf(
      testPool("a", ["10.0.1.1"], only({ namespaces: ["default"] })),
      testPool("b", ["10.0.2.1", "fd00::1"]),
    ),
    services: [dualServiceOf({ name: "needs", ipFamilyPolicy: "RequireDualStack" })],
    want: { needs: "10.0.2.1,fd00::1" },
  },
  {
    name: "nothing is left but pools for others",
    config: configOf(
      testPool("a", ["10.0.1.1"], only({ namespaces: ["web"] })),
      testPool("c", ["10.0.3.1"], only({ namespaces: ["web"] })),
      testPool("d", ["fd00::1"]),
    ),
    services: [serviceOf({ name: "x" })],
    want: { x: "" },
    told: [
      /: no available IPs: pool a not compatible .* nor is any of 1 more; to solve it: add "d/,
    ],
  },
  {
    name: "a pool asked for by name has to be for the Service",
    config: twoPools({ namespaces: ["web"] }),
    services: [
      serviceOf({ name: "in", namespace: "web", annotations: POOL_A }),
      serviceOf({ name: "out", annotations: POOL_A }),
    ],
    want: { in: "10.0.1.1", out: "" },
    told: [/"default\/out": pool a not compatible for ip assignment: its/, /Assigned/],
  },
  {
    name: "so has the pool of an address asked for by name",
    config: twoPools({ namespaces: ["web"] }),
    services: [
      serviceOf({ name: "in", namespace: "web", loadBalancerIP: "10.0.1.2" }),
      serviceOf({ name: "out", loadBalancerIP: "10.0.1.1" }),
    ],
    want: { in: "10.0.1.2", out: "" },
  },
  {
    name: "a selector that matches no namespace closes the pool, also to those who ask for it",
    config: twoPools({ namespaceSelectors: [labelled("team", "none")] }),
    services: [serviceOf({ name: "asks", annotations: POOL_A }), serviceOf({ name: "any" })],
    want: { asks: "", any: "10.0.2.1" },
  },
  {
    name: "a request for a pool that is not for the Service leaves it what it has",
    config: twoPools({ namespaces: ["web"] }),
    services: [serviceOf({ name: "x", held: ["10.0.2.5"], annotations: POOL_A })],
    want: { x: "10.0.2.5" },
    told: [/pool a not compatible for ip assignment.*; keeping 10\.0\.2\.5/],
  },
  {
    name: "what is held stays when a pinned pool opens",
    config: twoPools({ namespaces: ["default"] }),
    services: [serviceOf({ name: "x", held: ["10.0.2.5"] })],
    want: { x: "10.0.2.5" },
  },
  {
    name: "what is held goes when its pool is not for the Service any more",
    config: twoPools({ namespaces: ["web"] }),
    services: [serviceOf({ name: "x", held: ["10.0.1.1"] })],
    want: { x: "10.0.2.1" },
    told: [
      /^current IP for "default\/x" not allowed by config, .*: pool a not compatible/,
      /10\.0\.2/,
    ],
  },
  {
    name: "even where there is nothing else",
    config: configOf(testPool("a", ["10.0.1.1"], only({ namespaces: ["web"] }))),
    services: [serviceOf({ name: "x", held: ["10.0.1.1"] })],
    want: { x: "" },
  },
  {
    name: "an explicit request does not keep it either",
    config: twoPools({ namespaces: ["web"] }),
    services: [serviceOf({ name: "x", held: ["10.0.1.1"], loadBalancerIP: "10.0.1.1" })],
    want: { x: "" },
  },
  {
    name: "while the Namespace is not seen, nothing is taken and nothing given",
    config: twoPools({ namespaceSelectors: [BLUE] }),
    namespaces: {},
    services: [serviceOf({ name: "has", held: ["10.0.1.1"] }), serviceOf({ name: "waits" })],
    want: { has: "10.0.1.1", waits: "" },
    told: [],
  },
  {
    name: "without selectors of namespaces nobody waits for Namespaces",
    config: twoPools({ namespaces: ["web"] }),
    namespaces: {},
    services: [serviceOf({ name: "in", namespace: "web" }), serviceOf({ name: "out" })],
    want: { in: "10.0.1.1", out: "10.0.2.1" },
  },
];

Deno.test("serviceAllocation decides which pools are for a Service, and which comes first", async (t) => {
  for (const { name, config, services, namespaces, want, told } of rows) {
    await t.step(name, () => {
      const options = { namespaces: namespaces ? namespacesOf(namespaces) : NAMESPACES };
      const { services: settled, notes } = settleAll(config, services, options);
      assert.deepEqual(assigned(settled), want);
      const reversed = settleAll(config, services.toReversed(), options).services;
      assert.deepEqual(assigned(reversed), want);
      if (told === undefined) return;
      assert.equal(notes.length, told.length, notes.map(({ message }) => message).join("\n"));
      told.forEach((part, i) => assert.match(notes[i]?.message ?? "", part));
    });
  }
});

Deno.test("relabelling a namespace opens and closes pools for the Services in it, both ways", () => {
  const config = twoPools({ namespaceSelectors: [BLUE] });
  let services: readonly Service[] = [
    serviceOf({ name: "asks", annotations: POOL_A }),
    serviceOf({ name: "any" }),
  ];
  const steps = [
    { team: "red", want: { asks: "", any: "10.0.2.1" } },
    { team: "blue", want: { asks: "10.0.1.1", any: "10.0.2.1" } },
    { team: "red", want: { asks: "", any: "10.0.2.1" } },
  ];
  for (const { team, want } of steps) {
    const namespaces = namespacesOf({ default: { team } });
    services = settleAll(config, services, { namespaces }).services;
    assert.deepEqual(assigned(services), want, team);
  }
});

Deno.test("so does relabelling a Service", () => {
  const config = twoPools({ serviceSelectors: [labelled("tier", "front")] });
  let services: readonly Service[] = [serviceOf({ name: "x", annotations: POOL_A })];
  for (const [tier, want] of [["back", ""], ["front", "10.0.1.1"], ["back", ""]] as const) {
    const relabelled = services.map((service) => (
      { ...service, meta: { ...service.meta, labels: { tier } } }
    ));
    services = settleAll(config, relabelled).services;
    assert.deepEqual(assigned(services), { x: want }, tier);
  }
});

Deno.test("a Namespace that comes late decides as if it had been there", () => {
  const config = twoPools({ namespaceSelectors: [BLUE] });
  const pending = [serviceOf({ name: "x" }), serviceOf({ name: "y", annotations: POOL_A })];
  const early = settleAll(config, pending, { namespaces: NAMESPACES }).services;
  const waiting = settleAll(config, pending).services;
  assert.deepEqual(assigned(waiting), { x: "", y: "" });
  const late = settleAll(config, waiting, { namespaces: NAMESPACES }).services;
  assert.deepEqual(assigned(late), assigned(early));
});

Deno.test("a Service that leaves a stranger's address goes to a pool that is for it", () => {
  const config = configOf(
    testPool("a", ["10.0.1.1-10.0.1.9"], only({ namespaces: ["web"] })),
    testPool("b", ["10.0.2.1"]),
    testPool("c", ["10.0.3.1"], only({ priority: 1, namespaces: ["default"] })),
  );
  const services = [serviceOf({ name: "x", held: ["10.0.2.1"] })];
  const options = { setAside: setAside(["10.0.2.1"]) };
  assert.deepEqual(assigned(settleAll(config, services, options).services), { x: "10.0.3.1" });
});

Deno.test("Services that share an address need a pool that is for all of them", () => {
  const config = twoPools({ namespaces: ["web"] });
  const annotations = { "metallb.io/allow-shared-ip": "k" };
  const shared = (name: string, namespace: string, port: number): Service =>
    serviceOf({ name, namespace, annotations, ports: [{ protocol: "TCP", port }] });
  const services = [shared("in", "web", 80), shared("out", "default", 81)];
  const { services: settled } = settleAll(config, services);
  assert.deepEqual(assigned(settled), { in: "10.0.1.1", out: "10.0.2.1" });
});
