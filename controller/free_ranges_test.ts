import assert from "node:assert/strict";
import fc from "fast-check";
import { FreeRanges } from "./free_ranges.ts";

Deno.test("FreeRanges gives the lowest address that is free, whatever was taken and given back", () => {
  const step = fc.record({
    kind: fc.constantFrom("take" as const, "take" as const, "give" as const),
    value: fc.bigInt({ min: 5n, max: 30n }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const free = new FreeRanges({ family: "IPv4", first: 5n, last: 30n });
    const model = new Set(Array.from({ length: 26 }, (_, i) => BigInt(5 + i)));
    for (const { kind, value } of steps) {
      if (kind === "take") assert.equal(free.take(value), model.delete(value));
      else {
        assert.equal(free.give(value), !model.has(value));
        model.add(value);
      }
      const lowest = [...model].reduce<bigint | undefined>(
        (low, each) => (low === undefined || each < low ? each : low),
        undefined,
      );
      assert.equal(free.lowest(), lowest);
    }
  }));
});

Deno.test("FreeRanges takes nothing outside its range", () => {
  const free = new FreeRanges({ family: "IPv4", first: 5n, last: 6n });
  for (const value of [4n, 7n]) assert.equal(free.take(value), false);
});

Deno.test("FreeRanges of a /64 costs no more than what is taken from it", () => {
  const free = new FreeRanges({ family: "IPv6", first: 0n, last: (1n << 64n) - 1n });
  for (let i = 0n; i < 1000n; i++) assert.ok(free.take(i * 2n));
  assert.equal(free.lowest(), 1n);
  assert.equal(free.take(0n), false);
  assert.ok(free.give(0n));
  assert.equal(free.lowest(), 0n);
});
