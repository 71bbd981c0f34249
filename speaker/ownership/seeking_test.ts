import assert from "node:assert/strict";
import { Seeking } from "./seeking.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

const VIP = "192.168.0.200";
const FROM_N2 = { holder: "1 n2", place: 0 };

Deno.test("a preferred node says so soon, then less and less often", () => {
  const seeking = new Seeking(DEFAULT_TIMINGS);
  seeking.set(VIP, FROM_N2, 0);
  assert.deepEqual(instantsUntil(300_000, seeking), [
    1_000,
    11_000,
    31_000,
    71_000,
    131_000,
    191_000,
    251_000,
  ]);
});

Deno.test("a later rank begins later", () => {
  const seeking = new Seeking(DEFAULT_TIMINGS);
  seeking.set(VIP, { ...FROM_N2, place: 2 }, 0);
  assert.equal(seeking.nextWake(), 41_000);
});

Deno.test("the same holder again changes nothing, another one begins anew, none ends it", () => {
  const seeking = new Seeking(DEFAULT_TIMINGS);
  seeking.set(VIP, FROM_N2, 0);
  seeking.set(VIP, FROM_N2, 500);
  assert.equal(seeking.nextWake(), 1_000);
  seeking.set(VIP, { ...FROM_N2, holder: "1 n3" }, 700);
  assert.equal(seeking.nextWake(), 1_700);
  assert.deepEqual(seeking.take(1_700), [{ key: VIP, holder: "1 n3" }]);
  seeking.set(VIP, undefined, 1_800);
  assert.equal(seeking.nextWake(), undefined);
});

Deno.test("thousands of addresses are sought at the pace of all frames", () => {
  const seeking = new Seeking(DEFAULT_TIMINGS);
  for (let n = 0; n < 500; n++) seeking.set(`10.0.${n >> 8}.${n & 0xff}`, FROM_N2, 0);
  const counts = [1_000, 1_000, 1_010, 1_020, 1_030].map((now) => seeking.take(now).length);
  assert.deepEqual(counts, [200, 0, 200, 100, 0]);
});

function instantsUntil(end: number, seeking: Seeking): readonly number[] {
  const instants: number[] = [];
  for (let at = seeking.nextWake(); at !== undefined && at <= end; at = seeking.nextWake()) {
    if (seeking.take(at).length > 0) instants.push(at);
  }
  return instants;
}
