import assert from "node:assert/strict";
import { macFromBytes } from "../../ip/mac.ts";
import { type Handover, NOTHING_SEEN, observe } from "./sightings.ts";

const N1 = macFromBytes(Uint8Array.fromHex("0200c0a8000b"));
const N2 = macFromBytes(Uint8Array.fromHex("0200c0a8000c"));

Deno.test("observe() tells who answered until when, and who from when", () => {
  const answers = [[N1, 10], [N1, 14], [N2, 150], [N2, 154], [N1, 155]] as const;
  const handovers: Handover[] = [];
  let seen = NOTHING_SEEN;
  for (const [mac, at] of answers) {
    const [next, handover] = observe(seen, mac, at);
    seen = next;
    if (handover !== undefined) handovers.push(handover);
  }
  assert.deepEqual(seen, { owner: N1, lastAt: 155, answers: 5 });
  assert.deepEqual(handovers, [
    { from: N1, to: N2, lastAt: 14, firstAt: 150 },
    { from: N2, to: N1, lastAt: 154, firstAt: 155 },
  ]);
});
