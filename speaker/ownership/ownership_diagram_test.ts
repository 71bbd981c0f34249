import assert from "node:assert/strict";
import * as CLAIMS from "../../tests/ownership/claim_rows.ts";
import { CONTEST_ROWS } from "../../tests/ownership/contest_rows.ts";
import { HELD_ROWS } from "../../tests/ownership/held_rows.ts";
import { OTHER_ROWS } from "../../tests/ownership/other_rows.ts";
import {
  BETTER,
  BETTER_ELSEWHERE,
  contestAt,
  HELD,
  LAPSED,
  NOW,
  type Row,
  stationOf,
  STRANGER,
  UNKNOWN,
  WORSE,
} from "../../tests/ownership/row.ts";
import { step } from "./ownership.ts";
import { hasLapsed, type Ownership, type OwnershipEvent } from "./ownership_state.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";

const PAGE = new URL("../../docs/protocol.md", import.meta.url);

const PARTIES = [BETTER, BETTER_ELSEWHERE, WORSE, STRANGER, UNKNOWN] as const;
const INSTANTS = [NOW - 30_000, NOW - 5_000, NOW - 50, NOW, NOW + 500] as const;
const WAITS = [0, 150, 1_200] as const;
const PROBES = [0, 1, 3] as const;

const CONTESTS = INSTANTS.flatMap((at) => [contestAt(at), { ...contestAt(at), askAt: undefined }]);

/** Every kind of state, with what it may carry. */
const STATES: readonly (Ownership | undefined)[] = [
  undefined,
  ...INSTANTS.flatMap((until) =>
    PROBES.flatMap((probes) =>
      WAITS.map((waitMs) => ({ kind: "listening", until, probes, waitMs }) as const)
    )
  ),
  ...INSTANTS.flatMap((nextAt) =>
    PROBES.map((left) => ({ kind: "probing", left, nextAt }) as const)
  ),
  { kind: "claiming", since: NOW },
  HELD,
  LAPSED,
  ...INSTANTS.map((defendedAt) => ({ ...HELD, defendedAt })),
  ...[HELD, LAPSED].flatMap((held) => CONTESTS.map((contest) => ({ ...held, contest }))),
  ...PARTIES.map((party) => ({ kind: "occupied", by: stationOf(party) }) as const),
  { kind: "leaving", handOver: true },
  { kind: "leaving", handOver: false },
];

/** Every kind of event, with what it may carry; one that is forgotten here does not type-check. */
const EVENTS: { readonly [Kind in OwnershipEvent["kind"]]: readonly OfKind<Kind>[] } = {
  wanted: WAITS.map((waitMs) => ({ kind: "wanted", waitMs })),
  unwanted: [{ kind: "unwanted", then: "hand-over" }, { kind: "unwanted", then: "forget" }],
  sought: [{ kind: "sought" }],
  answered: PARTIES.map((by) => ({ kind: "answered", by })),
  probed: PARTIES.flatMap((by) =>
    WAITS.flatMap((waitMs) =>
      PROBES.map((probes) => ({ kind: "probed", by, waitMs, probes }) as const)
    )
  ),
  identified: PARTIES.map((party) => ({ kind: "identified", by: stationOf(party) })),
  ranked: WAITS.map((waitMs) => ({ kind: "ranked", waitMs })),
  vacated: WAITS.flatMap((waitMs) =>
    PROBES.map((probes) => ({ kind: "vacated", waitMs, probes }) as const)
  ),
  timer: [{ kind: "timer" }],
  bound: [{ kind: "bound", at: NOW }, { kind: "bound", at: NOW - 5_000 }],
  "bind-failed": [{ kind: "bind-failed" }],
  "bind-stale": [{ kind: "bind-stale" }],
  unbound: [{ kind: "unbound" }],
  renewed: [{ kind: "renewed", at: NOW }],
  gone: [{ kind: "gone" }],
  lapsed: [{ kind: "lapsed" }],
};

type OfKind<Kind> = Extract<OwnershipEvent, { readonly kind: Kind }>;

Deno.test("docs/protocol.md shows every transition of step(), and no other", async () => {
  const taken = STATES.flatMap((state) =>
    Object.values(EVENTS).flat().map((event) => edgeOf(state, event))
  );
  assert.deepEqual(sorted(drawnEdges(await Deno.readTextFile(PAGE))), sorted(taken));
});

Deno.test("ownership_test.ts has a row for every transition in the diagram", async () => {
  const claims = Object.values(CLAIMS).flat();
  const rows: readonly Row[] = [...claims, ...HELD_ROWS, ...CONTEST_ROWS, ...OTHER_ROWS];
  const shown = new Set(rows.map(({ state, event }) => edgeOf(state, event)));
  const drawn = drawnEdges(await Deno.readTextFile(PAGE));
  assert.deepEqual(drawn.filter((edge) => !shown.has(edge)), []);
});

/** The transition that an event makes, as the diagram has it; absent where it does nothing. */
function edgeOf(state: Ownership | undefined, event: OwnershipEvent): string | undefined {
  const [next, actions] = step(state, event, NOW);
  if (next === state && actions.length === 0) return undefined;
  const isLapsed = state?.kind === "held" && hasLapsed(state, NOW, DEFAULT_TIMINGS);
  const label = isLapsed && event.kind !== "unwanted" ? "lapsed" : event.kind;
  return `${state?.kind ?? "[*]"} --> ${next?.kind ?? "[*]"}: ${label}`;
}

/** The transitions of the page's one diagram. */
function drawnEdges(page: string): readonly string[] {
  const [, diagram = ""] = /^```mermaid\nstateDiagram-v2\n([^]*?)^```/m.exec(page) ?? [];
  const arrows = diagram.matchAll(/^ *(\S+) --> (\S+): (.+)$/gm);
  return arrows.flatMap(([, from, to, labels = ""]) =>
    labels.split(", ").map((label) => `${from} --> ${to}: ${label}`)
  ).toArray();
}

function sorted(edges: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(edges)].filter((edge) => edge !== undefined).sort();
}
