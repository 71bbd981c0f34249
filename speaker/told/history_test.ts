import assert from "node:assert/strict";
import { parseMac } from "../../ip/mac.ts";
import { History, type HistoryNews } from "./history.ts";

const VIP = "192.168.0.200";
const STRANGER = mac("02:00:00:00:00:99");

interface Row {
  readonly name: string;
  readonly events: readonly (readonly [number, HistoryNews])[];
  readonly since: number | undefined;
  /** `kind at..lastAt xTimes` of each entry. */
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  { name: "nothing", events: [], since: undefined, want: [] },
  {
    name: "a claim, after a holder fell silent",
    events: [
      [100, { kind: "holder-silent", mac: STRANGER, node: "n2" }],
      [110, { kind: "claimed" }],
    ],
    since: 110,
    want: ["holder-silent 100..100 x1", "claimed 110..110 x1"],
  },
  {
    name: "a release ends the announcement",
    events: [[1, { kind: "adopted" }], [9, { kind: "released", reason: "hand-over" }]],
    since: undefined,
    want: ["adopted 1..1 x1", "released 9..9 x1"],
  },
  {
    name: "a stranger that goes on is one entry",
    events: [
      [1, { kind: "claimed" }],
      [2, { kind: "conflict", mac: STRANGER, outcome: "defended" }],
      [12, { kind: "conflict", mac: STRANGER, outcome: "defended" }],
      [22, { kind: "conflict", mac: STRANGER, outcome: "defended" }],
    ],
    since: 1,
    want: ["claimed 1..1 x1", "conflict 2..22 x3"],
  },
  {
    name: "another stranger is another entry",
    events: [
      [2, { kind: "conflict", mac: STRANGER, outcome: "not-claimed" }],
      [3, { kind: "conflict", mac: mac("02:00:00:00:00:98"), outcome: "not-claimed" }],
    ],
    since: undefined,
    want: ["conflict 2..2 x1", "conflict 3..3 x1"],
  },
  {
    name: "the oldest entries go first",
    events: [
      [1, { kind: "claimed" }],
      [2, { kind: "released", reason: "conflict" }],
      [3, { kind: "claimed" }],
      [4, { kind: "released", reason: "hand-over" }],
      [5, { kind: "claimed" }],
    ],
    since: 5,
    want: ["claimed 3..3 x1", "released 4..4 x1", "claimed 5..5 x1"],
  },
];

Deno.test("History remembers the last things of an address", async (t) => {
  for (const { name, events, since, want } of rows) {
    await t.step(name, () => {
      const history = new History({ entries: 3 });
      for (const [now, news] of events) history.note(VIP, news, now);
      const seen = history.of(VIP).map((entry) =>
        `${entry.news.kind} ${entry.at}..${entry.lastAt} x${entry.times}`
      );
      assert.deepEqual(seen, want);
      assert.equal(history.announcedSince(VIP), since);
    });
  }
});

Deno.test("History forgets the address that was quiet longest, but not that it is announced", () => {
  const history = new History({ addresses: 2 });
  history.note("a", { kind: "claimed" }, 1);
  history.note("b", { kind: "claimed" }, 2);
  history.note("a", { kind: "conflict", mac: STRANGER, outcome: "defended" }, 3);
  history.note("c", { kind: "claimed" }, 4);
  assert.deepEqual([...history.addresses()], ["a", "c"]);
  assert.equal(history.announcedSince("b"), 2);
});

function mac(text: string): NonNullable<ReturnType<typeof parseMac>> {
  const parsed = parseMac(text);
  assert.ok(parsed !== undefined);
  return parsed;
}
