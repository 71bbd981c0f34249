import assert from "node:assert/strict";
import { type HandOver, hearSeek } from "./hand_overs.ts";
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
