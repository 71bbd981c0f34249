import assert from "node:assert/strict";
import type { Clock } from "../../ops/clock.ts";
import { ConflictTeller } from "./conflict_teller.ts";

Deno.test("ConflictTeller tells the first change at once, and the next not before its pace", () => {
  let now = 0;
  const told: (string | undefined)[] = [];
  const clock: Clock = { now: () => now, nowWall: () => 0, sleep: () => Promise.resolve() };
  using teller = new ConflictTeller({ clock, reports: () => [], tell: (text) => told.push(text) });
  teller.request();
  assert.deepEqual(told, [undefined]);
  now = 999;
  teller.request();
  assert.equal(told.length, 1);
  teller.tellNow();
  assert.equal(told.length, 2);
  now = 1_999;
  teller.request();
  assert.equal(told.length, 3);
});
