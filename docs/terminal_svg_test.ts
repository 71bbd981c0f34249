import assert from "node:assert/strict";
import { terminalSvg, withoutStyles } from "./terminal_svg.ts";

const OPTIONS = { title: "demo", columns: 40 };

interface Row {
  readonly name: string;
  readonly line: string;
  /** The runs: text, column and what else its element has. */
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  { name: "plain", line: "  a b", want: ["2 #e6edf3 a b"] },
  {
    name: "colours",
    line: "\x1b[2m$\x1b[0m \x1b[36mls\x1b[0m",
    want: ["0 #9198a1 $", "2 #79c0ff ls"],
  },
  { name: "bold and green", line: "\x1b[1;32mok\x1b[0m.", want: ["0 b #56d364 ok", "2 #e6edf3 ."] },
  { name: "unknown styles", line: "\x1b[4mx", want: ["0 #e6edf3 x"] },
  {
    name: "characters that XML keeps for itself",
    line: '<a & "b">',
    want: ["0 #e6edf3 &lt;a &amp; &quot;b&quot;>"],
  },
  { name: "nothing but styles", line: "\x1b[2m  \x1b[0m", want: [] },
];

Deno.test("terminalSvg() draws the runs of a line where they stand", async (t) => {
  const span =
    /<tspan x="([0-9.]+)" textLength="[0-9.]+"(?: class="(b)")? fill="(\S+)">([^]*?)<\/tspan>/g;
  for (const { name, line, want } of rows) {
    await t.step(name, () => {
      const found = [...terminalSvg([line], OPTIONS).matchAll(span)].map(([, x, bold, ...rest]) =>
        [Math.round((Number(x) - 20) / 8.43), ...bold ? [bold] : [], ...rest].join(" ")
      );
      assert.deepEqual(found, want);
    });
  }
});

Deno.test("terminalSvg() refuses a line that is too long, counted without its styles", () => {
  assert.throws(() => terminalSvg(["x".repeat(41)], OPTIONS), RangeError);
  terminalSvg([`\x1b[32m${"x".repeat(40)}\x1b[0m`], OPTIONS);
});

Deno.test("withoutStyles() leaves the text", () => {
  assert.equal(withoutStyles("\x1b[1m 1 A \x1b[0mb"), " 1 A b");
});
