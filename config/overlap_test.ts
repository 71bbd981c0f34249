import assert from "node:assert/strict";
import fc from "fast-check";
import { rangesOverlap } from "../ip/range.ts";
import { parseConfigMap } from "./configmap.ts";
import type { PoolDraft } from "./draft.ts";
import { findOverlaps } from "./overlap.ts";
import { CONFIG_MAP, layer2Pools } from "./testing.ts";

const anyRange = fc.tuple(fc.nat(60), fc.nat(6), fc.constantFrom("10.0.0.", "2001:db8::"))
  .map(([first, size, prefix]) => `${prefix}${first}-${prefix}${first + size}`);

function draftsOf(lists: readonly (readonly string[])[]): readonly PoolDraft[] {
  const pools = Object.fromEntries(lists.map((list, i) => [`p${i}`, list]));
  return parseConfigMap(layer2Pools(pools), CONFIG_MAP).pools;
}

Deno.test("findOverlaps() finds something exactly where two entries have an address in common", () => {
  const anyPools = fc.array(fc.array(anyRange, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
  fc.assert(fc.property(anyPools, (lists) => {
    const drafts = draftsOf(lists);
    const ranges = drafts.flatMap(({ entries }) => entries.map(({ range }) => range));
    const isClash = ranges.some((a, i) => ranges.some((b, j) => i < j && rangesOverlap(a, b)));
    assert.equal(findOverlaps(drafts).length > 0, isClash);
  }));
});

Deno.test("findOverlaps() stays quick with as many pools as a large network has", () => {
  const lists = Array.from({ length: 5_000 }, (_, i) => [`10.${i >> 8}.${i & 255}.0/24`]);
  assert.deepEqual(findOverlaps(draftsOf(lists)), []);
});
