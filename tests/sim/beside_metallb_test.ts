/** The rules with the timings that speakers have beside MetalLB's. */
import assert from "node:assert/strict";
import {
  type Timings,
  TIMINGS_BESIDE_METALLB as timings,
} from "../../speaker/ownership/timings.ts";
import { generate } from "./generate.ts";
import { PROTOCOL } from "./protocol.ts";
import { simulate } from "./simulate.ts";

/** What is late to be asked and answered comes on top of each other: nobody may answer for twice as long. */
const JUDGED_BY: Timings = {
  ...timings,
  probeIntervalMs: 2 * timings.probeIntervalMs,
  rankStepMs: 2 * timings.rankStepMs,
  answerWithinMs: 2 * timings.answerWithinMs,
  suspectIntervalMs: 2 * timings.suspectIntervalMs,
};

/** Of small clusters, where each fault makes somebody move. As many as take some seconds. */
const SCENARIOS = 15;

Deno.test(`with --beside-metallb no rule is broken in ${SCENARIOS} scenarios`, () => {
  let moves = 0;
  for (let seed = 1; seed <= SCENARIOS; seed++) {
    const scenario = generate({ seed, nodes: 2 + seed % 5 });
    const options = { protocol: { ...PROTOCOL, timings }, judgedBy: JUDGED_BY };
    const report = simulate(scenario, options);
    assert.deepEqual(
      report.violations.map(({ rule, what }) => `seed ${seed}: ${rule}: ${what}`),
      [],
    );
    moves += report.moves;
  }
  assert.ok(moves > 2 * SCENARIOS, `${moves} moves`);
});
