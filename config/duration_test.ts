import assert from "node:assert/strict";
import { parseDuration } from "./duration.ts";

Deno.test("parseDuration() reads what Go writes", async (t) => {
  const rows: readonly (readonly [text: string, want: number | undefined])[] = [
    ["0", 0],
    ["90s", 90_000],
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["300ms", 300],
    ["1500us", 1.5],
    ["2µs", 0.002],
    ["+3s", 3_000],
    ["-3s", -3_000],
    ["90", undefined],
    ["", undefined],
    ["s", undefined],
    ["1 s", undefined],
    ["1d", undefined],
    ["1.2.3s", undefined],
    ["1m-30s", undefined],
  ];
  for (const [text, want] of rows) {
    await t.step(JSON.stringify(text), () => assert.equal(parseDuration(text), want));
  }
});
