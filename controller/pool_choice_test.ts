import assert from "node:assert/strict";
import type { Pool, ServiceAllocation } from "../config/config.ts";
import { isUndecided, poolTiers } from "./pool_choice.ts";
import { allocationOf, configOf, labelled, testPool } from "./testing.ts";

const WEB = { namespace: "web", namespaceLabels: { team: "blue" }, labels: { tier: "front" } };

let used = 0;

function pool(name: string, allocation?: Partial<ServiceAllocation>, autoAssign = true): Pool {
  const serviceAllocation = allocation && { serviceAllocation: allocationOf(allocation) };
  return testPool(name, [`10.0.${used++}.0/24`], { autoAssign, ...serviceAllocation });
}

interface Row {
  readonly name: string;
  readonly pools: readonly Pool[];
  readonly asksFor?: string;
  /** Names of the pools of each tier. */
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "pools without serviceAllocation, by name",
    pools: [pool("b"), pool("a"), pool("c", undefined, false)],
    want: ["", "a b"],
  },
  {
    name: "pinned pools first: by priority, without one last, ties by name",
    pools: [
      pool("a", { namespaces: ["web"] }),
      pool("b", { priority: 20, namespaces: ["web"] }),
      pool("c", { priority: 10, serviceSelectors: [labelled("tier", "front")] }),
      pool("d", { priority: 20, namespaceSelectors: [labelled("team", "blue")] }),
      pool("e"),
      pool("f", {}),
    ],
    want: ["c b d a f", "e"],
  },
  {
    name: "those that are not for the Service are left out of both",
    pools: [
      pool("a", { priority: 1, namespaces: ["db"] }),
      pool("b", { serviceSelectors: [labelled("tier", "back")] }),
      pool("c", { namespaceSelectors: [labelled("team", "red")] }),
      pool("d"),
    ],
    want: ["", "d"],
  },
  {
    name: "a pinned pool that is not given out unasked",
    pools: [pool("a", { namespaces: ["web"] }, false), pool("b")],
    want: ["", "b"],
  },
  {
    name: "a pool asked for by name",
    pools: [pool("a", { namespaces: ["web"] }), pool("b", undefined, false)],
    asksFor: "b",
    want: ["b"],
  },
  {
    name: "a pool asked for by name that is not for the Service",
    pools: [pool("a", { namespaces: ["db"] }), pool("b")],
    asksFor: "a",
    want: [""],
  },
];

Deno.test("poolTiers() puts pools in the order in which they are tried", async (t) => {
  for (const { name, pools, asksFor, want } of rows) {
    await t.step(name, () => {
      const tiers = poolTiers(configOf(...pools), { applicant: WEB, pool: asksFor });
      assert.deepEqual(tiers.map((tier) => tier.map((each) => each.name).join(" ")), want);
    });
  }
});

Deno.test("isUndecided() only where labels of the Namespace matter", () => {
  const unseen = { ...WEB, namespaceLabels: undefined };
  const byName = configOf(pool("a", { namespaces: ["web"] }));
  const byLabel = configOf(pool("a", { namespaceSelectors: [labelled("team", "blue")] }));
  assert.equal(isUndecided(byName, unseen), false);
  assert.equal(isUndecided(byLabel, unseen), true);
  assert.equal(isUndecided(byLabel, WEB), false);
});

Deno.test("poolTiers() tells namespaces with the same labels apart", () => {
  const config = configOf(pool("a", { namespaces: ["web"] }), pool("b", { namespaces: ["db"] }));
  for (
    const [namespace, want] of [["web", "a"], ["db", "b"], ["web", "a"], ["else", ""]] as const
  ) {
    const [pinned = []] = poolTiers(config, { applicant: { ...WEB, namespace }, pool: undefined });
    assert.equal(pinned.map(({ name }) => name).join(" "), want, namespace);
  }
});
