import assert from "node:assert/strict";
import { step } from "./ownership.ts";
import type { Ownership, OwnershipAction } from "./ownership_state.ts";
import { virtualMac } from "../tests/sim/virtual_mac.ts";

const NOW = 100_000;
const LISTENING: Ownership = { kind: "listening", until: NOW, probes: 3 };

interface Row {
  readonly name: string;
  readonly state: Ownership;
  readonly want: readonly [Ownership, readonly OwnershipAction[]];
}

const ROWS: readonly Row[] = [
  {
    name: "what is held is given up, and asked for as if it never had been",
    state: { kind: "held", since: NOW - 9_000, renewedAt: NOW - 5_000, defendedAt: undefined },
    want: [LISTENING, [{ kind: "unbind" }, { kind: "released", reason: "lapsed" }]],
  },
  { name: "what is only asked for goes on", state: LISTENING, want: [LISTENING, []] },
  {
    name: "what another holds stays so",
    state: { kind: "occupied", by: virtualMac(3) },
    want: [{ kind: "occupied", by: virtualMac(3) }, []],
  },
];

Deno.test("step() gives up what was not answered for too long", async (t) => {
  for (const { name, state, want } of ROWS) {
    await t.step(name, () => assert.deepEqual(step(state, { kind: "lapsed" }, NOW), want));
  }
});
