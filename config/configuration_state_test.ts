import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { JsonObject } from "../kube/types.ts";
import { ConfigurationReport, configurationStatus } from "./configuration_state.ts";
import { type InForce, nextInForce } from "./in_force.ts";
import { inputOf, layer2Pools, resource } from "./testing.ts";

const GOOD = nextInForce(
  undefined,
  inputOf({ configMap: layer2Pools({ lan: ["10.0.0.0/24"] }) }),
  [],
);
const BROKEN = inputOf({ configMap: "address-pools: [{ name: lan }]" });

function statusOf(inForce: InForce, before?: JsonObject, now = "2026-01-01T00:00:00Z"): JsonObject {
  return configurationStatus("poolReconcilerValid", inForce, before, now);
}

Deno.test("a configuration in force is valid", () => {
  deepEqual(statusOf(GOOD), {
    result: "Valid",
    errorSummary: "",
    conditions: [{
      type: "poolReconcilerValid",
      status: "True",
      reason: "Reconciled",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    }],
  });
});

Deno.test("warnings leave it valid", () => {
  const pool = resource("wan", { addresses: ["10.0.0.0/24"] });
  const inForce = nextInForce(undefined, inputOf({ pools: [pool] }), []);
  ok(inForce.problems.some(({ severity }) => severity === "warning"));
  equal(statusOf(inForce)["result"], "Valid");
});

Deno.test("a rejected one is invalid, with every error on a line of its own", () => {
  const { result, errorSummary, conditions } = statusOf(nextInForce(GOOD, BROKEN, []));
  equal(result, "Invalid");
  match(String(errorSummary), /^ConfigMap metallb-system\/config:1:\d+: .+\nConfigMap /);
  match(
    JSON.stringify(conditions),
    /"reason":"ConfigurationError","message":"configuration error: /,
  );
});

Deno.test("a text that has no end is cut", () => {
  const configMap = layer2Pools(
    Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`p${i}`, ["not an address"]])),
  );
  const status = statusOf(nextInForce(undefined, inputOf({ configMap }), []));
  ok(String(status["errorSummary"]).length < 10_000);
});

Deno.test("the time is that of the change", () => {
  const first = statusOf(GOOD, undefined, "2026-01-01T00:00:00Z");
  const same = statusOf(GOOD, first, "2026-01-01T00:01:00Z");
  deepEqual(same, first);
  const worse = statusOf(nextInForce(GOOD, BROKEN, []), same, "2026-01-01T00:02:00Z");
  match(JSON.stringify(worse), /"lastTransitionTime":"2026-01-01T00:02:00Z"/);
});

Deno.test("only what is new is reported, and never that there is nothing", () => {
  const report = new ConfigurationReport("configReconcilerValid");
  equal(report.next(nextInForce(undefined, inputOf({}), []), "t0"), undefined);
  equal(report.next(GOOD, "t1")?.["result"], "Valid");
  equal(report.next(GOOD, "t2"), undefined);
  const worse = nextInForce(GOOD, BROKEN, []);
  equal(report.next(worse, "t3")?.["result"], "Invalid");
  equal(report.next(nextInForce(worse, BROKEN, []), "t4"), undefined);
  equal(report.next(nextInForce(worse, GOOD.newest.input, []), "t5")?.["result"], "Valid");
});
