import assert from "node:assert/strict";
import { judge, type Sight } from "./observe.ts";
import { create, gets, none, remove, type Scenario, step } from "./scenario.ts";

const given = 'Normal IPAllocated: Assigned IP "192.0.2.0"';
const sights: readonly Sight[] = [
  { "default/a": { has: "192.0.2.0 from p", told: [given] } },
  {
    "default/a": { has: "192.0.2.0 from p", told: [given] },
    "default/b": { has: "none", told: ["Warning AllocationFailed: why"] },
  },
  { "default/b": { has: "192.0.2.0 from p", told: [given, "Warning AllocationFailed: why"] } },
];

const scenario: Scenario = {
  name: "two want one",
  rules: [],
  steps: [
    step([create("a")], { a: gets("192.0.2.0", "p") }),
    step([create("b")], { b: none("Warning AllocationFailed: …") }),
    step([remove("a")], { b: gets("192.0.2.0", "p") }),
  ],
};

Deno.test("judge() finds nothing where all is as wanted", () => {
  assert.deepEqual(sights.flatMap((_, i) => judge(scenario, sights.slice(0, i + 1))), []);
});

const faults: readonly { readonly name: string; readonly sight: Sight; readonly want: string }[] = [
  {
    name: "another address",
    sight: { "default/a": { has: "192.0.2.1 from p", told: [given] } },
    want: "address default/a",
  },
  {
    name: "another Event",
    sight: { "default/a": { has: "192.0.2.0 from p", told: ["Normal Other: text"] } },
    want: "event default/a",
  },
  { name: "a Service that is not there", sight: {}, want: "address default/a, event default/a" },
  {
    name: "a Service of which nothing is wanted",
    sight: { ...sights[0], "default/z": { has: "192.0.2.1 from p", told: [] } },
    want: "address default/z",
  },
  {
    name: "an Event more",
    sight: { "default/a": { has: "192.0.2.0 from p", told: [given, "Normal Other: text"] } },
    want: "event default/a",
  },
];

Deno.test("judge() finds what is not as wanted", async (t) => {
  for (const { name, sight, want } of faults) {
    await t.step(name, () => {
      const found = judge(scenario, [sight]).map(({ kind, service }) => `${kind} ${service}`);
      assert.equal(found.join(", "), want);
    });
  }
});
