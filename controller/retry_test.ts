import assert from "node:assert/strict";
import { Retries } from "./retry.ts";

Deno.test("a failed write waits twice as long each time, at most a minute and a quarter", () => {
  const retries = new Retries();
  let now = 0;
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    retries.failed("a", now, 0.5);
    const ms = retries.dueInMs(["a", "b"], now) ?? -1;
    waits.push(ms);
    assert.equal(retries.isDue("a", now + ms - 1), false);
    now += ms;
    assert.equal(retries.isDue("a", now), true);
  }
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

Deno.test("a failed write waits as long as the server asks, and success forgets it", () => {
  const retries = new Retries();
  retries.failed("a", 0, 0, 9_000);
  assert.equal(retries.dueInMs(["a"], 0), 9_000);
  retries.succeeded("a");
  assert.equal(retries.dueInMs(["a"], 0), undefined);
  retries.failed("b", 0, 0);
  retries.keepOnly(new Set());
  assert.equal(retries.isDue("b", 0), true);
});
