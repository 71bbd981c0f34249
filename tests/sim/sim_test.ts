import assert from "node:assert/strict";
import { DEFAULT_TIMINGS } from "../../speaker/ownership/timings.ts";
import { BOUNDS, type Circumstances } from "./bounds.ts";
import { generate } from "./generate.ts";
import { searchOnAllCores } from "./parallel.ts";
import { API_AWAY } from "./regressions/api_away.ts";
import { FAR_RANKS } from "./regressions/far_ranks.ts";
import { STALE_VIEW } from "./regressions/stale_view.ts";
import { explain, formatFailure, search } from "./search.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";

/** A few seconds of one core; the sim tier runs 10,000, and `deno task sim` any number. */
const NODE_HOURS = 10;
const NODES = 5;

Deno.test(`no rule is broken in ${NODE_HOURS} simulated node-hours of faults`, () => {
  const { failed } = search({ firstSeed: 1, nodeHours: NODE_HOURS, nodes: NODES });
  const [seed] = failed;
  if (seed === undefined) return;
  const failure = explain(seed, undefined, NODES);
  assert.fail(failure === undefined ? `seed ${seed}` : formatFailure(failure));
});

Deno.test("what the simulator found once holds", async (t) => {
  for (const { name, scenario } of [STALE_VIEW, API_AWAY, FAR_RANKS]) {
    await t.step(name, () => assert.deepEqual(simulate(scenario).violations, []));
  }
});

Deno.test("how many workers run them changes nothing", async () => {
  const options = { firstSeed: 30, nodeHours: 2, nodes: 3 };
  const want = search(options);
  for (const workers of [1, 3]) {
    const { report, failed } = await searchOnAllCores({ ...options, workers });
    assert.deepEqual([report.events, report.moves, [...report.gaps], failed], [
      want.report.events,
      want.report.moves,
      [...want.report.gaps],
      want.failed,
    ]);
  }
});

Deno.test("the same seed gives the same run, line by line", () => {
  for (const seed of [2, 7, 13]) {
    const [first, again] = [traceOf(seed), traceOf(seed)];
    assert.ok(first.length > 100);
    assert.equal(first.join("\n"), again.join("\n"));
  }
});

Deno.test("shrink() keeps what the failure needs, and nothing else", () => {
  const scenario = generate({ seed: 3, nodes: 5 });
  const [kept] = scenario.schedule;
  assert.ok(kept);
  const small = shrink(scenario, ({ schedule }) => schedule.includes(kept));
  assert.deepEqual([small.schedule, small.addresses.length], [[kept], 0]);
});

interface Row {
  readonly bound: keyof typeof BOUNDS;
  readonly rank: number;
  readonly wantMs: number;
}

const rows: readonly Row[] = [
  { bound: "crash", rank: 0, wantMs: 270 },
  { bound: "crash", rank: 1, wantMs: 670 },
  { bound: "handOver", rank: 0, wantMs: 20 },
  { bound: "claim", rank: 0, wantMs: 180 },
  { bound: "claim", rank: 2, wantMs: 630 },
  { bound: "heal", rank: 0, wantMs: 61_030 },
];

Deno.test("the bounds are those of the protocol page", async (t) => {
  for (const { bound, rank, wantMs } of rows) {
    await t.step(`${bound}, rank ${rank}`, () => {
      const circumstances: Circumstances = {
        timings: DEFAULT_TIMINGS,
        rank,
        isWatched: true,
        eligible: 3,
        held: 1,
      };
      assert.equal(BOUNDS[bound].ms(circumstances), wantMs);
    });
  }
});

function traceOf(seed: number): readonly string[] {
  const lines: string[] = [];
  simulate(generate({ seed, nodes: 4 }), { trace: (line) => lines.push(line) });
  return lines;
}
