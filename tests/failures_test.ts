import assert from "node:assert/strict";
import { type Failure, formatFailures, parseFailures } from "./failures.ts";

interface Row {
  readonly name: string;
  readonly output: string;
  readonly errors?: string;
  readonly code: number;
  readonly want: readonly Failure[];
}

const rows: readonly Row[] = [
  {
    name: "nothing failed, whatever tests print",
    output: ` FAILURES \n\na => ./a_test.ts:1:6\n\nok | 2 passed | 0 failed (5ms)\n`,
    code: 0,
    want: [],
  },
  {
    name: "tests and a step, in colour",
    output: `running 3 tests from ./tests/a_test.ts
a => b ... FAILED (9ms)
steps ...
  one ... ok (1ms)
  two ... FAILED (1ms)
steps ... FAILED (due to 1 failed step) (3ms)

\x1b[0m\x1b[1m\x1b[37m\x1b[41m ERRORS \x1b[0m

a => b \x1b[0m\x1b[38;5;245m=> ./tests/a_test.ts:3:6\x1b[0m
\x1b[0m\x1b[1m\x1b[31merror\x1b[0m: Error: first

    at file:///tests/a_test.ts:3:46

steps ... two => ./tests/a_test.ts:7:48
error: Error: second

\x1b[0m\x1b[1m\x1b[37m\x1b[41m FAILURES \x1b[0m

a => b \x1b[0m\x1b[38;5;245m=> ./tests/a_test.ts:3:6\x1b[0m
steps ... two => ./tests/a_test.ts:7:48

\x1b[0m\x1b[31mFAILED\x1b[0m | 1 passed (1 step) | 2 failed (1 step) (72ms)
`,
    code: 1,
    want: [
      {
        place: "tests/a_test.ts:3:6",
        name: "a => b",
        error: ["error: Error: first", "", "    at file:///tests/a_test.ts:3:46"],
      },
      { place: "tests/a_test.ts:7:48", name: "steps ... two", error: ["error: Error: second"] },
    ],
  },
  {
    name: "what a test prints or throws is not taken for the list",
    output: `running 1 test from ./a_test.ts
a ...
------- output -------
 ERRORS 

a => ./a_test.ts:1:6
error: printed

 FAILURES 

----- output end -----
a ... FAILED (1ms)

 ERRORS 

a => ./a_test.ts:1:6
error: Error: thrown

 FAILURES 

b => ./b_test.ts:1:6

 FAILURES 

a => ./a_test.ts:1:6

FAILED | 0 passed | 1 failed (5ms)
`,
    code: 1,
    want: [{
      place: "a_test.ts:1:6",
      name: "a",
      error: ["error: Error: thrown", "", " FAILURES ", "", "b => ./b_test.ts:1:6"],
    }],
  },
  {
    name: "an error that no test waited for, with the test that was running; one at load",
    output: `running 1 test from ./a_test.ts
later ...
Uncaught error from ./a_test.ts FAILED
later ... cancelled (0ms)
Uncaught error from ./b_test.ts FAILED

 ERRORS 

./a_test.ts (uncaught error)
error: (in promise) Error: nobody waited

./b_test.ts (uncaught error)
error: (in promise) Error: at load

 FAILURES 

./a_test.ts (uncaught error)
./b_test.ts (uncaught error)

FAILED | 0 passed | 2 failed (3ms)
`,
    code: 1,
    want: [
      {
        place: "a_test.ts",
        name: "uncaught error in: later",
        error: ["error: (in promise) Error: nobody waited"],
      },
      {
        place: "b_test.ts",
        name: "uncaught error",
        error: ["error: (in promise) Error: at load"],
      },
    ],
  },
  {
    name: "killed in a step",
    output: `running 2 tests from ./a_test.ts
earlier ... ok (1ms)
slow ...
  one ... ok (1ms)
  two ...
------- output -------
waiting ...
`,
    errors: "Check a_test.ts\nKilled\n",
    code: 137,
    want: [{
      place: "a_test.ts",
      name: "ended with SIGKILL in: slow ... two",
      error: [
        "running 2 tests from ./a_test.ts",
        "earlier ... ok (1ms)",
        "slow ...",
        "  one ... ok (1ms)",
        "  two ...",
        "------- output -------",
        "waiting ...",
        "Killed",
      ],
    }],
  },
  {
    name: "killed after a summary",
    output: "running 1 test from ./a_test.ts\na ... ok (1ms)\n\nok | 1 passed | 0 failed (5ms)\n",
    code: 139,
    want: [{
      place: "a_test.ts",
      name: "ended with SIGSEGV between tests",
      error: [
        "running 1 test from ./a_test.ts",
        "a ... ok (1ms)",
        "",
        "ok | 1 passed | 0 failed (5ms)",
      ],
    }],
  },
  {
    name: "no type-check",
    output: "",
    errors: "Check a_test.ts\nTS2322 \x1b[0m[ERROR]: Type 'string'\n\n",
    code: 1,
    want: [{
      name: "ended with exit code 1 before any test",
      error: ["TS2322 [ERROR]: Type 'string'"],
    }],
  },
];

Deno.test("parseFailures() reads Deno's list, or says where a run ended", async (t) => {
  for (const { name, output, errors = "", code, want } of rows) {
    const ended = { output: output.split("\n"), errors: errors.split("\n"), code };
    await t.step(name, () => assert.deepEqual(parseFailures(ended), want));
  }
});

Deno.test("parseFailures() names what failed long before a run was killed", () => {
  const many = Array.from({ length: 40 }, (_, i) => `test ${i} ... ok (1ms)`);
  const output = ["running 42 tests from ./a_test.ts", "a ... FAILED (1ms)", ...many, "z ..."];
  const [{ name, error } = { name: "", error: [] }] = parseFailures({
    output,
    errors: [],
    code: 143,
  });
  assert.equal(name, "ended with SIGTERM in: z");
  assert.deepEqual(error.slice(0, 2), ["a ... FAILED (1ms)", "test 11 ... ok (1ms)"]);
});

Deno.test("formatFailures() says tier, place and name, and the error below", () => {
  const error = [
    "error: Error: no",
    "    at a (ext:cli/40_test.js:300:11)",
    "    at file:///a:1:2",
  ];
  assert.deepEqual(
    formatFailures([
      { tier: "unit", place: "a_test.ts:1:6", name: "a ... b", error },
      { tier: "sim", name: "ended with SIGKILL before any test", error: [] },
    ]),
    [
      "unit: a_test.ts:1:6: a ... b",
      "    error: Error: no",
      "        at file:///a:1:2",
      "",
      "sim: ended with SIGKILL before any test",
      "",
    ],
  );
});

Deno.test("formatFailures() keeps beginning and end of long errors, shorter where many failed", () => {
  const error = Array.from({ length: 100 }, (_, i) => `line ${i}`);
  const failure = { tier: "unit", place: "a_test.ts:1:6", name: "a", error };
  const one = formatFailures([failure]);
  assert.equal(one.length, 42);
  assert.deepEqual(one.slice(26, 29), [
    "    line 25",
    "    … 61 lines more …",
    "    line 87",
  ]);
  const many = formatFailures(Array.from({ length: 20 }, () => failure));
  assert.equal(many.length, 20 * 8);
  assert.equal(formatFailures([{ ...failure, error: ["x".repeat(999)] }])[1]?.length, 304);
});
