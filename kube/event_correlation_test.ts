import { deepEqual, equal, match } from "node:assert/strict";
import { EventCorrelator, type EventDecision } from "./event_correlation.ts";
import type { EventNote } from "./event_note.ts";

const MINUTE = 60_000;
const WALL = 1_700_000_000_000;

function note(message: string, rest: Partial<EventNote> = {}): EventNote {
  const about = { apiVersion: "v1", kind: "Service", namespace: "default", name: "web", uid: "u" };
  return { about, type: "Normal", reason: "IPAllocated", message, ...rest };
}

function words(decision: EventDecision): string {
  if (decision.kind === "drop") return "drop";
  return `${decision.kind} ${decision.record.count} ${decision.record.note.message}`;
}

interface Row {
  readonly name: string;
  /** Minute and note, in order. */
  readonly notes: readonly (readonly [number, EventNote])[];
  /** What is decided about the last of them. */
  readonly want: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "writes the first",
    notes: [[0, note("a")]],
    want: ["create 1 a"],
  },
  {
    name: "counts up the same",
    notes: [[0, note("a")], [1, note("a")], [2, note("a")]],
    want: ["create 1 a", "count 2 a", "count 3 a"],
  },
  {
    name: "begins anew ten minutes after the last",
    notes: [[0, note("a")], [9, note("a")], [19, note("a")]],
    want: ["create 1 a", "count 2 a", "create 1 a"],
  },
  {
    name: "keeps apart what differs in message, reason, type or object",
    notes: [
      [0, note("a")],
      [0, note("b")],
      [0, note("a", { reason: "AllocationFailed" })],
      [0, note("a", { type: "Warning" })],
      [0, note("a", { about: { ...note("a").about, uid: "v" } })],
    ],
    want: ["create 1 a", "create 1 b", "create 1 a", "create 1 a", "create 1 a"],
  },
  {
    name: "combines the eleventh different message and those after it",
    notes: Array.from({ length: 13 }, (_, i) => [0, note(`m${i}`)] as const),
    want: [
      "create 1 (combined from similar events): m10",
      "count 2 (combined from similar events): m11",
      "count 3 (combined from similar events): m12",
    ],
  },
  {
    name: "still counts up a known message when others are combined",
    notes: [...Array.from({ length: 11 }, (_, i) => [0, note(`m${i}`)] as const), [0, note("m3")]],
    want: ["count 2 m3"],
  },
  {
    name: "drops the 26th about one object, and lets one through after five minutes",
    notes: [
      ...Array.from({ length: 26 }, () => [0, note("a")] as const),
      [4.9, note("a")],
      [5.1, note("a")],
      [5.2, note("a")],
    ],
    want: ["count 25 a", "drop", "drop", "count 26 a", "drop"],
  },
];

for (const { name, notes, want } of ROWS) {
  Deno.test(`decide() ${name}`, () => {
    const correlator = new EventCorrelator();
    const got = notes.map(([minute, each]) =>
      words(correlator.decide(each, minute * MINUTE, WALL + minute * MINUTE))
    );
    deepEqual(got.slice(-want.length), want);
  });
}

Deno.test("decide() names an Event after its object, each by its own name", () => {
  const correlator = new EventCorrelator();
  const names = ["a", "b"].map((message) => {
    const decision = correlator.decide(note(message), 0, WALL);
    return decision.kind === "drop" ? "" : decision.name;
  });
  for (const name of names) match(name, /^web\.[0-9a-f]{16}$/);
  equal(new Set(names).size, 2);
});

Deno.test("decide() keeps name and first time of an Event that is counted up", () => {
  const correlator = new EventCorrelator();
  const first = correlator.decide(note("a"), 0, WALL);
  const second = correlator.decide(note("a"), MINUTE, WALL + MINUTE);
  if (first.kind !== "create" || second.kind !== "count") throw new TypeError("wrong decisions");
  equal(second.name, first.name);
  equal(second.record.firstAt, WALL);
  equal(second.record.lastAt, WALL + MINUTE);
});
