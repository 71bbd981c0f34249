/**
 * A process that was stopped (SIGSTOP, or no CPU for long) and goes on when what it held may be another's.
 * Whatever it gets to do first, nothing may be announced, bound, renewed or claimed before it has looked.
 */
import assert from "node:assert/strict";
import { arpAnnouncements, arpProbe } from "../wire/arp.ts";
import { leaseDuty } from "../kernel/lease.ts";
import { mayBind } from "./ownership_state.ts";
import { Table } from "./table.ts";
import type { TableAction } from "./table_action.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";
import { desired, OTHER, OWN, PLACE, STRANGER, VIP } from "../../tests/ownership/stage.ts";

/** When it was stopped, just after a renewal. */
const STOPPED = 100_000;

interface Row {
  readonly name: string;
  /** The first thing that it does. */
  readonly first: (table: Table, now: number) => readonly TableAction[];
}

const [ANNOUNCED] = arpAnnouncements(OTHER, PLACE.address);
const [TAKEN] = arpAnnouncements(STRANGER, PLACE.address);

const FIRST: readonly Row[] = [
  { name: "its timer", first: (table, now) => table.wake(now) },
  {
    name: "the look at the leases",
    first: (table, now) => table.onKernel(VIP, { kind: "timer" }, now),
  },
  { name: "the new holder's announcement", first: (table, now) => packet(table, ANNOUNCED, now) },
  { name: "a stranger's announcement", first: (table, now) => packet(table, TAKEN, now) },
  {
    name: "a probe of another node",
    first: (table, now) => packet(table, arpProbe(OTHER, PLACE.address), now),
  },
  {
    name: "the kernel's word that it expired",
    first: (table, now) => table.onKernel(VIP, { kind: "gone" }, now),
  },
  {
    name: "the answer to a renewal of long ago",
    first: (table, now) => table.onKernel(VIP, { kind: "renewed", at: STOPPED }, now),
  },
  {
    name: "the answer to a bind of long ago",
    first: (table, now) => table.onKernel(VIP, { kind: "bound", at: STOPPED }, now),
  },
  { name: "a link that came up", first: (table, now) => table.onLinkUp(PLACE.linkIndex, now) },
  { name: "news of the API", first: (table, now) => table.setDesired(desired([VIP]), now) },
  { name: "the end of its eligibility", first: (table, now) => table.setDesired(gone(), now) },
  { name: "a stop for good", first: (table, now) => table.handOverAll(now) },
];

for (const forMs of [28_001, 30_000, 60_000, 3_600_000]) {
  Deno.test(`a table that was stopped for ${forMs} ms gives up what it held first`, async (t) => {
    for (const { name, first } of FIRST) {
      await t.step(name, () => {
        const table = held();
        const now = STOPPED + forMs;
        const did = [...first(table, now), ...run(table, now, 1_000), ...tick(table, now + 1_000)];
        const unbound = did.findIndex(({ kind }) => kind === "unbind");
        assert.ok(unbound >= 0, "it was never given up");
        const before = did.slice(0, unbound).map(({ kind }) => kind);
        assert.deepEqual(before, []);
        assert.ok(!did.some(({ kind }) => kind === "announce"), "it was announced");
      });
    }
  });
}

Deno.test("a stop at any instant near a timer: what lapsed is never announced", () => {
  for (let forMs = 28_001; forMs < 95_000; forMs += 97) {
    const table = held();
    const did = run(table, STOPPED + forMs, 500);
    assert.ok(!did.some(({ kind }) => kind === "announce"), `stopped for ${forMs} ms`);
  }
});

Deno.test("a table that was stopped between a bind and its answer does not announce", () => {
  for (const forMs of [1_001, 30_000, 60_000]) {
    const table = new Table({ node: "n1" });
    table.setDesired(desired([VIP], ["n1", "n2"]), 0);
    run(table, 0, 150);
    assert.equal(table.entry(VIP)?.state?.kind, "claiming");
    const did = table.onKernel(VIP, { kind: "bound", at: 150 }, 150 + forMs);
    assert.deepEqual(did, [{ kind: "unbind", at: PLACE }]);
    assert.equal(table.entry(VIP)?.state?.kind, "listening");
  }
});

Deno.test("nothing that lapsed, or was decided long ago, is written", () => {
  const state = held().entry(VIP)?.state;
  assert.ok(state?.kind === "held");
  assert.equal(leaseDuty(state, STOPPED + 60_000, DEFAULT_TIMINGS), "lapsed");
  assert.equal(mayBind(state, STOPPED + 60_000, DEFAULT_TIMINGS), false);
  const claiming = { kind: "claiming", since: STOPPED } as const;
  assert.equal(mayBind(claiming, STOPPED + 60_000, DEFAULT_TIMINGS), false);
});

Deno.test("a release signal that waited unread is followed by a question, and then by no claim", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n1", "n2", "n3"]), 0);
  packet(table, ANNOUNCED, 5);
  table.nextWake();
  // Stopped; then n2 lets go, n3 claims, and both frames wait.
  assert.deepEqual(packet(table, arpProbe(OTHER, PLACE.address), 61_000), []);
  assert.equal(table.entry(VIP)?.state?.kind, "listening");
  const [claimed] = arpAnnouncements(OWN.n3, PLACE.address);
  packet(table, claimed, 61_001);
  assert.ok(!run(table, 61_002, 120).some(({ kind }) => kind === "bind"));
  assert.equal(table.entry(VIP)?.state?.kind, "occupied");
});

function held(): Table {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, STOPPED, STOPPED);
  table.setDesired(desired([VIP]), STOPPED);
  table.nextWake();
  return table;
}

function gone(): ReturnType<typeof desired> {
  return { ...desired([]), assigned: new Set([VIP]) };
}

function packet(
  table: Table,
  heard: Parameters<Table["onPacket"]>[0],
  now: number,
): readonly TableAction[] {
  return table.onPacket(heard, PLACE.linkIndex, now);
}

/** The engine's look at the leases, once a second. */
function tick(table: Table, now: number): readonly TableAction[] {
  return [...table.held()].flatMap(({ at, state }) =>
    leaseDuty(state, now, DEFAULT_TIMINGS) === "lapsed"
      ? table.onKernel(at.key, { kind: "timer" }, now)
      : []
  );
}

/** Serves the table's timers as they come, for so long. */
function run(table: Table, from: number, forMs: number): readonly TableAction[] {
  const did: TableAction[] = [];
  for (let now = from; now <= from + forMs; now = Math.max(table.nextWake() ?? Infinity, now + 1)) {
    did.push(...table.wake(now));
  }
  return did;
}
