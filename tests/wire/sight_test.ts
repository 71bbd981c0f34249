import assert from "node:assert/strict";
import type { Mac } from "../../ip/mac.ts";
import { macFromBytes } from "../../ip/mac.ts";
import {
  doubles,
  formatRound,
  handovers,
  longestSilenceMs,
  parseRound,
  type Sight,
  unanswered,
} from "./sight.ts";

const A = macFromBytes(Uint8Array.fromHex("0200c0a8000b"));
const B = macFromBytes(Uint8Array.fromHex("0200c0a8000c"));

interface Row {
  readonly name: string;
  /** Who answers the questions at 0, 5, 10 … ms. */
  readonly answers: readonly (readonly Mac[])[];
  /** From, to, last answer, first answer. */
  readonly handovers?: readonly (readonly [Mac, Mac, number, number])[];
  readonly unanswered?: number;
  readonly longestSilenceMs: number;
  /** First and last question that two answered. */
  readonly doubles?: readonly (readonly [number, number])[];
}

const rows: readonly Row[] = [
  { name: "nobody", answers: [[], []], unanswered: 2, longestSilenceMs: 0 },
  { name: "one", answers: [[A], [A], [A]], longestSilenceMs: 0 },
  { name: "one answer lost", answers: [[A], [], [A]], unanswered: 1, longestSilenceMs: 10 },
  {
    name: "another after a silence",
    answers: [[A], [], [], [B], [B]],
    handovers: [[A, B, 0, 15]],
    unanswered: 2,
    longestSilenceMs: 15,
  },
  {
    name: "there and back",
    answers: [[A], [B], [A]],
    handovers: [[A, B, 0, 5], [B, A, 5, 10]],
    longestSilenceMs: 0,
  },
  {
    name: "two for a while, the second stays",
    answers: [[A], [A, B], [B, A], [B]],
    handovers: [[A, B, 10, 15]],
    longestSilenceMs: 0,
    doubles: [[5, 10]],
  },
  {
    name: "two, with a hole between",
    answers: [[A, B], [A], [B, A], [A]],
    longestSilenceMs: 0,
    doubles: [[0, 10]],
  },
];

Deno.test("what a witness saw", async (t) => {
  for (const row of rows) {
    await t.step(row.name, () => {
      const sights: readonly Sight[] = row.answers.map((macs, i) => ({ at: i * 5, macs }));
      assert.deepEqual(
        handovers(sights).map(({ from, to, lastAt, firstAt }) => [from, to, lastAt, firstAt]),
        row.handovers ?? [],
      );
      assert.equal(unanswered(sights), row.unanswered ?? 0);
      assert.equal(longestSilenceMs(sights), row.longestSilenceMs);
      assert.deepEqual(
        doubles(sights).map(({ firstAt, lastAt }) => [firstAt, lastAt]),
        row.doubles ?? [],
      );
    });
  }
});

Deno.test("doubles() far apart are two", () => {
  const sights = [0, 101].map((at) => ({ at, macs: [A, B] }));
  assert.equal(doubles(sights).length, 2);
});

Deno.test("parseRound() reads what formatRound() writes, and nothing else", () => {
  const round = { at: 1.5, macs: [[A, B], []] };
  assert.deepEqual(parseRound(formatRound(round)), round);
  assert.throws(() => parseRound("{}"), SyntaxError);
});
