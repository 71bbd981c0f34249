import { deepEqual, equal } from "node:assert/strict";
import { inputOf } from "../config/testing.ts";
import { serviceOf } from "../controller/testing.ts";
import { formatIp } from "../ip/address.ts";
import { outlookOf } from "./outlook.ts";
import type { ClusterSnapshot } from "./snapshot.ts";
import { clusterOf } from "../tests/clusters.ts";

const RULES = { lbClass: undefined };

Deno.test("outlookOf() has what the leader decides, and what the speakers judge of what is assigned", () => {
  const services = [
    serviceOf({ name: "held", held: ["192.168.0.201"] }),
    serviceOf({ name: "new", age: 1 }),
    serviceOf({ name: "internal", type: "ClusterIP" }),
  ];
  const { decisions, judgements, config } = outlookOf(clusterOf({ services }), RULES);
  equal(config?.pools[0]?.name, "lan");
  deepEqual(
    Array.from(decisions, ([key, { addresses }]) => [key, addresses.map(formatIp)]),
    [["default/held", ["192.168.0.201"]], ["default/new", ["192.168.0.200"]]],
  );
  deepEqual(
    Array.from(judgements, ([key, { announced, eligible }]) => [key, announced?.pool, eligible]),
    [["192.168.0.201", "lan", ["n1", "n2"]]],
  );
});

Deno.test("outlookOf() judges nobody without a valid configuration, and says what is wrong", () => {
  const services = [serviceOf({ name: "new" })];
  const config = inputOf({ configMap: "address-pools: 5" });
  const outlook = outlookOf(clusterOf({ services, config }), RULES);
  equal(outlook.config, undefined);
  equal(outlook.problems.length, 1);
  equal(outlook.decisions.get("default/new")?.refusal?.kind, "no-configuration");
});

Deno.test("outlookOf() knows no configuration while a leader says that it does not use the objects", () => {
  const service = serviceOf({ name: "new" });
  const refusal = "ConfigMap metallb-system/config is gone: its pools stay in force";
  const rows: readonly (readonly [Partial<ClusterSnapshot>, boolean])[] = [
    [{ leaderReport: { meta: service.meta, refusal } }, false],
    [{ leaderReport: { meta: service.meta } }, true],
    // Who leads next looks at the objects anew.
    [{ leaderReport: { meta: service.meta, refusal }, leaderLease: undefined }, true],
  ];
  for (const [change, isKnown] of rows) {
    const { config, problems } = outlookOf(clusterOf({ services: [service], ...change }), RULES);
    equal(config !== undefined, isKnown);
    equal(problems.some(({ message }) => message.endsWith(refusal)), !isKnown);
  }
});

Deno.test("outlookOf() has nodes without a pool for an address that no pool has", () => {
  const services = [serviceOf({ name: "odd", held: ["10.0.0.1"] })];
  const judgement = outlookOf(clusterOf({ services }), RULES).judgements.get("10.0.0.1");
  deepEqual([judgement?.announced, judgement?.eligible], [undefined, []]);
});
