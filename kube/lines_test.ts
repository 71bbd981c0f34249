import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { splitLines } from "./lines.ts";

Deno.test("splitLines() gives the same lines however the text is cut", () => {
  const text = fc.stringMatching(/^[ab\n]*$/);
  fc.assert(fc.property(fc.array(text), (chunks) => {
    const lines: string[] = [];
    let rest = "";
    for (const chunk of chunks) {
      const split = splitLines(rest, chunk);
      lines.push(...split.lines);
      rest = split.rest;
    }
    const whole = splitLines("", chunks.join(""));
    deepEqual({ lines, rest }, whole);
  }));
});

Deno.test("splitLines() leaves empty lines out and keeps what has no end", () => {
  deepEqual(splitLines("a", "b\n\n \nc\nd"), { lines: ["ab", "c"], rest: "d" });
});
