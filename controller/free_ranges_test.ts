import assert from "node:assert/strict";
import fc from "fast-check";
import { FreeRanges } from "./free_ranges.ts";

Deno.test("FreeRanges gives the lowest address that was not taken", () => {
  const taken = fc.array(fc.bigInt({ min: 0n, max: 40n }), { maxLength: 60 });
  fc.assert(fc.property(taken, (values) => {
    const free = new FreeRanges({ family: "IPv4", first: 5n, last: 30n });
    const model = new Set(Array.from({ length: 26 }, (_, i) => BigInt(5 + i)));
    for (const value of values) assert.equal(free.take(value), model.delete(value));
    const lowest = [...model].reduce<bigint | undefined>(
      (low, value) => (low === undefined || value < low ? value : low),
      undefined,
    );
    assert.equal(free.lowest(), lowest);
  }));
});

Deno.test("FreeRanges of a /64 costs no more than what is taken from it", () => {
  const free = new FreeRanges({ family: "IPv6", first: 0n, last: (1n << 64n) - 1n });
  for (let i = 0n; i < 1000n; i++) assert.ok(free.take(i * 2n));
  assert.equal(free.lowest(), 1n);
  assert.equal(free.take(0n), false);
});
