import assert from "node:assert/strict";
import { auditLogs, type Expected } from "./log_audit.ts";

const EXPECTED: readonly Expected[] = [
  { event: "watchFailed", pattern: /timed out/, why: "the cable was pulled" },
];

const forbidden =
  `Cannot GET "/api/v1/services": 403 Forbidden: services is forbidden: User "lanlord" cannot list`;

const rows: readonly (readonly [name: string, text: string, isFound: boolean])[] = [
  ["news", `{"level":"info","event":"claimed"}`, false],
  [
    "a warning that is expected",
    `{"level":"warn","event":"watchFailed","error":"timed out"}`,
    false,
  ],
  ["the same event of another cause", `{"level":"warn","event":"watchFailed","error":"404"}`, true],
  ["another event", `{"level":"error","event":"leaseFailed","error":"timed out"}`, true],
  ["a refusal", `{"level":"info","event":"x","error":${JSON.stringify(forbidden)}}`, true],
  ["a stack trace", "    at run (file:///main.ts:1:1)", true],
  ["JSON that is no object", "null", true],
];

Deno.test("auditLogs() finds what ought not to be in a log", async (t) => {
  for (const [name, text, isFound] of rows) {
    await t.step(name, () => {
      const line = { pod: "pod/lanlord-speaker-x7k2p", text };
      assert.deepEqual(auditLogs([line], EXPECTED), isFound ? [line] : []);
    });
  }
});
