import assert from "node:assert/strict";
import { searchOnAllCores } from "../parallel.ts";
import { explain, formatFailure } from "../search.ts";

const NODE_HOURS = 10_000;

Deno.test(`no rule is broken in ${NODE_HOURS} simulated node-hours of faults`, async () => {
  const { failed } = await searchOnAllCores({ firstSeed: 1, nodeHours: NODE_HOURS });
  const [seed] = failed;
  if (seed === undefined) return;
  const failure = explain(seed);
  assert.fail(failure === undefined ? `seed ${seed}` : formatFailure(failure));
});
