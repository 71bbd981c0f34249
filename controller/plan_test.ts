import assert from "node:assert/strict";
import type { Service } from "../kube/types.ts";
import { ADDRESS_CONDITION } from "./condition.ts";
import { decide } from "./decide.ts";
import { applyTo, configOf, dualServiceOf, serviceOf, settleAll, testPool } from "./testing.ts";

const CONFIG = configOf(testPool("default", ["10.0.0.1-10.0.0.9", "fd00::1-fd00::9"]));
const NOW = "2026-01-01T00:00:00Z";
const CONDITION = {
  type: ADDRESS_CONDITION,
  status: "True",
  reason: "AddressAssigned",
  message: '10.0.0.1 from pool "default"',
  lastTransitionTime: NOW,
};

Deno.test("plan() writes address, pool and condition in one patch, and tells of it", () => {
  const service = serviceOf({ name: "a" });
  const { actions } = decide({ config: CONFIG, services: [service], lbClass: undefined, now: NOW });
  assert.equal(actions.length, 1);
  assert.equal(actions[0]?.kind, "assign");
  assert.deepEqual(actions[0]?.patch, {
    metadata: {
      resourceVersion: "1",
      annotations: { "metallb.io/ip-allocated-from-pool": "default" },
    },
    status: { loadBalancer: { ingress: [{ ip: "10.0.0.1" }] }, conditions: [CONDITION] },
  });
  assert.deepEqual(actions[0]?.notes.map(({ type, reason, message }) => [type, reason, message]), [
    ["Normal", "IPAllocated", 'Assigned IP "10.0.0.1"'],
  ]);
});

Deno.test("plan() tells two addresses as a list, and a second one as additional", () => {
  const both = settleAll(CONFIG, [dualServiceOf({ name: "a" })]);
  assert.deepEqual(both.notes.map(({ message }) => message), [
    'Assigned IP ["10.0.0.1" "fd00::1"]',
  ]);
  const second = settleAll(CONFIG, [dualServiceOf({ name: "a", held: ["10.0.0.1"] })]);
  assert.deepEqual(second.notes.map(({ message }) => message), [
    'Assigned additional IP "fd00::1"',
  ]);
});

Deno.test("plan() tells once that PreferDualStack has one family only", () => {
  const config = configOf(testPool("v4", ["10.0.0.1-10.0.0.9"]));
  const { services, notes } = settleAll(config, [dualServiceOf({ name: "a" })]);
  assert.deepEqual(notes.map(({ reason, message }) => `${reason}: ${message}`), [
    'IPAllocated: Assigned IP "10.0.0.1"',
    'AdditionalAssignFailed: cannot assign additional IP in PreferDualStack: no available IPs in pool "v4"; ' +
    'to solve it: add IPv6 addresses to pool "v4", or free one',
  ]);
  assert.equal(services[0]?.conditions[0]?.status, "True");
  assert.equal(services[0]?.conditions[0]?.reason, "SecondFamily");
});

Deno.test("plan() tells of annotations by their old prefix when addresses change", () => {
  const pool = "metallb.universe.tf/address-pool";
  const key = "metallb.universe.tf/allow-shared-ip";
  const annotations = { [key]: "k", [pool]: "default" };
  const { notes, services } = settleAll(CONFIG, [serviceOf({ name: "a", annotations })]);
  assert.deepEqual(notes.map(({ type, reason, message }) => `${type} ${reason}: ${message}`), [
    'Normal IPAllocated: Assigned IP "10.0.0.1"',
    `Warning deprecatedAnnotation: Service uses deprecated annotation ${pool}; ` +
    "use metallb.io/address-pool",
    `Warning deprecatedAnnotation: Service uses deprecated annotation ${key}; ` +
    "use metallb.io/allow-shared-ip",
  ]);
  assert.equal(services[0]?.meta.annotations[pool], "default");
});

Deno.test("plan() leaves a Service alone that MetalLB assigned rightly", () => {
  const annotations = { "metallb.io/ip-allocated-from-pool": "default" };
  const service = serviceOf({ name: "a", held: ["10.0.0.5"], annotations });
  assert.deepEqual(settleAll(CONFIG, [service]).rounds, [[]]);
});

Deno.test("plan() keeps the time of a condition that does not turn over", () => {
  const [pending] =
    settleAll(CONFIG, [serviceOf({ name: "a", loadBalancerIP: "1.1.1.1" })]).services;
  assert.ok(pending !== undefined);
  const changed = { ...pending, loadBalancerIP: "2.2.2.2" };
  const later = { config: CONFIG, services: [changed], lbClass: undefined, now: "2027" };
  const { actions } = decide(later);
  const condition = applyTo(changed, actions).conditions[0];
  assert.match(condition?.message ?? "", /^"2\.2\.2\.2"/);
  assert.equal(condition?.lastTransitionTime, NOW);
});

Deno.test("plan() takes back only what is surely not somebody else's", async (t) => {
  const pool = { "metallb.io/ip-allocated-from-pool": "default" };
  const type = "ClusterIP";
  const loadBalancerClass = "example.org/other";
  const held = ["10.0.0.1"];
  const conditions = [CONDITION];
  const rows: readonly {
    readonly name: string;
    readonly service: Service;
    readonly lbClass?: string;
    readonly want: "taken back" | "left";
  }[] = [
    {
      name: "other type, assigned from a pool",
      service: serviceOf({ name: "a", type, held: ["172.16.0.1"], annotations: pool }),
      want: "taken back",
    },
    {
      name: "other type, address in a pool",
      service: serviceOf({ name: "a", type, held }),
      want: "taken back",
    },
    {
      name: "other type, address of others",
      service: serviceOf({ name: "a", type, held: ["172.16.0.1"] }),
      want: "left",
    },
    {
      name: "other type, for a leader of one class",
      service: serviceOf({ name: "a", type, held, annotations: pool }),
      lbClass: "example.org/ours",
      want: "left",
    },
    {
      name: "other class, marked by us, from a pool of ours",
      service: serviceOf({ name: "a", loadBalancerClass, held, annotations: pool, conditions }),
      want: "taken back",
    },
    {
      name: "other class, assigned by another implementation from the same pool",
      service: serviceOf({ name: "a", loadBalancerClass, held, annotations: pool }),
      want: "left",
    },
    {
      name: "other class, marked by a leader with other pools",
      service: serviceOf({
        name: "a",
        loadBalancerClass,
        held: ["172.16.0.1"],
        annotations: pool,
        conditions,
      }),
      want: "left",
    },
  ];
  for (const { name, service, lbClass, want } of rows) {
    await t.step(name, () => {
      const [after] = settleAll(CONFIG, [service], { lbClass }).services;
      assert.deepEqual(after?.ingress.length === 0 ? "taken back" : "left", want);
      if (want === "left") assert.deepEqual(after, service);
      else assert.deepEqual([after?.meta.annotations, after?.conditions], [{}, []]);
    });
  }
});
