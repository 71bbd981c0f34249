import assert from "node:assert/strict";
import type { NotEligible } from "./desired.ts";
import { refusalsToTell } from "./not_eligible.ts";

const VIP = "192.168.0.200";
const excluded: NotEligible = { reason: "excluded-by-label", services: ["default/a"] };
const noPool: NotEligible = { reason: "no-pool", services: ["default/a"] };

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
    now: { ...excluded, services: ["default/a"] },
    want: undefined,
  },
  { name: "for no node at all", before: excluded, now: noPool, want: "info" },
  {
    name: "no IPv6 on this node",
    before: undefined,
    now: { ...noPool, reason: "no-ipv6" },
    want: "debug",
  },
  {
    name: "no advertisement",
    before: noPool,
    now: { ...noPool, reason: "no-advertisement" },
    want: "info",
  },
  { name: "another reason", before: noPool, now: excluded, want: "debug" },
  {
    name: "one Service more",
    before: noPool,
    now: { ...noPool, services: ["default/a", "default/b"] },
    want: "info",
  },
  { name: "eligible now", before: excluded, now: undefined, want: undefined },
];

Deno.test("refusalsToTell() tells each change once", async (t) => {
  for (const { name, before, now, want } of rows) {
    await t.step(name, () => {
      const told = refusalsToTell({ notHere: mapOf(now) }, before && { notHere: mapOf(before) });
      assert.deepEqual(
        told,
        want === undefined || now === undefined ? [] : [{ level: want, address: VIP, ...now }],
      );
    });
  }
});

function mapOf(refusal: NotEligible | undefined): ReadonlyMap<string, NotEligible> {
  return refusal === undefined ? new Map() : new Map([[VIP, refusal]]);
}
