import assert from "node:assert/strict";
import { gapSummary } from "./gaps.ts";

Deno.test("gapSummary() has the median of odd and even counts", () => {
  assert.match(
    gapSummary([300, 100, 200]),
    /^3 power cuts: .*min 100 ms, median 200 ms, max 300 ms$/,
  );
  assert.match(gapSummary([100, 200]), /median 150 ms/);
});
