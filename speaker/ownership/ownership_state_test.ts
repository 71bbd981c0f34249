import assert from "node:assert/strict";
import { type Held, mayBind, type Ownership } from "./ownership_state.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

const NOW = 100_000;
const CLAIMING: Ownership = { kind: "claiming", since: NOW };
const HELD: Held = { kind: "held", since: 90_000, renewedAt: NOW, defendedAt: undefined };

Deno.test("mayBind() forgets neither that silence ages nor that a lifetime ends", () => {
  const rows: readonly (readonly [Ownership | undefined, number, boolean])[] = [
    [CLAIMING, NOW, true],
    [CLAIMING, NOW + 1_000, true],
    [CLAIMING, NOW + 1_001, false],
    [HELD, NOW + 28_000, true],
    [HELD, NOW + 28_001, false],
    [{ kind: "leaving", handOver: true }, NOW, false],
    [undefined, NOW, false],
  ];
  for (const [state, now, want] of rows) {
    assert.equal(mayBind(state, now, DEFAULT_TIMINGS), want, `${state?.kind} at ${now}`);
  }
});
