import assert from "node:assert/strict";
import { macFromBytes } from "../../ip/mac.ts";
import { parseWitnessLine } from "./witness_line.ts";

const N1 = macFromBytes(Uint8Array.fromHex("0200c0a8000b"));
const N2 = macFromBytes(Uint8Array.fromHex("0200c0a8000c"));

Deno.test("parseWitnessLine() reads what the witness writes", () => {
  const handover = { kind: "handover", from: N1, to: N2, lastAt: 14.5, firstAt: 150 };
  const state = { kind: "state", at: 20, sent: 5, owner: undefined, lastAt: 0, answers: 0 };
  for (const line of [handover, state]) {
    assert.deepEqual(parseWitnessLine(JSON.stringify(line)), line);
  }
  assert.equal(parseWitnessLine('{"kind":"other"}'), undefined);
});
