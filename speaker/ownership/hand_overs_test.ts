import assert from "node:assert/strict";
import { contestAt, HELD, stationOf, WORSE } from "../../tests/ownership/row.ts";
import { PLACE } from "../../tests/ownership/stage.ts";
import { type HandOver, HandOvers, hearSeek } from "./hand_overs.ts";
import type { Ownership } from "./ownership_state.ts";
import type { Preference } from "./standing.ts";
import type { TableEntry } from "./table_entry.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

const NOW = 10_000_000;

interface Row {
  readonly name: string;
  readonly known: HandOver | undefined;
  readonly want: readonly [HandOver, "give" | "keep"];
}

const NEW = { by: "n2", since: NOW };
const LONG = { by: "n2", since: NOW - 9_000 };
const gave = (agoMs: number, keepMs: number): HandOver["given"] => ({ at: NOW - agoMs, keepMs });

const rows: readonly Row[] = [
  {
    name: "the first time: kept",
    known: undefined,
    want: [{ sought: NEW, given: undefined }, "keep"],
  },
  {
    name: "not for long enough",
    known: { sought: { by: "n2", since: NOW - 8_999 }, given: undefined },
    want: [{ sought: { by: "n2", since: NOW - 8_999 }, given: undefined }, "keep"],
  },
  {
    name: "for long enough: given",
    known: { sought: LONG, given: undefined },
    want: [{ sought: undefined, given: gave(0, 30_000) }, "give"],
  },
  {
    name: "another node did: anew",
    known: { sought: { by: "n3", since: NOW - 9_000 }, given: undefined },
    want: [{ sought: NEW, given: undefined }, "keep"],
  },
  {
    name: "too long ago: anew",
    known: { sought: { by: "n2", since: NOW - 120_001 }, given: undefined },
    want: [{ sought: NEW, given: undefined }, "keep"],
  },
  {
    name: "it came back a moment ago: kept",
    known: { sought: LONG, given: gave(29_999, 30_000) },
    want: [{ sought: LONG, given: gave(29_999, 30_000) }, "keep"],
  },
  {
    name: "it came back: given again, and kept twice as long next time",
    known: { sought: LONG, given: gave(30_000, 30_000) },
    want: [{ sought: undefined, given: gave(0, 60_000) }, "give"],
  },
  {
    name: "it keeps coming back: no longer than keepMostMs",
    known: { sought: LONG, given: gave(600_000, 600_000) },
    want: [{ sought: undefined, given: gave(0, 600_000) }, "give"],
  },
  {
    name: "the last time is long ago: as the first",
    known: { sought: LONG, given: gave(1_200_001, 600_000) },
    want: [{ sought: undefined, given: gave(0, 30_000) }, "give"],
  },
];

Deno.test("hearSeek() gives an address to whoever has been there for a while, and not too often", async (t) => {
  for (const { name, known, want } of rows) {
    await t.step(name, () => {
      assert.deepEqual(hearSeek(known, "n2", NOW, DEFAULT_TIMINGS), want);
    });
  }
});

interface DueRow {
  readonly name: string;
  readonly by?: string | undefined;
  readonly state?: Ownership;
  readonly preference?: Preference;
  readonly eligible?: readonly string[];
  readonly want: boolean;
}

const dueRows: readonly DueRow[] = [
  { name: "preferred, and may hold it", want: true },
  { name: "preferred as much", preference: "same", want: false },
  { name: "preferred less", preference: "less", want: false },
  { name: "may not hold it", eligible: ["n1"], want: false },
  { name: "a stranger", by: undefined, want: false },
  { name: "it is not held here", state: { kind: "occupied", by: stationOf(WORSE) }, want: false },
  { name: "a stranger uses it", state: { ...HELD, contest: contestAt(NOW) }, want: false },
];

Deno.test("HandOvers gives what is held to whoever may hold it and is preferred", async (t) => {
  for (const { name, want, ...row } of dueRows) {
    await t.step(name, () => {
      const { by, state, preference, eligible } = {
        by: "n2",
        state: HELD,
        preference: "more" as const,
        eligible: ["n1", "n2"],
        ...row,
      };
      const entry: TableEntry = {
        at: PLACE,
        state,
        claimable: {
          ...PLACE,
          eligible,
          standing: { place: () => 1, isBehind: () => false, preferenceFor: () => preference },
          services: [],
        },
      };
      const handOvers = new HandOvers(DEFAULT_TIMINGS);
      assert.equal(handOvers.isDue(entry, by, NOW), false);
      assert.equal(handOvers.isDue(entry, by, NOW + DEFAULT_TIMINGS.soughtForMs), want);
    });
  }
});
