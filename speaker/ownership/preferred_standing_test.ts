import assert from "node:assert/strict";
import fc from "fast-check";
import { PreferredStanding, tiersOf } from "./preferred_standing.ts";
import { rankNodes } from "./rank.ts";
import { RankStanding } from "./standing.ts";

const KEY = "192.168.0.200";
const NAMES = Array.from({ length: 12 }, (_, i) => `n${i}`).toSorted();
const PREFERENCES = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.integer({ min: 1, max: 3 })))
  .map((pairs) => new Map(pairs));

Deno.test("a preferred node comes before all others, and hash decides among equals", () => {
  const eligible = fc.subarray(NAMES, { minLength: 1 });
  fc.assert(fc.property(eligible, PREFERENCES, fc.subarray(NAMES), (nodes, preferences, silent) => {
    const weightOf = (node: string): number => preferences.get(node) ?? 0;
    const order = rankNodes(nodes, KEY).toSorted((a, b) => weightOf(b) - weightOf(a));
    const isSkipped = (node: string): boolean => silent.includes(node);
    for (const node of nodes) {
      const standing = standingOf(node, nodes, preferences);
      const ahead = order.slice(0, order.indexOf(node)).filter((other) => !isSkipped(other));
      for (const most of [0, 1, 3, 99]) {
        assert.equal(standing.place(isSkipped, most), Math.min(ahead.length, most));
      }
    }
  }));
});

Deno.test("who gives way to whom is by hash alone, and asked there the opposite", () => {
  const pair = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES))
    .filter(([a, b]) => a !== b);
  fc.assert(fc.property(pair, PREFERENCES, PREFERENCES, ([a, b], here, there) => {
    const [first] = rankNodes([a, b], KEY);
    assert.equal(standingOf(a, [a], here).isBehind(b), first === b);
    assert.equal(standingOf(b, [a, b], there).isBehind(a), first === a);
  }));
});

Deno.test("a node with more weight is preferred, eligible or not", () => {
  const preferences = new Map([["n1", 1], ["n2", 2]]);
  const standing = standingOf("n1", ["n1"], preferences);
  const found = ["n0", "n1", "n2"].map((other) => standing.preferenceFor(other));
  assert.deepEqual(found, ["less", "same", "more"]);
});

function standingOf(
  node: string,
  eligible: readonly string[],
  preferences: ReadonlyMap<string, number>,
): PreferredStanding {
  const tiers = tiersOf(node, eligible, preferences);
  const among = new RankStanding({ node, key: KEY }, tiers.equal);
  return new PreferredStanding(node, { tiers, preferences, among });
}
