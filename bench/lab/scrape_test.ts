import assert from "node:assert/strict";
import { labelValues, sumOf } from "./scrape.ts";

const TEXT = `# HELP frames_total Frames
# TYPE frames_total counter
frames_total{kind="probe",node="n1"} 3
frames_total{kind="question",node="n1"} 40
frames_totals 7
claims_total 2
`;

Deno.test("sumOf() adds up one metric, and only that", () => {
  assert.equal(sumOf(TEXT, "frames_total"), 43);
  assert.equal(sumOf(TEXT, "frames_total", ['kind="probe"']), 3);
  assert.equal(sumOf(TEXT, "claims_total"), 2);
  assert.equal(sumOf(TEXT, "absent"), 0);
});

Deno.test("labelValues() names each value once", () => {
  assert.deepEqual(labelValues(TEXT, "frames_total", "kind"), ["probe", "question"]);
});
