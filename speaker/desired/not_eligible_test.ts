import assert from "node:assert/strict";
import type { NotEligible } from "./desired.ts";
import { countRefusals, faultsToTell, refusalsToTell } from "./not_eligible.ts";

const VIP = "192.168.0.200";
const A = { apiVersion: "v1", kind: "Service", namespace: "default", name: "a", uid: "1" };
const B = { ...A, name: "b", uid: "2" };
const excluded: NotEligible = { why: { kind: "excluded-by-label" }, services: [A] };
const noPool: NotEligible = { why: { kind: "no-pool" }, services: [A] };
const noInterface: NotEligible = {
  why: { kind: "no-interface", interfaces: ["eth0"] },
  services: [A],
};
const failed: NotEligible = {
  why: { kind: "interface-missing", interfaces: ["eth9"] },
  services: [A, B],
  fault: "announceFailed",
};

interface Row {
  readonly name: string;
  readonly before: NotEligible | undefined;
  readonly now: NotEligible | undefined;
  readonly want: "debug" | "info" | undefined;
}

const rows: readonly Row[] = [
  { name: "not for this node", before: undefined, now: excluded, want: "debug" },
  {
    name: "as it was",
    before: excluded,
    now: { ...excluded, services: [{ ...A, resourceVersion: "2" }] },
    want: undefined,
  },
  { name: "for no node at all", before: excluded, now: noPool, want: "info" },
  {
    name: "no IPv6 on this node",
    before: undefined,
    now: { ...noPool, why: { kind: "no-ipv6", interfaces: [] } },
    want: "debug",
  },
  {
    name: "no advertisement",
    before: noPool,
    now: { ...noPool, why: { kind: "no-advertisement", pool: "lan" } },
    want: "info",
  },
  { name: "another reason", before: noPool, now: excluded, want: "debug" },
  {
    name: "one Service more",
    before: noPool,
    now: { ...noPool, services: [A, B] },
    want: "info",
  },
  {
    name: "the same reason, for another interface",
    before: noInterface,
    now: { ...noInterface, why: { kind: "no-interface", interfaces: ["eth1"] } },
    want: "debug",
  },
  { name: "no node has the interface", before: undefined, now: failed, want: "info" },
  { name: "eligible now", before: excluded, now: undefined, want: undefined },
];

Deno.test("refusalsToTell() tells each change once", async (t) => {
  for (const { name, before, now, want } of rows) {
    await t.step(name, () => {
      const told = refusalsToTell({ notHere: mapOf(now) }, before && { notHere: mapOf(before) });
      assert.deepEqual(
        told.map(({ level, fields }) => [level, fields.address, fields.reason]),
        want === undefined || now === undefined ? [] : [[want, VIP, now.why.kind]],
      );
    });
  }
});

Deno.test("refusalsToTell() names what the reason is about", () => {
  const [told] = refusalsToTell({ notHere: mapOf(failed) }, undefined);
  assert.deepEqual(told?.fields, {
    address: VIP,
    reason: "interface-missing",
    interfaces: ["eth9"],
    services: ["default/a", "default/b"],
  });
});

Deno.test("faultsToTell() has one Warning for what no node can announce, once", () => {
  const now = { notHere: mapOf(failed) };
  assert.deepEqual(faultsToTell(now, { notHere: mapOf(excluded) }, "n1"), [{
    about: [A, B],
    reason: "announceFailed",
    message:
      'the interfaces specified by LB IP "192.168.0.200" doesn\'t exist in assigned node "n1" with protocol "layer2"',
  }]);
  assert.deepEqual(faultsToTell(now, now, "n1"), []);
  assert.deepEqual(faultsToTell({ notHere: mapOf(excluded) }, now, "n1"), []);
  const shared = { ...failed, fault: "sharedIPWithServiceSelector" } as const;
  assert.match(
    faultsToTell({ notHere: mapOf(shared) }, now, "n1")[0]?.message ?? "",
    /^address 192\.168\.0\.200 is not announced: /,
  );
});

Deno.test("countRefusals() counts addresses by reason", () => {
  const notHere = new Map([["a", excluded], ["b", failed], ["c", excluded]]);
  assert.deepEqual([...countRefusals({ notHere })], [
    ["excluded-by-label", 2],
    ["interface-missing", 1],
  ]);
});

function mapOf(refusal: NotEligible | undefined): ReadonlyMap<string, NotEligible> {
  return refusal === undefined ? new Map() : new Map([[VIP, refusal]]);
}
