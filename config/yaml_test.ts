import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../kube/types.ts";
import { jsonObjectOf } from "./tree.ts";
import { parseYaml } from "./yaml.ts";

interface Row {
  readonly name: string;
  readonly text: string;
  /** The documents as JSON. */
  readonly want: readonly Json[];
  /** `line:column: kind` of each fault. */
  readonly faults?: readonly string[];
}

const ROWS: readonly Row[] = [
  { name: "an empty text", text: "", want: [] },
  { name: "only comments", text: "# nothing\n---\n# here\n", want: [] },
  { name: "block style", text: "a:\n- b\n- c: d\n", want: [{ a: ["b", { c: "d" }] }] },
  { name: "JSON", text: '{"a": [1, true, null, "x"]}', want: [{ a: [1, true, null, "x"] }] },
  {
    name: "booleans of YAML 1.1",
    text: "{a: yes, b: off, c: 'on'}",
    want: [{ a: true, b: false, c: "on" }],
  },
  {
    name: "numbers of YAML 1.1",
    text: "{a: 010, b: 0x10, c: 1_000}",
    want: [{ a: 8, b: 16, c: 1000 }],
  },
  { name: "a key that looks like a boolean", text: "y: 1\n", want: [{ y: 1 }] },
  {
    name: "a timestamp stays what was typed",
    text: "a: 2001-01-01\n",
    want: [{ a: "2001-01-01" }],
  },
  { name: "a literal block", text: "a: |\n  b: c\n  d\n", want: [{ a: "b: c\nd\n" }] },
  { name: "a folded block", text: "a: >-\n  b\n  c\n", want: [{ a: "b c" }] },
  { name: "an anchor", text: "a: &x [1]\nb: *x\n", want: [{ a: [1], b: [1] }] },
  {
    name: "a merge key, whose keys give way",
    text: "base: &x {a: 1, b: 2}\nown:\n  <<: *x\n  b: 3\n",
    want: [{ base: { a: 1, b: 2 }, own: { b: 3, a: 1 } }],
  },
  {
    name: "two merged maps, of which the first wins",
    text: "own:\n  <<: [{a: 1}, {a: 2, b: 2}]\n",
    want: [{ own: { a: 1, b: 2 } }],
  },
  { name: "two documents", text: "a: 1\n---\nb: 2\n", want: [{ a: 1 }, { b: 2 }] },
  { name: "Windows line ends", text: "a: 1\r\nb: 2\r\n", want: [{ a: 1, b: 2 }] },
  {
    name: "a key twice: the first counts",
    text: "a: 1\nb: 2\na: 3\n",
    want: [{ a: 1, b: 2 }],
    faults: ["3:1: duplicate-key"],
  },
  { name: "a tab", text: "a:\n\t- b\n", want: [], faults: ["2:1: syntax"] },
  { name: "an unknown alias", text: "a: *x\n", want: [], faults: ["1:4: syntax"] },
  { name: "an alias of itself", text: "a: &x [*x]\n", want: [], faults: ["1:7: syntax"] },
  { name: "a map as key", text: "? {a: 1}\n: 2\n", want: [], faults: ["1:3: syntax"] },
  { name: "a merge of a text", text: "<<: x\n", want: [], faults: ["1:1: syntax"] },
  {
    name: "a broken document between two good ones",
    text: "a: 1\n---\nb: [\n---\nc: 3\n",
    want: [{ a: 1 }, { c: 3 }],
    faults: ["4:1: syntax"],
  },
];

Deno.test("parseYaml() reads as Kubernetes does, and says where it cannot", async (t) => {
  for (const { name, text, want, faults = [] } of ROWS) {
    await t.step(name, () => {
      const read = parseYaml(text);
      assert.deepEqual(read.documents.map(jsonObjectOf), want);
      assert.deepEqual(
        read.faults.map(({ line, column, kind }) => `${line}:${column}: ${kind}`),
        faults,
      );
    });
  }
});

Deno.test("parseYaml() names the common causes of lines that are no YAML, and nothing after them", () => {
  const tab = "Cannot read YAML: need spaces for indentation, have a tab";
  const template =
    'Cannot read YAML: this is a template ("{{"); render it first, as with "helm template"';
  const rows = [
    ["a:\n\t- b: c: d\n", `2:1: ${tab}`],
    ["a: |\n  b\n\t- c\nd: e: f\n", `3:1: ${tab}`],
    ["{{- if .x }}\na: b\n{{- end }}\n", `1:3: ${template}`],
  ] as const;
  for (const [text, want] of rows) {
    const { faults } = parseYaml(text);
    assert.deepEqual(faults.map(({ line, column, message }) => `${line}:${column}: ${message}`), [
      want,
    ]);
  }
});

Deno.test("parseYaml() quotes a little of a text that is no YAML", () => {
  const { faults } = parseYaml(`# A page\n- a: b\n\n| ${"-".repeat(5_000)} |\n`);
  assert.ok(faults.length > 0);
  for (const { message } of faults) assert.ok(message.length < 200, message);
});

Deno.test("parseYaml() keeps the place of keys, values and the content of a block", () => {
  const { documents: [tree] } = parseYaml("# c\nlist:\n  - name: x\ndata: |\n    one\n    two\n");
  assert.ok(tree?.kind === "map");
  const [list, data] = tree.entries;
  assert.deepEqual(list?.keyAt, { line: 2, column: 1 });
  assert.ok(list?.value.kind === "list");
  assert.deepEqual(list.value.items[0]?.at, { line: 3, column: 5 });
  assert.ok(data?.value.kind === "text");
  assert.deepEqual(data.value.at, { line: 4, column: 7 });
  assert.deepEqual(data.value.contentAt, { line: 5, column: 5 });
});

Deno.test("parseYaml() moves positions to where the text stands", () => {
  const placed = ({ line, column }: { line: number; column: number }) => ({
    line: line + 10,
    column: column + 4,
  });
  const { documents, faults } = parseYaml("a: 1\na: 2\n", placed);
  assert.deepEqual(documents[0]?.at, { line: 11, column: 5 });
  assert.deepEqual(faults.map(({ line, column }) => [line, column]), [[12, 5]]);
});

Deno.test("parseYaml() ends on texts made to exhaust it", () => {
  const nine = (alias: string): string => `[${Array(9).fill(alias).join(",")}]`;
  const laughs = Array.from(
    { length: 12 },
    (_, i) => `a${i}: &a${i} ${nine(i ? `*a${i - 1}` : "x")}`,
  );
  for (const text of ["[".repeat(50_000), laughs.join("\n")]) {
    const { documents, faults } = parseYaml(text);
    assert.deepEqual(documents, []);
    assert.match(faults[0]?.message ?? "", /nested too deep, or aliases repeat too much/);
  }
});

Deno.test("parseYaml() reads any JSON object back", () => {
  const anyObject = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }));
  fc.assert(fc.property(anyObject, (object) => {
    const json = JSON.parse(JSON.stringify(object));
    const { documents: [tree], faults } = parseYaml(JSON.stringify(object));
    assert.deepEqual(faults, []);
    assert.ok(tree !== undefined);
    assert.deepEqual(JSON.parse(JSON.stringify(jsonObjectOf(tree))), json);
  }));
});

Deno.test("parseYaml() never throws", () => {
  const piece = fc.constantFrom(
    "a",
    ":",
    " ",
    "\n",
    "- ",
    "|",
    "&x",
    "*x",
    "{",
    "]",
    "\t",
    '"',
    "<<",
    "---\n",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
    const { faults } = parseYaml(pieces.join(""));
    for (const { line, column } of faults) assert.ok(line >= 1 && column >= 1);
  }));
});
