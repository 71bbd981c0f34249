import assert from "node:assert/strict";
import { generate } from "../generate.ts";
import { simulate } from "../simulate.ts";

const NODES = 200;
const ADDRESSES = 200;

/** Three minutes with eleven kinds of faults. */
const SEEDS = [17];

Deno.test(`no rule is broken with ${NODES} nodes and ${ADDRESSES} addresses`, async (t) => {
  for (const seed of SEEDS) {
    await t.step(`seed ${seed}`, () => {
      const scenario = generate({ seed, nodes: NODES, addresses: ADDRESSES });
      assert.deepEqual(simulate(scenario).violations, []);
    });
  }
});
