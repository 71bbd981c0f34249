import assert from "node:assert/strict";
import type { Claimable } from "../desired/claimable.ts";
import { HolderBook } from "./holder_book.ts";
import type { Station } from "./ownership_state.ts";
import { rankNodes } from "./rank.ts";
import { RankStanding } from "./standing.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";
import { ip } from "../../tests/ownership/stage.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";

const NODES = Array.from({ length: 40 }, (_, i) => `n${i + 1}`).toSorted();

interface Asked {
  readonly at: number;
  readonly holder: string;
}

Deno.test("a holder is asked by three nodes each 100 ms, and by the others now and then", () => {
  const asked = NODES.slice(1).flatMap((node) =>
    questions(bookOf(node, [holderOf("n1")]), 0, 40_000)
  );
  const often = 3 * 40_000 / DEFAULT_TIMINGS.watchIntervalMs;
  assert.ok(asked.length > often - 6 && asked.length < often + 50, `${asked.length} questions`);
});

Deno.test("a stranger is asked about once a second by all nodes together, from the first on", () => {
  const stranger: Station = { mac: virtualMac(0xee), node: undefined };
  const asked = NODES.flatMap((node) => questions(bookOf(node, [stranger]), 0, 120_000));
  const times = asked.map(({ at }) => at).sort((a, b) => a - b);
  assert.ok(times.length >= 110 && times.length <= 130, `${times.length} questions`);
  for (const [i, at] of times.entries()) {
    assert.ok(at - (times[i - 1] ?? 0) <= 1_100, `nobody asked before ${at}`);
  }
});

Deno.test("each address of a stranger is asked for as often as if it were the only one", () => {
  const stranger: Station = { mac: virtualMac(0xee), node: undefined };
  const book = bookOf("n1", [stranger]);
  for (let i = 2; i <= 5; i++) {
    book.move({ key: `192.168.1.${i}`, linkIndex: 1 }, undefined, stranger, 0);
  }
  const asked = questions(book, 0, 400_000);
  assert.ok(
    asked.length >= 48 && asked.length <= 51,
    `${asked.length} questions in 10 rounds of 5`,
  );
});

Deno.test("a node that loses its fellows does not ask everybody at once", () => {
  const holders = NODES.slice(1, 31).map(holderOf);
  const book = bookOf("n1", holders);
  for (const node of NODES.slice(31)) book.silence(node, 1_000);
  const asked = questions(book, 1_000, 60_000).filter(({ at }) => at < 60_000);
  const perHolder = new Map<string, number>();
  for (const { holder } of asked) perHolder.set(holder, (perHolder.get(holder) ?? 0) + 1);
  const audited = asked.filter(({ holder }) => (perHolder.get(holder) ?? 0) < 10);
  for (const { at } of audited) {
    const together = audited.filter((other) => Math.abs(other.at - at) < 100).length;
    assert.ok(together <= 5, `${together} questions around ${at}`);
  }
});

Deno.test("of those who rank far back only who is first for another address looks", () => {
  const holder = holderOf("n1");
  const told = { key: "192.168.1.1", linkIndex: 1 };
  for (const node of NODES.filter((name) => name !== "n1")) {
    const book = bookOf(node, Array.from({ length: 20 }, () => holder));
    const mine = book.get("1 n1")?.addresses.filter((key) => isFirst(node, key)) ?? [];
    const asked = book.tell(holder, told, "far", 0).map((action) =>
      action.kind === "probe" ? action.address : action.kind
    );
    assert.deepEqual(asked, mine, node);
  }
});

/** Whether a node follows n1 in an address. */
function isFirst(node: string, key: string): boolean {
  return rankNodes(NODES, key).find((name) => name !== "n1") === node;
}

function holderOf(node: string): Station {
  return { mac: virtualMac(NODES.indexOf(node) + 1), node };
}

/** What `node` knows when each station has one address. */
function bookOf(node: string, stations: readonly Station[]): HolderBook {
  const claimables = new Map<string, Claimable>();
  const book = new HolderBook({
    node,
    timings: DEFAULT_TIMINGS,
    claimable: (key) => claimables.get(key),
  });
  for (const [i, station] of stations.entries()) {
    const key = `192.168.1.${i + 1}`;
    const address = ip(key);
    const standing = new RankStanding({ node, key }, NODES);
    claimables.set(key, { key, address, linkIndex: 1, standing, eligible: NODES, services: [] });
    book.move({ key, linkIndex: 1 }, undefined, station, 0);
  }
  return book;
}

/** All that the book asks from an instant on; everything is answered. */
function questions(book: HolderBook, from: number, forMs: number): readonly Asked[] {
  const asked: Asked[] = [];
  for (let at = from; at < from + forMs; at = Math.max(book.nextWake() ?? Infinity, at + 1)) {
    for (const action of book.wake(at)) {
      if (action.kind !== "ask") continue;
      asked.push({ at, holder: action.holder });
      const station = book.get(action.holder)?.station;
      if (station !== undefined) book.answered(station, { key: action.address, linkIndex: 1 }, at);
    }
  }
  return asked;
}
