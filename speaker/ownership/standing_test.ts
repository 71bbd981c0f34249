import assert from "node:assert/strict";
import fc from "fast-check";
import { rankNodes } from "./rank.ts";
import { eligibleChange, RankStanding } from "./standing.ts";

const KEY = "192.168.0.200";
const ORDER = rankNodes(["n1", "n2", "n3", "n4"], KEY);
const [FIRST = "", SECOND = "", THIRD = "", FOURTH = ""] = ORDER;

interface Row {
  readonly name: string;
  readonly eligible: readonly string[];
  readonly a: string;
  readonly b: string;
  readonly want: boolean;
}

const rows: readonly Row[] = [
  { name: "the first, before a later one", eligible: ORDER, a: FIRST, b: THIRD, want: true },
  { name: "a later one, before the first", eligible: ORDER, a: THIRD, b: FIRST, want: false },
  { name: "the other is not eligible", eligible: [THIRD, FOURTH], a: FIRST, b: THIRD, want: true },
  { name: "the node itself is not", eligible: [THIRD, FOURTH], a: THIRD, b: FIRST, want: false },
  { name: "neither is", eligible: [], a: FIRST, b: SECOND, want: true },
  { name: "neither is, the other way round", eligible: [], a: SECOND, b: FIRST, want: false },
  { name: "a node and itself", eligible: ORDER, a: FIRST, b: FIRST, want: false },
];

Deno.test("isBehind() says of two nodes the same, whatever a node knows of the others", async (t) => {
  for (const { name, eligible, a, b, want } of rows) {
    await t.step(name, () => {
      const standing = new RankStanding({ node: b, key: KEY }, eligible.toSorted());
      assert.equal(standing.isBehind(a), want);
    });
  }
});

const NAMES = fc.uniqueArray(fc.nat(60).map((n) => `node-${n}`), { maxLength: 40 })
  .map((names) => names.toSorted());
const QUESTIONS = fc.array(fc.record({ skipped: fc.array(fc.nat(60)), most: fc.nat(12) }));

Deno.test("place() is the place in the whole order, whatever was asked and eligible before", () => {
  const histories = fc.array(fc.record({ names: NAMES, questions: QUESTIONS }), { minLength: 1 });
  fc.assert(fc.property(histories, fc.ipV4(), (history, key) => {
    let standing = new RankStanding({ node: "node-7", key }, []);
    for (const { names, questions } of history) {
      standing = standing.over(eligibleChange(standing.eligible, names));
      for (const { skipped, most } of questions) {
        const skips = new Set(skipped.map((n) => `node-${n}`));
        const order = rankNodes(new Set([...names, "node-7"]), key);
        const ahead = order.slice(0, order.indexOf("node-7")).filter((name) => !skips.has(name));
        const place = standing.place((name) => skips.has(name), most);
        assert.equal(place, Math.min(ahead.length, most));
      }
    }
  }));
});
