import assert from "node:assert/strict";
import { FAULT_NAMES, type FaultName } from "./draws.ts";
import { generate } from "./generate.ts";
import { type Mutant, MUTANTS } from "./mutants.ts";
import type { Scenario } from "./scenario.ts";
import { findViolation } from "./search.ts";

/** A mutant that survives so many scenarios is not caught. Small clusters show as much as large ones. */
const SCENARIOS = 70;

/** In so many scenarios without the fault that it needs, a mutant does no harm. */
const HARMLESS = 8;

Deno.test("every fault in the protocol is caught by an invariant", async (t) => {
  const right = new Map<string, boolean>();
  for (const mutant of MUTANTS) {
    await t.step(mutant.name, () => {
      const caught = scenarios(SCENARIOS, mutant.needs ?? mutant.shownBy)
        .find((scenario) => findViolation(scenario, mutant.protocol) !== undefined);
      assert.ok(caught, `"${mutant.name}" survives ${SCENARIOS} scenarios`);
      const text = JSON.stringify(caught);
      const isRight = right.get(text) ?? findViolation(caught) === undefined;
      right.set(text, isRight);
      assert.ok(isRight, `the protocol itself fails with seed ${caught.seed}`);
    });
  }
});

Deno.test("what the faults of a mutant are for, no other fault shows", async (t) => {
  for (const mutant of MUTANTS.filter(({ needs, family }) => needs ?? family)) {
    await t.step(mutant.name, () => {
      for (const scenario of harmless(mutant)) {
        assert.equal(findViolation(scenario, mutant.protocol), undefined, `seed ${scenario.seed}`);
      }
    });
  }
});

function* scenarios(count: number, kinds?: readonly FaultName[]): Generator<Scenario> {
  for (let i = 0; i < count; i++) {
    yield generate({ seed: i + 1, nodes: 2 + i % 4, ...kinds === undefined ? {} : { kinds } });
  }
}

/** Scenarios without what the mutant needs. */
function harmless({ needs = [], family }: Mutant): Iterable<Scenario> {
  const kinds = FAULT_NAMES.filter((kind) => !needs.includes(kind));
  if (family === undefined) return scenarios(HARMLESS, kinds);
  return scenarios(HARMLESS, kinds).map((scenario) => ({
    ...scenario,
    addresses: scenario.addresses.filter(({ key }) => key.includes(":") !== (family === "IPv6")),
  }));
}
