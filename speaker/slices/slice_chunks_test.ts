import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { ALL_SLICES, type Chunks, planChunks, selectorOf } from "./slice_chunks.ts";

const many = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${String(i).padStart(15, "0")}`);

interface Row {
  readonly name: string;
  readonly current: Chunks;
  readonly wanted: readonly string[];
  readonly want: Chunks;
}

const ab = new Set(["a", "b"]);
const wide = new Set(["a", "b", "c", "d", "e", "f"]);

const ROWS: readonly Row[] = [
  { name: "nothing wanted is nothing watched", current: [], wanted: [], want: [] },
  { name: "the first names are one chunk", current: [], wanted: ["b", "a"], want: [ab] },
  { name: "what is there stays as it is", current: [ab], wanted: ["a", "b"], want: [ab] },
  { name: "half of a chunk is worth it", current: [ab], wanted: ["a"], want: [ab] },
  {
    name: "less than half of a chunk is not",
    current: [wide],
    wanted: ["a", "b"],
    want: [ab],
  },
  {
    name: "a chunk that nobody wants goes",
    current: [wide, new Set(["x", "y"])],
    wanted: [...wide],
    want: [wide],
  },
  {
    name: "a new name takes in what is not much longer",
    current: [ab],
    wanted: ["a", "b", "c"],
    want: [new Set(["a", "b", "c"])],
  },
  {
    name: "a new name leaves alone what is much longer",
    current: [wide],
    wanted: [...wide, "g"],
    want: [wide, new Set(["g"])],
  },
  {
    name: "very many names are all",
    current: [ab],
    wanted: many(1_300, "svc"),
    want: ALL_SLICES,
  },
  {
    name: "all stays all while there are still many",
    current: ALL_SLICES,
    wanted: many(900, "svc"),
    want: ALL_SLICES,
  },
  { name: "all ends with a few", current: ALL_SLICES, wanted: ["a", "b"], want: [ab] },
];

for (const { name, current, wanted, want } of ROWS) {
  Deno.test(`planChunks(): ${name}`, () => {
    deepEqual(planChunks(current, new Set(wanted)), want);
  });
}

Deno.test("planChunks() splits what is too long for one URL", () => {
  const chunks = planChunks([], new Set(many(500, "svc")));
  ok(chunks !== ALL_SLICES);
  equal(chunks.length, 2);
  for (const chunk of chunks) ok(encodeURIComponent(selectorOf(chunk)).length < 6_200);
});

Deno.test("planChunks() keeps every wanted name in sight, by few watches, whatever comes and goes", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,40}[a-z0-9]$/);
  const step = fc.record({
    add: fc.array(name, { maxLength: 30 }),
    drop: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let wanted: readonly string[] = [];
    let chunks: Chunks = [];
    for (const { add, drop } of steps) {
      wanted = [...wanted.filter((_, i) => (i * 0.618) % 1 >= drop), ...add];
      chunks = planChunks(chunks, new Set(wanted));
      if (chunks === ALL_SLICES) continue;
      const seen = chunks;
      ok(wanted.every((each) => seen.some((chunk) => chunk.has(each))));
      ok(chunks.length <= 20, `${chunks.length} chunks`);
      deepEqual(planChunks(chunks, new Set(wanted)), chunks);
    }
  }));
});

Deno.test("planChunks() puts a name into another watch a few times, where Services come one by one", () => {
  const names = many(300, "svc");
  let chunks: Chunks = [];
  let asked = 0;
  for (const [i] of names.entries()) {
    const next = planChunks(chunks, new Set(names.slice(0, i + 1)));
    ok(next !== ALL_SLICES);
    const before = new Set(chunks);
    asked += next.filter((chunk) => !before.has(chunk)).reduce((sum, { size }) => sum + size, 0);
    chunks = next;
  }
  ok(asked < 15 * names.length, `${asked} names in all new watches`);
});

Deno.test("selectorOf() selects by the label of the Service's name", () => {
  equal(selectorOf(new Set(["b", "a"])), "kubernetes.io/service-name in (a,b)");
});
