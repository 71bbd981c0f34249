import assert from "node:assert/strict";
import { CONFLICT_CONDITION } from "../controller/mod.ts";
import type { Condition } from "../kube/mod.ts";
import type { LeaderStage, Story } from "./leader_stage.ts";

const POOL = [
  "address-pools:",
  "- name: default",
  "  protocol: layer2",
  "  addresses: [10.0.0.1-10.0.0.20]",
].join("\n");

const MAC = "02:00:00:00:00:aa";
const SHARED = { "metallb.io/allow-shared-ip": "k" };

/** What users see when a machine that is no node uses addresses of a pool. */
export const QUARANTINE_STORIES: readonly Story[] = [
  {
    name: "an address that a stranger uses is left, and given out again when the report ends",
    run: async (stage) => {
      const leader = await stage.startLeader("leader");
      await stage.configure(POOL);
      await stage.createService("a");
      await stage.untilAddress("a", "10.0.0.1");
      await stage.report("n1", { "10.0.0.1": { mac: MAC } });
      await stage.untilAddress("a", "10.0.0.2");
      await stage.untilTold(
        "a",
        `AddressQuarantined: 10.0.0.1 is used by ${MAC}, which belongs to no node of ours ` +
          '(seen by node "n1"): the Service gets 10.0.0.2 instead',
      );
      await stage.createService("b");
      await stage.untilAddress("b", "10.0.0.3");
      const metrics = await leader.registry.metrics();
      assert.match(metrics, /^lanlord_addresses_quarantined\{pool="default"\} 1$/m);
      await stage.report("n1", { "10.0.0.1": { mac: MAC, over: "2026-01-01T00:05:00Z" } });
      await stage.createService("c");
      await stage.untilAddress("c", "10.0.0.4");
      await stage.report("n1", "gone");
      await stage.until(() => leader.logged.has("quarantineOver"), "the end of the quarantine");
      await stage.createService("d");
      await stage.untilAddress("d", "10.0.0.1");
      assert.equal(stage.addressOf("a"), "10.0.0.2");
    },
  },
  {
    name: "an address asked for by name stays, with a condition as long as a stranger uses it",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(POOL);
      await stage.createService("named", { loadBalancerIP: "10.0.0.7" });
      await stage.untilAddress("named", "10.0.0.7");
      await stage.report("n1", { "10.0.0.7": { mac: MAC } });
      await stage.until(() => conflictOf(stage, "named") !== undefined, "the condition");
      const condition = conflictOf(stage, "named");
      assert.deepEqual([condition?.status, condition?.reason], ["True", "RequestedByName"]);
      assert.match(condition?.message ?? "", new RegExp(`used by ${MAC}.*to solve it: `));
      await stage.untilTold("named", `AddressQuarantined: ${condition?.message}`);
      await stage.report("n1", { "10.0.0.7": { mac: MAC, over: "2026-01-01T00:05:00Z" } });
      await stage.until(() => conflictOf(stage, "named") === undefined, "the end of the condition");
      assert.equal(stage.addressOf("named"), "10.0.0.7");
    },
  },
  {
    name: "Services that share an address leave it together",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(POOL);
      for (const port of [80, 81]) {
        await stage.createService(`p${port}`, { annotations: SHARED, ports: [{ port }] });
        await stage.untilAddress(`p${port}`, "10.0.0.1");
      }
      await stage.report("n1", { "10.0.0.1": { mac: MAC } });
      for (const name of ["p80", "p81"]) await stage.untilAddress(name, "10.0.0.2");
    },
  },
  {
    name: "a machine that takes one address after the other is not run after without end",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(POOL);
      await stage.createService("a");
      await stage.untilAddress("a", "10.0.0.1");
      const strangers: Record<string, { readonly mac: string }> = {};
      for (let n = 1; n <= 10; n++) {
        strangers[`10.0.0.${n}`] = { mac: MAC };
        await stage.report("n1", strangers);
        await stage.untilAddress("a", `10.0.0.${n + 1}`);
      }
      strangers["10.0.0.11"] = { mac: MAC };
      await stage.report("n1", strangers);
      await stage.until(() => conflictOf(stage, "a")?.reason === "MoveDelayed", "the limit");
      assert.equal(stage.addressOf("a"), "10.0.0.11");
    },
  },
  {
    name: "a new leader goes by what the speakers say, and gives out nothing of it",
    run: async (stage) => {
      await stage.configure(POOL);
      await stage.report("n1", { "10.0.0.1": { mac: MAC, over: "2026-01-01T00:05:00Z" } });
      await stage.report("n2", { "10.0.0.2": { mac: MAC } });
      await stage.createService("a");
      await stage.startLeader("leader");
      await stage.untilAddress("a", "10.0.0.3");
    },
  },
];

function conflictOf(stage: LeaderStage, name: string): Condition | undefined {
  return stage.service(name)?.conditions.find(({ type }) => type === CONFLICT_CONDITION);
}
