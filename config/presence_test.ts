import assert from "node:assert/strict";
import { parseIp } from "../ip/address.ts";
import { parseMac } from "../ip/mac.ts";
import { type ConflictReport, formatConflicts, parseConflicts, REPORTS_MAX } from "./presence.ts";

const REPORT = '{"address":"10.0.0.1","mac":"02:00:00:00:00:aa","interface":"eth0","since":"T1"}';

const rows: readonly { readonly name: string; readonly text: string; readonly want: number }[] = [
  { name: "one conflict", text: `{"conflicts":[${REPORT}]}`, want: 1 },
  { name: "none", text: '{"conflicts":[]}', want: 0 },
  { name: "no JSON", text: "conflicts", want: 0 },
  { name: "another shape", text: `[${REPORT}]`, want: 0 },
  {
    name: "an address that is none",
    text: `{"conflicts":[${REPORT.replace(".0.1", ".0.256")}]}`,
    want: 0,
  },
  {
    name: "a MAC that is none",
    text: `{"conflicts":[${REPORT.replace(":aa", "")},${REPORT}]}`,
    want: 1,
  },
];

Deno.test("parseConflicts() reads what it can, and never throws", async (t) => {
  for (const { name, text, want } of rows) {
    await t.step(name, () => assert.equal(parseConflicts(text).length, want));
  }
});

Deno.test("formatConflicts() gives the same text for the same conflicts, and is read back", () => {
  const reports = [reportOf(2), { ...reportOf(1), over: "T9" }];
  const text = formatConflicts(reports);
  assert.equal(formatConflicts(reports.toReversed()), text);
  assert.deepEqual(parseConflicts(text), reports.toReversed());
  assert.equal(JSON.parse(text).more, undefined);
});

Deno.test("formatConflicts() keeps the newest, and tells how many there are besides", () => {
  const reports = Array.from({ length: REPORTS_MAX + 3 }, (_, i) => reportOf(i));
  const text = formatConflicts(reports);
  const since = parseConflicts(text).map((report) => report.since).toSorted();
  assert.equal(since.length, REPORTS_MAX);
  assert.equal(since[0], reportOf(3).since);
  assert.equal(JSON.parse(text).more, 3);
});

function reportOf(n: number): ConflictReport {
  const [address, mac] = [parseIp(`10.0.1.${n}`), parseMac("02:00:00:00:00:aa")];
  assert.ok(address !== undefined && mac !== undefined);
  const since = `T${String(n).padStart(3, "0")}`;
  return { address, mac, interface: "eth0", since, over: undefined };
}
