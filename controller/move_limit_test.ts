import assert from "node:assert/strict";
import { MoveLimit, MOVES_PER_WINDOW } from "./move_limit.ts";

Deno.test("MoveLimit counts each address once, and forgets it after a minute", () => {
  const moves = new MoveLimit();
  assert.deepEqual(moves.allowance(0), { left: MOVES_PER_WINDOW, begun: new Set() });
  assert.equal(moves.dueInMs(0), 0);
  for (let n = 0; n < MOVES_PER_WINDOW; n++) {
    moves.note(`10.0.0.${n}`, n);
    moves.note(`10.0.0.${n}`, n + 1);
  }
  assert.equal(moves.allowance(20).left, 0);
  assert.ok(moves.allowance(20).begun.has("10.0.0.0"));
  assert.equal(moves.dueInMs(20), 59_980);
  assert.equal(moves.allowance(60_000).left, 1);
  assert.equal(moves.dueInMs(60_000), 0);
  assert.ok(!moves.allowance(60_000).begun.has("10.0.0.0"));
});
