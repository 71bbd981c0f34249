import assert from "node:assert/strict";
import type { Config } from "../config/config.ts";
import type { Service } from "../kube/types.ts";
import { assigned, configOf, dualServiceOf, serviceOf, settleAll, testPool } from "./testing.ts";

const TUTORIAL = configOf(testPool("default", ["192.168.0.200-192.168.0.250"]));
const DUAL = configOf(testPool("dual", ["10.0.0.1-10.0.0.3", "fd00::1-fd00::3"]));
const SHARED = { "metallb.io/allow-shared-ip": "k" };

interface Row {
  readonly name: string;
  readonly config: Config | undefined;
  readonly services: readonly Service[];
  readonly want: Readonly<Record<string, string>>;
}

const rows: readonly Row[] = [
  {
    name: "the first Service of the tutorial",
    config: TUTORIAL,
    services: [serviceOf({ name: "whoami" })],
    want: { whoami: "192.168.0.200" },
  },
  {
    name: "the older Service first, then by name",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "c", age: 1 }),
      serviceOf({ name: "b", age: 1 }),
      serviceOf({ name: "z", age: 0 }),
    ],
    want: { z: "192.168.0.200", b: "192.168.0.201", c: "192.168.0.202" },
  },
  {
    name: "held addresses are adopted before anything is given out",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "pending", age: 0 }),
      serviceOf({ name: "holder", age: 9, held: ["192.168.0.200"] }),
    ],
    want: { pending: "192.168.0.201", holder: "192.168.0.200" },
  },
  {
    name: "a foreign address cannot displace the rightful holder of another",
    config: configOf(testPool("p", ["10.0.0.1"])),
    services: [
      serviceOf({ name: "foreign", age: 0, held: ["172.16.0.1"] }),
      serviceOf({ name: "holder", age: 9, held: ["10.0.0.1"] }),
    ],
    want: { foreign: "", holder: "10.0.0.1" },
  },
  {
    name: "without a configuration everything stays",
    config: undefined,
    services: [serviceOf({ name: "a", held: ["172.16.0.1"] }), serviceOf({ name: "b" })],
    want: { a: "172.16.0.1", b: "" },
  },
  {
    name: "with a configuration without pools nothing stays",
    config: configOf(),
    services: [serviceOf({ name: "a", held: ["172.16.0.1"] })],
    want: { a: "" },
  },
  {
    name: "two holders of one address: the older keeps it",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "young", age: 5, held: ["192.168.0.207"] }),
      serviceOf({ name: "old", age: 1, held: ["192.168.0.207"] }),
    ],
    want: { young: "192.168.0.200", old: "192.168.0.207" },
  },
  {
    name: "ranges in configured order, ascending within each",
    config: configOf(testPool("p", ["10.0.0.8/31", "10.0.0.2/32"])),
    services: ["a", "b", "c"].map((name) => serviceOf({ name })),
    want: { a: "10.0.0.8", b: "10.0.0.9", c: "10.0.0.2" },
  },
  {
    name: ".0 and .255 are skipped where buggy addresses are avoided",
    config: configOf(testPool("p", ["10.0.0.254-10.0.1.1"], { avoidBuggyIPs: true })),
    services: ["a", "b", "c"].map((name) => serviceOf({ name })),
    want: { a: "10.0.0.254", b: "10.0.1.1", c: "" },
  },
  {
    name: "pools in order of name, those without auto-assign left out",
    config: configOf(
      testPool("b", ["10.0.2.1"]),
      testPool("a", ["10.0.1.1"], { autoAssign: false }),
      testPool("c", ["10.0.3.1"]),
    ),
    services: [serviceOf({ name: "a" }), serviceOf({ name: "b" })],
    want: { a: "10.0.2.1", b: "10.0.3.1" },
  },
  {
    name: "a pool asked for, though without auto-assign",
    config: configOf(
      testPool("a", ["10.0.1.1"]),
      testPool("b", ["10.0.2.1"], { autoAssign: false }),
    ),
    services: [serviceOf({ name: "a", annotations: { "metallb.io/address-pool": "b" } })],
    want: { a: "10.0.2.1" },
  },
  {
    name: "an address asked for by name is served before an older Service that takes any",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "any", age: 0 }),
      serviceOf({ name: "named", age: 9, loadBalancerIP: "192.168.0.200" }),
    ],
    want: { any: "192.168.0.201", named: "192.168.0.200" },
  },
  {
    name: "a Service that asks for another address moves when that is free",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "a", held: ["192.168.0.200"], loadBalancerIP: "192.168.0.210" }),
    ],
    want: { a: "192.168.0.210" },
  },
  {
    name: "and keeps what it has when that is taken",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "a", held: ["192.168.0.200"], loadBalancerIP: "192.168.0.210" }),
      serviceOf({ name: "b", held: ["192.168.0.210"] }),
    ],
    want: { a: "192.168.0.200", b: "192.168.0.210" },
  },
  {
    name: "an address no longer asked for stays",
    config: TUTORIAL,
    services: [serviceOf({ name: "a", held: ["192.168.0.233"] })],
    want: { a: "192.168.0.233" },
  },
  {
    name: "the address follows the pool that is asked for",
    config: configOf(testPool("a", ["10.0.1.1"]), testPool("b", ["10.0.2.1"])),
    services: [
      serviceOf({
        name: "a",
        held: ["10.0.1.1"],
        annotations: { "metallb.io/address-pool": "b" },
      }),
    ],
    want: { a: "10.0.2.1" },
  },
  {
    name: "a pool that lost the address",
    config: configOf(testPool("p", ["10.0.0.5-10.0.0.9"])),
    services: [serviceOf({ name: "a", held: ["10.0.0.1"] })],
    want: { a: "10.0.0.5" },
  },
  {
    name: "what another class holds in a pool is not given out",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "other", loadBalancerClass: "x.y/z", held: ["192.168.0.200"] }),
      serviceOf({ name: "ours" }),
    ],
    want: { other: "192.168.0.200", ours: "192.168.0.201" },
  },
  {
    name: "a Service that is being deleted keeps its address and gets no new one",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "a", deletionTimestamp: "2026-01-01T00:00:00Z", held: ["192.168.0.200"] }),
      serviceOf({ name: "b", deletionTimestamp: "2026-01-01T00:00:00Z" }),
      serviceOf({ name: "c" }),
    ],
    want: { a: "192.168.0.200", b: "", c: "192.168.0.201" },
  },
  {
    name: "a sharing key with different ports shares the lowest address",
    config: TUTORIAL,
    services: [
      serviceOf({ name: "tcp", annotations: SHARED, ports: [{ protocol: "TCP", port: 53 }] }),
      serviceOf({ name: "udp", annotations: SHARED, ports: [{ protocol: "UDP", port: 53 }] }),
      serviceOf({ name: "web", annotations: SHARED, ports: [{ protocol: "TCP", port: 53 }] }),
    ],
    want: { tcp: "192.168.0.200", udp: "192.168.0.200", web: "192.168.0.201" },
  },
  {
    name: "a sharing key shares an address of a full pool before it takes a free one of the next",
    config: configOf(testPool("p", ["10.0.0.1"]), testPool("q", ["10.1.0.1"])),
    services: [
      serviceOf({ name: "tcp", annotations: SHARED, ports: [{ protocol: "TCP", port: 53 }] }),
      serviceOf({ name: "udp", annotations: SHARED, ports: [{ protocol: "UDP", port: 53 }] }),
      serviceOf({ name: "web" }),
    ],
    want: { tcp: "10.0.0.1", udp: "10.0.0.1", web: "10.1.0.1" },
  },
  {
    name: "policy Local shares only with the same selector",
    config: TUTORIAL,
    services: (["a", "b", "c"] as const).map((name, i) =>
      serviceOf({
        name,
        annotations: SHARED,
        externalTrafficPolicy: "Local",
        selector: { app: name === "c" ? "other" : "same" },
        ports: [{ protocol: "TCP", port: 80 + i }],
      })
    ),
    want: { a: "192.168.0.200", b: "192.168.0.200", c: "192.168.0.201" },
  },
  {
    name: "both families from one pool, in the order of the Service",
    config: DUAL,
    services: [
      dualServiceOf({ name: "a" }),
      dualServiceOf({ name: "b", ipFamilies: ["IPv6", "IPv4"] }),
    ],
    want: { a: "10.0.0.1,fd00::1", b: "fd00::2,10.0.0.2" },
  },
  {
    name: "PreferDualStack is content with the primary family",
    config: configOf(testPool("p", ["10.0.0.1"]), testPool("q", ["fd00::1"])),
    services: [dualServiceOf({ name: "a", ipFamilies: ["IPv6", "IPv4"] })],
    want: { a: "fd00::1" },
  },
  {
    name: "PreferDualStack gets the second family once its pool has it",
    config: DUAL,
    services: [dualServiceOf({ name: "a", held: ["10.0.0.3"] })],
    want: { a: "10.0.0.3,fd00::1" },
  },
  {
    name: "PreferDualStack does not leave its pool for one with both families",
    config: configOf(testPool("p", ["10.0.1.1"]), ...DUAL.pools),
    services: [dualServiceOf({ name: "a", held: ["10.0.1.1"] })],
    want: { a: "10.0.1.1" },
  },
  {
    name: "RequireDualStack leaves its pool for one with both families",
    config: configOf(testPool("p", ["10.0.1.1"]), ...DUAL.pools),
    services: [
      dualServiceOf({ name: "a", held: ["10.0.1.1"], ipFamilyPolicy: "RequireDualStack" }),
    ],
    want: { a: "10.0.0.1,fd00::1" },
  },
  {
    name: "a Service that becomes single stack keeps the address of that family",
    config: DUAL,
    services: [serviceOf({ name: "a", held: ["fd00::2", "10.0.0.3"] })],
    want: { a: "10.0.0.3" },
  },
];

Deno.test("allocate() and plan() settle", async (t) => {
  for (const { name, config, services, want } of rows) {
    await t.step(name, () => {
      assert.deepEqual(assigned(settleAll(config, services).services), want);
      assert.deepEqual(assigned(settleAll(config, services.toReversed()).services), want);
    });
  }
});

Deno.test("whoever changes the terms of sharing gives way, the others stay", async (t) => {
  const start = [
    serviceOf({ name: "a", age: 0, annotations: SHARED, ports: [{ protocol: "TCP", port: 80 }] }),
    serviceOf({ name: "b", age: 1, annotations: SHARED, ports: [{ protocol: "TCP", port: 443 }] }),
  ];
  const [a, b] = settleAll(TUTORIAL, start).services;
  assert.ok(a !== undefined && b !== undefined);
  assert.deepEqual(assigned([a, b]), { a: "192.168.0.200", b: "192.168.0.200" });
  const { "metallb.io/allow-shared-ip": _, ...unshared } = a.meta.annotations;
  const changes: Readonly<Record<string, Service>> = {
    "a port that clashes": { ...a, ports: [...a.ports, { protocol: "TCP", port: 443 }] },
    "no key any more": { ...a, meta: { ...a.meta, annotations: unshared } },
    "policy Local": { ...a, externalTrafficPolicy: "Local" },
  };
  for (const [name, changed] of Object.entries(changes)) {
    await t.step(name, () => {
      const settled = settleAll(TUTORIAL, [changed, b]);
      assert.deepEqual(assigned(settled.services), { a: "192.168.0.201", b: "192.168.0.200" });
      assert.match(settled.notes[0]?.message ?? "", /not allowed by config.* in use/);
    });
  }
});
