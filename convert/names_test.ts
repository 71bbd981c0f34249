import assert from "node:assert/strict";
import fc from "fast-check";
import { Names, nearestName } from "./names.ts";

const ROWS: readonly (readonly [text: string, want: string])[] = [
  ["lan", "lan"],
  ["lan.office-1", "lan.office-1"],
  ["my_pool", "my-pool"],
  ["Office LAN ", "office-lan"],
  ["-lan-", "lan"],
  ["1st", "1st"],
  ["Größe", "gr-e"],
  ["", "pool"],
  ["___", "pool"],
  [`${"a".repeat(62)}_b`, "a".repeat(62)],
  ["a".repeat(253), "a".repeat(253)],
  ["a".repeat(254), "a".repeat(63)],
];

Deno.test("nearestName() gives a name that an object can have", async (t) => {
  for (const [text, want] of ROWS) {
    await t.step(JSON.stringify(text), () => assert.equal(nearestName(text, "pool"), want));
  }
});

Deno.test("Names.takeAll() lets keep their names who can, and gives no name twice", () => {
  const names = new Names();
  names.reserve("IPAddressPool", "dmz");
  const taken = names.takeAll("IPAddressPool", ["LAN", "lan", "la/n", "dmz", "lan-2", "Lan"]);
  assert.deepEqual([...taken].sort(), [
    ["LAN", "lan-3"],
    ["Lan", "lan-4"],
    ["dmz", "dmz-2"],
    ["la/n", "la-n"],
    ["lan", "lan"],
    ["lan-2", "lan-2"],
  ]);
});

Deno.test("Names.takeAll() gives valid names, as many as there are texts", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("a", "A", "a_", "_a", "a-2", "b".repeat(253), "B".repeat(300)),
  );
  fc.assert(fc.property(fc.uniqueArray(text, { maxLength: 8 }), (texts) => {
    const names = [...new Names().takeAll("IPAddressPool", texts).values()];
    assert.equal(new Set(names).size, texts.length);
    for (const name of names) {
      assert.match(name, /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
      assert.ok(name.length <= 253);
    }
  }));
});
