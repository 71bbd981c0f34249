import assert from "node:assert/strict";
import { generate } from "./generate.ts";
import { MUTANTS } from "./mutants.ts";
import type { Scenario } from "./scenario.ts";
import { findViolation } from "./search.ts";

/** A mutant that survives so many scenarios is not caught. Small clusters show as much as large ones. */
const SCENARIOS: readonly Scenario[] = Array.from(
  { length: 70 },
  (_, i) => generate({ seed: i + 1, nodes: 2 + i % 4 }),
);

Deno.test("every fault in the protocol is caught by an invariant", async (t) => {
  const right = new Map<Scenario, boolean>();
  for (const { name, protocol } of MUTANTS) {
    await t.step(name, () => {
      const isCaught = SCENARIOS.some((scenario) => {
        if (findViolation(scenario, protocol) === undefined) return false;
        const isRight = right.get(scenario) ?? findViolation(scenario) === undefined;
        right.set(scenario, isRight);
        assert.ok(isRight, `the protocol itself fails with seed ${scenario.seed}`);
        return true;
      });
      assert.ok(isCaught, `"${name}" survives ${SCENARIOS.length} scenarios`);
    });
  }
});
