import assert from "node:assert/strict";
import { measure } from "./outage.ts";

Deno.test("measure() finds the longest time between two answers", () => {
  const lines = [
    "1700000000000000000 200",
    "1700000000010000000 200",
    "1700000000120000000 000",
    "1700000000230000000 000",
    "1700000000310000000 200",
    "1700000000320000000 200",
  ];
  assert.deepEqual(measure(lines.join("\n") + "\n17000000003"), {
    answers: 4,
    failures: 2,
    gapMs: 300,
  });
});
