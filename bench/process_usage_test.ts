import assert from "node:assert/strict";
import { parseUsage } from "./process_usage.ts";

const STATUS = `Name:\tdeno
VmHWM:\t   90000 kB
VmRSS:\t   60000 kB
RssAnon:\t   20000 kB
`;

// pid, name, state, 10 fields, utime 14, stime 15, and so on
const STAT = "42 (a) b (c) S 1 42 42 0 -1 0 0 0 0 0 150 25 0 0 20 0 9";

Deno.test("parseUsage() reads sizes in kB and times in ticks, whatever the process is called", () => {
  assert.deepEqual(parseUsage(STATUS, STAT), {
    rssBytes: 61_440_000,
    anonymousBytes: 20_480_000,
    peakBytes: 92_160_000,
    cpuMs: 1_750,
  });
});
