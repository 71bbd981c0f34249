/**
 * Services that ask for what cannot be given: each is told exactly why, and none disturbs what works.
 */
import assert from "node:assert/strict";
import type { Config } from "../../config/config.ts";
import type { Service } from "../../kube/types.ts";
import { ADDRESS_CONDITION } from "../../controller/condition.ts";
import {
  assigned,
  configOf,
  dualServiceOf,
  serviceOf,
  settleAll,
  testPool,
} from "../../controller/testing.ts";

const CONFIG: Config = configOf(
  testPool("default", ["192.168.0.200-192.168.0.205"]),
  testPool("buggy", ["10.0.0.254-10.0.1.5"], { avoidBuggyIPs: true, autoAssign: false }),
  testPool("full", ["10.9.0.1"], { autoAssign: false }),
  testPool("six", ["fd00::1-fd00::5"], { autoAssign: false }),
  testPool("both", ["10.8.0.1-10.8.0.5", "fd08::1-fd08::5"], { autoAssign: false }),
);

const POOL = "metallb.io/address-pool";
const IPS = "metallb.io/loadBalancerIPs";
const KEY = "metallb.io/allow-shared-ip";
const LEGACY_POOL = "metallb.universe.tf/address-pool";
const LEGACY_IPS = "metallb.universe.tf/loadBalancerIPs";
const LEGACY_KEY = "metallb.universe.tf/allow-shared-ip";

/** What works already, and must go on as it is. */
const WORKING: readonly Service[] = settleAll(CONFIG, [
  serviceOf({ name: "web", age: 0, held: ["192.168.0.201"] }),
  serviceOf({ name: "last", age: 0, held: ["10.9.0.1"], annotations: { [POOL]: "full" } }),
  serviceOf({ name: "dns", age: 0, held: ["192.168.0.202"], annotations: { [KEY]: "dns" } }),
  serviceOf({
    name: "local",
    age: 0,
    held: ["192.168.0.203"],
    annotations: { [KEY]: "local" },
    externalTrafficPolicy: "Local",
  }),
]).services;

interface Row {
  readonly name: string;
  readonly service: Service;
  /** What the Warning says after `Failed to allocate IP for "default/bad": `. */
  readonly want: string;
  /** Reason of the condition. */
  readonly reason: string;
}

const rows: readonly Row[] = [
  {
    name: "address outside every pool",
    service: serviceOf({ name: "bad", loadBalancerIP: "172.16.0.1" }),
    want: '"172.16.0.1" is not allowed in config',
    reason: "OutsidePools",
  },
  {
    name: "address in use",
    service: serviceOf({ name: "bad", loadBalancerIP: "192.168.0.201" }),
    want: `can't change sharing key for "default/bad", address also in use by default/web`,
    reason: "AddressInUse",
  },
  {
    name: "address in use by a Service that shares, without a key",
    service: serviceOf({ name: "bad", loadBalancerIP: "192.168.0.202" }),
    want: `can't change sharing key for "default/bad", address also in use by default/dns`,
    reason: "AddressInUse",
  },
  {
    name: "another sharing key",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.202",
      annotations: { [KEY]: "other" },
      ports: [{ protocol: "UDP", port: 80 }],
    }),
    want: `can't change sharing key for "default/bad", address also in use by default/dns`,
    reason: "AddressInUse",
  },
  {
    name: "the sharing key, but a port that clashes",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.202",
      annotations: { [KEY]: "dns" },
    }),
    want: 'port TCP/80 is already in use on "192.168.0.202"',
    reason: "PortInUse",
  },
  {
    name: "the sharing key, but policy Local beside Cluster",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.202",
      annotations: { [KEY]: "dns" },
      externalTrafficPolicy: "Local",
      ports: [],
    }),
    want: `can't change sharing key for "default/bad", address also in use by default/dns`,
    reason: "AddressInUse",
  },
  {
    name: "the sharing key and policy Local, but another selector",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.203",
      annotations: { [KEY]: "local" },
      externalTrafficPolicy: "Local",
      ports: [],
    }),
    want: `can't change sharing key for "default/bad", address also in use by default/local`,
    reason: "AddressInUse",
  },
  {
    name: "address that is no address",
    service: serviceOf({ name: "bad", loadBalancerIP: "192.168.0" }),
    want: 'invalid spec.loadBalancerIP "192.168.0"',
    reason: "MalformedAddress",
  },
  {
    name: "address with a leading zero",
    service: serviceOf({ name: "bad", loadBalancerIP: "192.168.0.010" }),
    want: 'invalid spec.loadBalancerIP "192.168.0.010"',
    reason: "MalformedAddress",
  },
  {
    name: "address with prefix length",
    service: serviceOf({ name: "bad", annotations: { [IPS]: "192.168.0.200/32" } }),
    want: 'invalid metallb.io/loadBalancerIPs: "192.168.0.200/32"',
    reason: "MalformedAddress",
  },
  {
    name: "list with an empty item",
    service: serviceOf({ name: "bad", annotations: { [IPS]: "192.168.0.200," } }),
    want: 'invalid metallb.io/loadBalancerIPs: "192.168.0.200,"',
    reason: "MalformedAddress",
  },
  {
    name: "list with a host name",
    service: serviceOf({ name: "bad", annotations: { [LEGACY_IPS]: "example.org" } }),
    want: 'invalid metallb.io/loadBalancerIPs: "example.org"',
    reason: "MalformedAddress",
  },
  {
    name: "address of the other family",
    service: serviceOf({ name: "bad", loadBalancerIP: "fd00::1" }),
    want: 'requested loadBalancer IP(s) ["fd00::1"] does not match the ipFamily of the service',
    reason: "WrongFamily",
  },
  {
    name: "one address for two families",
    service: dualServiceOf({ name: "bad", loadBalancerIP: "10.8.0.1" }),
    want: 'requested loadBalancer IP(s) ["10.8.0.1"] does not match the ipFamily of the service',
    reason: "WrongFamily",
  },
  {
    name: "two addresses of one family",
    service: dualServiceOf({ name: "bad", annotations: { [IPS]: "10.8.0.1,10.8.0.2" } }),
    want: 'requested loadBalancer IP(s) ["10.8.0.1" "10.8.0.2"] does not match the ipFamily ' +
      "of the service",
    reason: "WrongFamily",
  },
  {
    name: "three addresses",
    service: dualServiceOf({ name: "bad", annotations: { [IPS]: "10.8.0.1,fd08::1,fd08::2" } }),
    want: 'requested loadBalancer IP(s) ["10.8.0.1" "fd08::1" "fd08::2"] does not match the ' +
      "ipFamily of the service",
    reason: "WrongFamily",
  },
  {
    name: "two addresses for one family",
    service: serviceOf({ name: "bad", annotations: { [IPS]: "10.8.0.1,fd08::1" } }),
    want: 'requested loadBalancer IP(s) ["10.8.0.1" "fd08::1"] does not match the ipFamily ' +
      "of the service",
    reason: "WrongFamily",
  },
  {
    name: "two addresses of different pools",
    service: dualServiceOf({ name: "bad", annotations: { [IPS]: "10.8.0.1,fd00::1" } }),
    want: 'requested loadBalancer IP(s) ["10.8.0.1" "fd00::1"] are of different pools: both, six',
    reason: "DifferentPools",
  },
  {
    name: "annotation and spec.loadBalancerIP",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.200",
      annotations: { [IPS]: "192.168.0.200" },
    }),
    want: "service can not have both metallb.io/loadBalancerIPs and svc.Spec.LoadBalancerIP",
    reason: "ContradictoryAddresses",
  },
  {
    name: "unknown pool",
    service: serviceOf({ name: "bad", annotations: { [POOL]: "Default" } }),
    want: 'unknown pool "Default"',
    reason: "UnknownPool",
  },
  {
    name: "unknown pool, and an address",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.204",
      annotations: { [POOL]: "none" },
    }),
    want: 'unknown pool "none"',
    reason: "UnknownPool",
  },
  {
    name: "address of another pool than the one asked for",
    service: serviceOf({
      name: "bad",
      loadBalancerIP: "192.168.0.204",
      annotations: { [POOL]: "both" },
    }),
    want: 'requested loadBalancer IP(s) ["192.168.0.204"] is not compatible with ' +
      "requested address pool both",
    reason: "OutsideRequestedPool",
  },
  {
    name: "pool without addresses left",
    service: serviceOf({ name: "bad", annotations: { [POOL]: "full" } }),
    want: 'no available IPs in pool "full"',
    reason: "Exhausted",
  },
  {
    name: "pool without that family",
    service: serviceOf({ name: "bad", annotations: { [POOL]: "six" } }),
    want: 'no available IPs in pool "six"',
    reason: "Exhausted",
  },
  {
    name: "no pool that is given out unasked has that family",
    service: serviceOf({ name: "bad", ipFamilies: ["IPv6"] }),
    want: "no available IPs",
    reason: "Exhausted",
  },
  {
    name: "buggy address",
    service: serviceOf({ name: "bad", loadBalancerIP: "10.0.0.255" }),
    want: '"10.0.0.255" is not allowed in config',
    reason: "OutsidePools",
  },
  {
    name: "RequireDualStack on a single-stack cluster",
    service: serviceOf({ name: "bad", ipFamilyPolicy: "RequireDualStack" }),
    want: 'Service requires dual stack but not enough clusterips ["10.96.0.1"]',
    reason: "NotDualStack",
  },
  {
    name: "RequireDualStack without a pool of both families",
    service: dualServiceOf({ name: "bad", ipFamilyPolicy: "RequireDualStack" }),
    want: "no available IPs",
    reason: "Exhausted",
  },
  {
    name: "no cluster address",
    service: serviceOf({ name: "bad", ipFamilies: [], clusterIPs: ["None"] }),
    want: "service has no ClusterIP",
    reason: "NoClusterIp",
  },
];

Deno.test("a Service that asks for what cannot be given is told why", async (t) => {
  for (const { name, service, want, reason } of rows) {
    await t.step(name, () => {
      const { services, notes } = settleAll(CONFIG, [...WORKING, service]);
      assert.deepEqual(assigned(services), { ...assigned(WORKING), bad: "" });
      assert.deepEqual(
        notes.map(({ about, type, reason }) => [about.name, type, reason]),
        [["bad", "Warning", "AllocationFailed"]],
      );
      const message = notes[0]?.message ?? "";
      const opening = `Failed to allocate IP for "default/bad": ${want}; to solve it: `;
      assert.ok(message.startsWith(opening), message);
      const condition = services.at(-1)?.conditions.find(({ type }) => type === ADDRESS_CONDITION);
      assert.equal(condition?.status, "False");
      assert.equal(condition?.reason, reason);
      assert.ok(condition?.message.startsWith(`${want}; to solve it: `), condition?.message);
    });
  }
});

Deno.test("a Service that begins to ask for it keeps the address it has", async (t) => {
  const keeps = rows.filter(({ reason }) => reason !== "Exhausted" && reason !== "NotDualStack");
  for (const { name, service, want, reason } of keeps) {
    await t.step(name, () => {
      const held = service.ipFamilies.length === 2 ? ["10.8.0.3", "fd08::3"] : ["192.168.0.200"];
      const holder = { ...service, ingress: held.map((ip) => ({ ip, hostname: undefined })) };
      const { services, notes } = settleAll(CONFIG, [...WORKING, holder]);
      assert.deepEqual(assigned(services), { ...assigned(WORKING), bad: held.join(",") });
      assert.equal(notes.length, 1);
      assert.ok(
        notes[0]?.message.includes(`: ${want}; keeping ${held.join(", ")}; to solve it: `),
        notes[0]?.message,
      );
      assert.equal(services.at(-1)?.conditions[0]?.reason, reason);
    });
  }
});

Deno.test("without a usable configuration a waiting Service is told so", () => {
  const { services, notes } = settleAll(undefined, [serviceOf({ name: "bad" })]);
  assert.deepEqual(assigned(services), { bad: "" });
  assert.deepEqual(notes.map(({ message }) => message), [
    'Failed to allocate IP for "default/bad": no configuration is in force; ' +
    "to solve it: create a valid configuration with an address pool",
  ]);
  const empty = settleAll(configOf(), [serviceOf({ name: "bad" })]);
  assert.deepEqual(empty.notes.map(({ message }) => message), [
    'Failed to allocate IP for "default/bad": no available IPs; ' +
    "to solve it: create an address pool: the configuration in force has none",
  ]);
});
