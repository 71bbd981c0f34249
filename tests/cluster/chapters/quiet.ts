import assert from "node:assert/strict";
import { auditLogs, type Expected } from "../log_audit.ts";
import { NAMESPACE } from "../operator.ts";
import type { Chapter, Story } from "./story.ts";

/** What leader and speakers warned of: nothing but what was done to them. */
export const QUIET: readonly Chapter[] = [
  { name: "the logs have no refusal, and no warning without a cause", tell: readLogs },
  { name: "the pods' Events have no warning without a cause", tell: readEvents },
];

const EXPECTED: readonly Expected[] = [
  {
    event: "watchFailed",
    pattern: /429 TooManyRequests: storage is \(re\)initializing/,
    why: "the API server has just learned of the CRDs",
  },
  {
    pattern: /"error":"Cannot [A-Z]+ [^:]+: (Unreachable|Timeout): /,
    why: "the node's cable was pulled, or the node that it had a connection to is gone",
  },
];

async function readLogs({ logs }: Story): Promise<void> {
  const lines = await logs.close();
  assert.ok(lines.length > 0, "no line was read");
  assert.deepEqual(auditLogs(lines, EXPECTED), []);
}

async function readEvents({ operator }: Story): Promise<void> {
  const shown = "jsonpath={range .items[*]}{.reason} {.message}{'\\n'}{end}";
  const warnings = ["get", "events", "--field-selector=type=Warning", "-o", shown];
  const text = await operator.kubectl("-n", NAMESPACE, ...warnings);
  // The first probe comes before the program listens, the next before it has seen the API.
  const starting = /^Unhealthy (Startup|Readiness) probe failed: /;
  assert.deepEqual(text.split("\n").filter((line) => line !== "" && !starting.test(line)), []);
}
