import assert from "node:assert/strict";
import { nearestWord } from "./suggest.ts";

const KEYS = ["name", "protocol", "addresses", "auto-assign", "avoid-buggy-ips"];

Deno.test("nearestWord() finds what was meant, or nothing", async (t) => {
  const rows: readonly (readonly [word: string, want: string | undefined])[] = [
    ["adresses", "addresses"],
    ["address", "addresses"],
    ["adrseses", "addresses"],
    ["autoAssign", "auto-assign"],
    ["AUTO_ASSIGN", "auto-assign"],
    ["avoid-buggy-ip", "avoid-buggy-ips"],
    ["nmae", "name"],
    ["names", "name"],
    ["protocols", "protocol"],
    ["foo", undefined],
    ["bgp-advertisements", undefined],
    ["", undefined],
    ["x".repeat(100_000), undefined],
  ];
  for (const [word, want] of rows) {
    await t.step(JSON.stringify(word.slice(0, 20)), () => {
      assert.equal(nearestWord(word, KEYS), want);
    });
  }
});
