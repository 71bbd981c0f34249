import assert from "node:assert/strict";
import { generate } from "../generate.ts";
import { simulate } from "../simulate.ts";

const NODES = 200;
const ADDRESSES = 200;

/** 34 s with eight kinds of faults: a minute of one core. */
const SEEDS = [17];

/** After the last fault: longer than from one refreshing announcement to the next. */
const CALM_MS = 61_000;

Deno.test(`no rule is broken with ${NODES} nodes and ${ADDRESSES} addresses`, async (t) => {
  for (const seed of SEEDS) {
    await t.step(`seed ${seed}`, () => {
      const scenario = generate({ seed, nodes: NODES, addresses: ADDRESSES });
      const durationMs = (scenario.schedule.at(-1)?.atMs ?? 0) + CALM_MS;
      assert.deepEqual(simulate({ ...scenario, durationMs }).violations, []);
    });
  }
});
