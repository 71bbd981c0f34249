import assert from "node:assert/strict";
import { formatTally, parseSkips, parseTally, type Tally } from "./summary.ts";

interface Row {
  readonly name: string;
  readonly output: readonly string[];
  readonly code: number;
  readonly want: Tally;
}

const rows: readonly Row[] = [
  {
    name: "all passed",
    output: ["a ... ok (1ms)", "", "ok | 2 passed | 0 failed (5ms)", ""],
    code: 0,
    want: { passed: 2, failed: 0, skipped: 0 },
  },
  {
    name: "steps and ignored tests",
    output: ["ok | 2 passed (7 steps) | 0 failed | 3 ignored (1 step) (5ms)"],
    code: 0,
    want: { passed: 2, failed: 0, skipped: 3 },
  },
  {
    name: "in colour, with a failed step",
    output: ["\x1b[0m\x1b[31mFAILED\x1b[0m | 1 passed | 2 failed (1 step) \x1b[0m(5ms)\x1b[0m"],
    code: 1,
    want: { passed: 1, failed: 2, skipped: 0 },
  },
  {
    name: "the last summary counts, not one that a test printed",
    output: ["ok | 9 passed | 0 failed (1ms)", "ok | 1 passed | 0 failed (5ms)"],
    code: 0,
    want: { passed: 1, failed: 0, skipped: 0 },
  },
  {
    name: "no type-check, no summary",
    output: ["TS2322 [ERROR]: Type 'number' is not assignable to type 'string'."],
    code: 1,
    want: { passed: 0, failed: 1, skipped: 0 },
  },
  {
    name: "killed after a good summary",
    output: ["ok | 4 passed | 0 failed (5ms)"],
    code: 137,
    want: { passed: 4, failed: 1, skipped: 0 },
  },
  {
    name: "nothing at all is no success",
    output: [],
    code: 0,
    want: { passed: 0, failed: 1, skipped: 0 },
  },
];

Deno.test("parseTally() counts what deno test says, and trusts its exit code more", async (t) => {
  for (const { name, output, code, want } of rows) {
    await t.step(name, () => assert.deepEqual(parseTally(output, code), want));
  }
});

Deno.test("parseSkips() gives each reason once", () => {
  const output = ["skip: nft: nft is not installed; install nftables", "x ... ok"];
  assert.deepEqual(parseSkips([...output, ...output]), [
    "nft: nft is not installed; install nftables",
  ]);
});

Deno.test("formatTally() names skipped tests only where there are some", () => {
  assert.equal(formatTally({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assert.equal(formatTally({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});
