import assert from "node:assert/strict";
import fc from "fast-check";
import { binsOf, failoverSvg } from "./histogram.ts";

Deno.test("binsOf() puts each value into one bin that holds it", () => {
  const values = fc.array(fc.double({ min: 1, max: 60_000, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(values, (gaps) => {
    const bins = binsOf(gaps);
    assert.equal(bins.reduce((sum, { count }) => sum + count, 0), gaps.length);
    const holds = (gap: number): boolean =>
      bins.some(({ fromMs, toMs }) => gap >= fromMs * 0.999 && gap <= toMs * 1.001);
    assert.ok(gaps.every(holds));
  }));
});

Deno.test("failoverSvg() tells the figures to those who cannot see it, and escapes names", () => {
  const sample = { gapMs: 150, unanswered: 30, moves: 0, twoOwnersMs: 0 };
  const rows = [{ contestant: "A & B", scenario: "crash", samples: [sample] }];
  const report = { date: "", kernel: "", cores: 2, skipped: [], rows };
  const svg = failoverSvg(report, "crash");
  assert.match(svg, /aria-label="[^"]*A &amp; B 1 crashes: half within 150 ms/);
  assert.throws(() => failoverSvg(report, "stop"), RangeError);
});
