import { equal } from "node:assert/strict";
import { ageOf, humanDuration } from "./duration.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const rows: readonly (readonly [ms: number, want: string])[] = [
  [-5 * SECOND, "<invalid>"],
  [-SECOND / 2, "0s"],
  [0, "0s"],
  [119 * SECOND, "119s"],
  [2 * MINUTE, "2m"],
  [2 * MINUTE + 5 * SECOND, "2m5s"],
  [10 * MINUTE + 5 * SECOND, "10m"],
  [179 * MINUTE, "179m"],
  [3 * HOUR, "3h"],
  [3 * HOUR + 7 * MINUTE, "3h7m"],
  [8 * HOUR + 7 * MINUTE, "8h"],
  [47 * HOUR, "47h"],
  [2 * DAY, "2d"],
  [2 * DAY + 3 * HOUR, "2d3h"],
  [8 * DAY + 3 * HOUR, "8d"],
  [729 * DAY, "729d"],
  [730 * DAY, "2y"],
  [3 * 365 * DAY + DAY, "3y1d"],
  [9 * 365 * DAY, "9y"],
];

Deno.test("humanDuration() shows ages as kubectl does", async (t) => {
  for (const [ms, want] of rows) {
    await t.step(`${ms} ms: ${want}`, () => equal(humanDuration(ms), want));
  }
  equal(ageOf("", 0), "<unknown>");
});
