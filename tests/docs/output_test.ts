import assert from "node:assert/strict";
import { mismatch } from "./output.ts";

interface Row {
  readonly name: string;
  readonly shown: string;
  readonly found: string;
  /** What the answer begins with; absent: there is no difference. */
  readonly differs?: string;
}

const rows: readonly Row[] = [
  { name: "the same", shown: "a\nb", found: "a\nb\n" },
  { name: "blanks within and at the ends", shown: "a b", found: "\n  a    b  \n\n" },
  { name: "a part of a line", shown: "ready in … s", found: "ready in 1.5 s" },
  { name: "signs are no patterns", shown: "a.(b)", found: "a.(b)" },
  {
    name: "signs are no patterns either",
    shown: "a.b",
    found: "axb",
    differs: 'Wanted a line "a.b"',
  },
  { name: "lines left out at the end", shown: "a\n…", found: "a\nb\nc" },
  { name: "no line left out", shown: "a\n…\nb", found: "a\nb" },
  { name: "lines left out between", shown: "a\n…\nc\nd", found: "a\nc\nb\nc\nd" },
  { name: "nothing at all", shown: "", found: "\n" },
  { name: "a missing line", shown: "a\nb\nc", found: "a\nc", differs: 'Wanted a line "b"' },
  {
    name: "a line too much",
    shown: "a",
    found: "a\nb",
    differs: "Wanted no more lines, found:\na",
  },
  { name: "a line in front", shown: "b", found: "a\nb", differs: 'Wanted a line "b"' },
  { name: "too little", shown: "a\nb", found: "a", differs: 'Wanted a line "b", found:\na' },
];

Deno.test("mismatch() tells what differs from what is shown", async (t) => {
  for (const { name, shown, found, differs } of rows) {
    await t.step(name, () => {
      const said = mismatch(shown, found);
      assert.equal(said?.slice(0, differs?.length ?? 0), differs);
    });
  }
});
