import assert from "node:assert/strict";
import { generate } from "./generate.ts";
import { MUTANTS } from "./mutants.ts";
import { findViolation } from "./search.ts";

/** A mutant that survives so many scenarios is not caught. */
const SCENARIOS = 60;

/** Small clusters show a fault as well as large ones, in less time. */
const NODES = [3, 4, 2, 5];

Deno.test("every fault in the protocol is caught by an invariant", async (t) => {
  for (const { name, protocol } of MUTANTS) {
    await t.step(name, () => {
      const isCaught = Array.from({ length: SCENARIOS }, (_, i) => i + 1).some((seed) => {
        const scenario = generate({ seed, nodes: NODES[seed % NODES.length] ?? 3 });
        return findViolation(scenario, protocol) !== undefined;
      });
      assert.ok(isCaught, `"${name}" survives ${SCENARIOS} scenarios`);
    });
  }
});
