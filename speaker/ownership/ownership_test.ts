import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BEGINNING,
  CLAIMING_ROWS,
  LISTENING_ROWS,
  PROBING_ROWS,
} from "../../tests/ownership/claim_rows.ts";
import { CONTEST_ROWS } from "../../tests/ownership/contest_rows.ts";
import { HELD_ROWS } from "../../tests/ownership/held_rows.ts";
import { OTHER_ROWS } from "../../tests/ownership/other_rows.ts";
import {
  BETTER,
  BETTER_ELSEWHERE,
  NOW,
  STRANGER,
  UNKNOWN,
  WORSE,
} from "../../tests/ownership/row.ts";
import { step } from "./ownership.ts";
import {
  type Ownership,
  type OwnershipAction,
  type OwnershipEvent,
  wakeAt,
} from "./ownership_state.ts";

Deno.test("step() decides every transition", async (t) => {
  const claims = [BEGINNING, LISTENING_ROWS, PROBING_ROWS, CLAIMING_ROWS];
  const tables = [...claims, HELD_ROWS, CONTEST_ROWS, OTHER_ROWS];
  for (const { name, state, event, want } of tables.flat()) {
    await t.step(`${state?.kind ?? "unknown"}: ${name}`, () => {
      assert.deepEqual(step(state, event, NOW), want);
    });
  }
});

Deno.test("step() binds before it holds, and unbinds or is told so before it holds no more", () => {
  const party = fc.constantFrom(BETTER, BETTER_ELSEWHERE, WORSE, STRANGER, UNKNOWN);
  const waitMs = fc.constantFrom(0, 150, 300);
  const event: fc.Arbitrary<OwnershipEvent> = fc.oneof(
    fc.record({ kind: fc.constant("wanted" as const), waitMs }),
    fc.record({
      kind: fc.constant("unwanted" as const),
      then: fc.constantFrom("hand-over" as const, "forget" as const),
    }),
    fc.record({ kind: fc.constant("answered" as const), by: party }),
    fc.record({ kind: fc.constant("probed" as const), by: party, waitMs, probes: fc.nat(1) }),
    fc.record({ kind: fc.constant("vacated" as const), waitMs, probes: fc.nat(1) }),
    fc.constantFrom<OwnershipEvent>(
      { kind: "timer" },
      { kind: "timer" },
      { kind: "bind-failed" },
      { kind: "unbound" },
      { kind: "gone" },
    ),
  );
  const happening = fc.tuple(event, fc.nat(4_000));
  fc.assert(fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
    let state: Ownership | undefined;
    let now = 0;
    for (const [what, later] of happenings) {
      now = Math.max(now + later, what.kind === "timer" ? wakeAt(state) ?? 0 : 0);
      // The kernel answers a bind before anything else happens, in half of the cases.
      const events: readonly OwnershipEvent[] = state?.kind === "claiming" && later % 2 === 0
        ? [{ kind: "bound", at: now }, what]
        : [what];
      for (const each of events) {
        const [next, actions] = step(state, each, now);
        checkStep(state, next, actions.map(({ kind }) => kind));
        state = next;
      }
    }
  }));
});

function checkStep(
  before: Ownership | undefined,
  after: Ownership | undefined,
  actions: readonly OwnershipAction["kind"][],
): void {
  const wasBound = before?.kind === "held" || before?.kind === "claiming";
  const isBound = after?.kind === "held" || after?.kind === "claiming";
  if (!wasBound && after?.kind === "claiming") assert.ok(actions.includes("bind"));
  if (after?.kind === "held") assert.ok(wasBound, `held without a claim, from ${before?.kind}`);
  const isExcused = before?.kind === "claiming" && after?.kind === "listening";
  if (wasBound && !isBound && !isExcused) assert.ok(actions.includes("unbind"), `${after?.kind}`);
}
