import assert from "node:assert/strict";
import { Told } from "./told.ts";

Deno.test("Told tells a Service once for a claim, and once for both of its addresses", () => {
  const told = new Told();
  const rows: readonly (readonly [string, string, number, boolean])[] = [
    ["192.168.0.200", "a", 0, true],
    ["192.168.0.200", "a", 10, false],
    ["fd00::200", "a", 150, false],
    ["192.168.0.200", "b", 150, true],
    ["192.168.0.200", "a", 5_000, false],
    ["fd00::201", "a", 5_000, true],
  ];
  for (const [key, uid, now, want] of rows) {
    assert.equal(told.note(key, uid, now), want, `${key} ${uid} ${now}`);
  }
});

Deno.test("Told tells of a claim that follows a release", () => {
  const told = new Told();
  told.note("192.168.0.200", "a", 0);
  told.forget("192.168.0.200");
  assert.equal(told.note("192.168.0.200", "a", 60_000), true);
});

Deno.test("Told tells of an address that came back at once: another node was told of meanwhile", () => {
  const told = new Told();
  told.note("192.168.0.200", "a", 0);
  told.forget("192.168.0.200");
  assert.equal(told.note("192.168.0.200", "a", 300), true);
});

Deno.test("Told does not grow with the Services that it told long ago", () => {
  const told = new Told();
  for (let n = 0; n < 5_000; n++) {
    told.note("192.168.0.200", `${n}`, n * 1_000);
    told.forget("192.168.0.200");
  }
  assert.equal(told.note("192.168.0.200", "0", 5_000_000), true);
});
