import assert from "node:assert/strict";
import { formatReport, type Sample, spreadOf } from "./sample.ts";

Deno.test("spreadOf() gives values that were measured", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual(spreadOf(hundred), { min: 1, p50: 50, p95: 95, p99: 99, max: 100 });
  assert.deepEqual(spreadOf([7]), { min: 7, p50: 7, p95: 7, p99: 7, max: 7 });
  assert.throws(() => spreadOf([]), RangeError);
});

Deno.test("formatReport() has a line for each row, and the ratio to the first of a scenario", () => {
  const sample = (gapMs: number, rest: Partial<Sample> = {}): Sample => ({
    gapMs,
    unanswered: 1,
    moves: 0,
    twoOwnersMs: 0,
    ...rest,
  });
  const text = formatReport({
    date: "2026-01-01T00:00:00Z",
    kernel: "6.18",
    cores: 2,
    rows: [
      { contestant: "a", scenario: "crash", samples: [sample(100), sample(200, { moves: 1 })] },
      { contestant: "b", scenario: "crash", samples: [sample(500, { pageGapMs: 600 })] },
    ],
    skipped: ["c: not installed"],
  });
  const squeezed = text.split("\n").slice(2).map((line) => line.split(/ +/).join(" "));
  assert.deepEqual(squeezed, [
    "a crash 2 100 100 200 200 200 1 1 0",
    "b crash 1 500 500 500 500 500 5.0 1 0 0",
    "b crash: curl 1 600 600 600 600 600 1 0 0",
    "c: not installed",
  ]);
});
