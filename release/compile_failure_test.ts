import assert from "node:assert/strict";
import { compileFailure } from "./compile_failure.ts";

interface Row {
  readonly name: string;
  readonly stderr: string;
  readonly want: string;
}

const ROWS: readonly Row[] = [
  {
    name: "no network",
    stderr: "error: Writing deno compile executable to temporary file '/tmp/x'\n\nCaused by:\n" +
      "    0: Setting up base binary.\n" +
      "    1: error sending request for url (https://dl.example/denort.zip): client error (Connect): " +
      "dns error: Name or service not known\n    2: client error (Connect)\n\n" +
      "Stack backtrace:\n   0: <unknown>\n",
    want: "Cannot compile for x86_64: cannot fetch deno's runtime, https://dl.example/denort.zip " +
      "(dns error: Name or service not known); a file that is there already can be given by " +
      "--target and --denort",
  },
  {
    name: "no such runtime",
    stderr: "error: Writing to '/tmp/x'\n\nCaused by:\n    0: Could not find denort at '/y'\n" +
      "    1: No such file or directory (os error 2)\n\nStack backtrace:\n   0: <unknown>\n",
    want: "Cannot compile for x86_64: Writing to '/tmp/x': Could not find denort at '/y': " +
      "No such file or directory (os error 2)",
  },
  {
    name: "one line",
    stderr: 'error: Module not found "file:///x.ts".\n',
    want: 'Cannot compile for x86_64: Module not found "file:///x.ts".',
  },
];

for (const { name, stderr, want } of ROWS) {
  Deno.test(`compileFailure() in one line: ${name}`, () => {
    assert.equal(compileFailure(stderr, "x86_64"), want);
  });
}
