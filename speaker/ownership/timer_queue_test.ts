import assert from "node:assert/strict";
import fc from "fast-check";
import { TimerQueue } from "./timer_queue.ts";

Deno.test("TimerQueue gives keys back in the order of their latest instants", () => {
  const change = fc.tuple(fc.nat(8), fc.option(fc.nat(100), { nil: undefined }));
  fc.assert(fc.property(fc.array(change), (changes) => {
    const queue = new TimerQueue<number>();
    const model = new Map<number, number>();
    for (const [key, at] of changes) {
      queue.set(key, at);
      if (at === undefined) model.delete(key);
      else model.set(key, at);
      assert.equal(queue.peek(), model.size === 0 ? undefined : Math.min(...model.values()));
    }
    const times: number[] = [];
    for (let key = queue.pop(100); key !== undefined; key = queue.pop(100)) {
      times.push(model.get(key) ?? NaN);
      model.delete(key);
    }
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    assert.equal(model.size, 0);
  }));
});

Deno.test("TimerQueue keeps what is not due", () => {
  const queue = new TimerQueue<string>();
  queue.set("a", 10);
  assert.equal(queue.pop(9), undefined);
  assert.equal(queue.pop(10), "a");
  assert.equal(queue.peek(), undefined);
});
