import assert from "node:assert/strict";
import { rankNodes } from "./rank.ts";
import { precedes } from "./standing.ts";

const KEY = "192.168.0.200";
const ORDER = rankNodes(["n1", "n2", "n3", "n4"], KEY);
const [FIRST = "", SECOND = "", THIRD = "", FOURTH = ""] = ORDER;

interface Row {
  readonly name: string;
  readonly order: readonly string[];
  readonly a: string;
  readonly b: string;
  readonly want: boolean;
}

const rows: readonly Row[] = [
  { name: "the first, before a later one", order: ORDER, a: FIRST, b: THIRD, want: true },
  { name: "a later one, before the first", order: ORDER, a: THIRD, b: FIRST, want: false },
  {
    name: "an order other than by hash is kept",
    order: ORDER.toReversed(),
    a: FOURTH,
    b: FIRST,
    want: true,
  },
  { name: "the other is not eligible", order: [THIRD, FOURTH], a: FIRST, b: THIRD, want: true },
  { name: "the node itself is not", order: [THIRD, FOURTH], a: THIRD, b: FIRST, want: false },
  { name: "neither is", order: [], a: FIRST, b: SECOND, want: true },
  { name: "neither is, the other way round", order: [], a: SECOND, b: FIRST, want: false },
];

Deno.test("precedes() says of two nodes the same, whatever a node knows of the others", async (t) => {
  for (const { name, order, a, b, want } of rows) {
    await t.step(name, () => assert.equal(precedes(a, b, order, KEY), want));
  }
});
