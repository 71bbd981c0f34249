import assert from "node:assert/strict";
import type { Sight } from "./observe.ts";
import { deltasOf, sightsOf } from "./record.ts";

const given = 'Normal IPAllocated: Assigned IP "192.0.2.0"';
const sights: readonly Sight[] = [
  { "default/a": { has: "192.0.2.0 from p", told: [given] } },
  {
    "default/a": { has: "192.0.2.0 from p", told: [given] },
    "default/b": { has: "none", told: ["Warning AllocationFailed: why"] },
  },
  { "default/b": { has: "192.0.2.0 from p", told: [given, "Warning AllocationFailed: why"] } },
];

Deno.test("a record keeps what each step changed, and gives back what was seen", () => {
  assert.deepEqual(deltasOf(sights), [
    { "default/a": { has: "192.0.2.0 from p", told: [given] } },
    { "default/b": { has: "none", told: ["Warning AllocationFailed: why"] } },
    { "default/b": { has: "192.0.2.0 from p", told: [given] }, "default/a": null },
  ]);
  assert.deepEqual(sightsOf(deltasOf(sights)), sights);
});
