import assert from "node:assert/strict";
import { quarantineNews, quarantineOf } from "./quarantine.ts";
import { reportsOf } from "./testing.ts";

Deno.test("quarantineOf() makes one of what all nodes report, in any order", () => {
  const reports = [
    reportsOf("n2", { ip: "10.0.0.1", since: "T2" }, { ip: "10.0.0.2", since: "T5" }),
    reportsOf("n1", { ip: "10.0.0.1", since: "T1", over: "T9" }),
    reportsOf("n3", { ip: "10.0.0.1", since: "T2" }, { ip: "10.0.0.3", since: "T0", over: "T1" }),
  ];
  const quarantine = quarantineOf(reports);
  assert.deepEqual(
    Array.from(quarantine, ([key, { node, isActive }]) => `${key} ${node} ${isActive}`),
    ["10.0.0.1 n2 true", "10.0.0.2 n2 true", "10.0.0.3 n3 false"],
  );
  assert.deepEqual([...quarantineOf(reports.toReversed())], [...quarantine]);
});

Deno.test("quarantineNews() tells of what came and what went, once", () => {
  const before = quarantineOf([reportsOf("n1", { ip: "10.0.0.1" }, { ip: "10.0.0.2" })]);
  const now = quarantineOf([reportsOf("n1", { ip: "10.0.0.2" }, { ip: "10.0.0.3" })]);
  const said = quarantineNews(before, now).map(({ kind, sighting }) =>
    `${kind} ${sighting.address.value & 0xffn}`
  );
  assert.deepEqual(said, ["quarantined 3", "free 1"]);
  assert.deepEqual(quarantineNews(now, now), []);
});
