import assert from "node:assert/strict";
import { macFromBytes } from "../../ip/mac.ts";
import type { Ownership } from "./ownership_state.ts";
import { isSettled } from "./settled.ts";

const HELD = { kind: "held", since: 0, renewedAt: 0, defendedAt: undefined } as const;
const OCCUPIED = {
  kind: "occupied",
  by: { mac: macFromBytes(new Uint8Array(6)), node: "n2" },
} as const;
const PROBING = { kind: "probing", left: 1, nextAt: 0 } as const;
const CLAIMING = { kind: "claiming", since: 0 } as const;

interface Row {
  readonly name: string;
  /** Of each address that this node may hold; absent where the table has not begun with it. */
  readonly states: readonly (Ownership | undefined)[];
  readonly want: boolean;
}

const ROWS: readonly Row[] = [
  { name: "there is nothing to hold", states: [], want: true },
  { name: "one is held, another is another's", states: [HELD, OCCUPIED], want: true },
  { name: "one is still asked for", states: [HELD, PROBING], want: false },
  { name: "the kernel has not bound one yet", states: [CLAIMING, OCCUPIED], want: false },
  {
    name: "of one nothing is known: its link is not trusted yet",
    states: [undefined],
    want: false,
  },
];

Deno.test("isSettled() says whether anything is left to claim", async (t) => {
  for (const { name, states, want } of ROWS) {
    await t.step(name, () => {
      const entries = new Map(states.map((state, i) => [`192.168.0.${i}`, { state }]));
      assert.equal(isSettled(entries.keys(), (key) => entries.get(key)), want);
    });
  }
});
