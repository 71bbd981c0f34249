import assert from "node:assert/strict";
import { REPORTS_MAX } from "../../config/presence.ts";
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";
import { ConflictBook } from "./conflict_book.ts";
import type { Instant } from "./conflict_watch.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import type { Ownership } from "../ownership/ownership_state.ts";
import type { Conflict, ConflictOver } from "./stranger_patience.ts";
import type { TableEntry } from "../ownership/table_entry.ts";

const STRANGER = virtualMac(9);
const NODE = virtualMac(2);
const ADDRESS = ip("192.168.0.200");
const OCCUPIED: Ownership = { kind: "occupied", by: { mac: STRANGER, node: undefined } };
const HELD: Ownership = { kind: "held", since: 0, renewedAt: 0, defendedAt: undefined };

Deno.test("ConflictBook tells of a stranger where this node is one of the first in rank", () => {
  for (
    const [outcome, place, want] of [
      ["not-claimed", 2, 1],
      ["not-claimed", 3, 0],
      ["released", 3, 1],
      ["defended", 0, 0],
    ] as const
  ) {
    const { book } = stage();
    book.onNews(conflict({ outcome }), entry(OCCUPIED, place), at(0));
    assert.equal(book.reports().length, want, `${outcome} ${place}`);
  }
});

Deno.test("ConflictBook goes on asking when the Service has moved on, until nobody answers", () => {
  const { book, changes } = stage();
  book.onNews(conflict(), entry(OCCUPIED), at(0));
  assert.equal(book.nextWake(), undefined);
  book.onNews(over(), undefined, at(500));
  assert.deepEqual([...book.linksInUse("IPv4")], [1]);
  assert.deepEqual(book.wake(at(10_500)).map(({ at: { key } }) => key), ["192.168.0.200"]);
  book.onPacket(use(STRANGER), 1, at(10_501));
  assert.equal(book.nextWake(), 30_501);
  for (let probes = 0; probes < 3; probes++) {
    assert.equal(book.wake(at(book.nextWake() ?? 0)).length, 1);
  }
  assert.equal(changes.length, 1);
  book.wake(at(book.nextWake() ?? 0));
  assert.match(book.reports()[0]?.over ?? "", /^1970-01-01T00:00:31Z$/);
  assert.equal(changes.length, 2);
  book.wake(at(book.nextWake() ?? 0));
  assert.deepEqual(book.reports(), []);
  assert.equal(changes.length, 3);
});

Deno.test("ConflictBook never asks for an address that this node may hold", () => {
  for (const [state, want] of [[HELD, "over"], [OCCUPIED, "standing"]] as const) {
    const { book, own } = stage();
    book.resume([{ address: ADDRESS, mac: STRANGER, interface: "eth0", ...TOLD }], at(0));
    own.state = state;
    assert.deepEqual(book.wake(at(0)), []);
    assert.equal(book.reports()[0]?.over !== undefined, want === "over");
  }
});

Deno.test("ConflictBook does not take silence for an answer where nothing can be heard", () => {
  const { book } = stage();
  book.onNews(conflict(), entry(OCCUPIED), at(0));
  book.onNews(over(), undefined, at(0));
  book.useFaces([face(1, false)], 5_000);
  for (let wakes = 0; wakes < 4; wakes++) book.wake(at(book.nextWake() ?? 0));
  assert.equal(book.reports()[0]?.over, undefined);
  book.useFaces([face(7, true)], 15_000);
  book.onPacket(use(NODE, ip("192.168.0.1")), 7, at(15_001));
  for (let wakes = 0; wakes < 4; wakes++) book.wake(at(book.nextWake() ?? 0));
  assert.notEqual(book.reports()[0]?.over, undefined);
});

Deno.test("ConflictBook ends a report where the interface is gone, or a node of ours answers", () => {
  const { book } = stage();
  book.onNews(conflict(), entry(OCCUPIED), at(0));
  book.onNews(over(), undefined, at(0));
  book.learn(new Map([[NODE, "n2"]]));
  book.onPacket(use(NODE), 1, at(100));
  assert.notEqual(book.reports()[0]?.over, undefined);
  book.onPacket(use(STRANGER), 1, at(200));
  assert.equal(book.reports()[0]?.over, undefined);
  book.useFaces([], 300);
  book.wake(at(book.nextWake() ?? 0));
  assert.notEqual(book.reports()[0]?.over, undefined);
});

Deno.test("ConflictBook forgets a stranger that turns out to be a node", () => {
  const { book, changes } = stage();
  book.onNews(conflict(), entry(OCCUPIED), at(0));
  book.learn(new Map([[NODE, "n2"]]));
  assert.equal(book.reports().length, 1);
  book.learn(new Map([[NODE, "n2"], [STRANGER, "n3"]]));
  assert.deepEqual(book.reports(), []);
  assert.equal(changes.length, 2);
});

Deno.test("ConflictBook remembers so many addresses and no more, the newest", () => {
  const { book } = stage();
  for (let n = 0; n < 300; n++) {
    const address = ip(`10.0.${n >> 8}.${n & 255}`);
    book.onNews(conflict({ address }), entry(OCCUPIED), at(n * 1_000));
  }
  const reports = book.reports();
  assert.equal(reports.length, 256);
  assert.ok(reports.length > REPORTS_MAX);
  assert.ok(!reports.some(({ address }) => formatIp(address) === "10.0.0.0"));
});

const TOLD = { since: "1970-01-01T00:00:00Z", over: undefined } as const;

interface Stage {
  readonly book: ConflictBook;
  readonly changes: readonly number[];
  /** What the ownership of every address is. */
  readonly own: { state: Ownership | undefined };
}

function stage(): Stage {
  const changes: number[] = [];
  const own: Stage["own"] = { state: undefined };
  const book = new ConflictBook({
    doubtMs: { found: 0, up: 32_000 },
    entryOf: () => own.state === undefined ? undefined : entry(own.state),
    onChange: () => changes.push(1),
  });
  book.useFaces([face(1, true)], 0);
  return { book, changes, own };
}

function entry(state: Ownership, place = 0): TableEntry {
  const at = { key: formatIp(ADDRESS), address: ADDRESS, linkIndex: 1 };
  const preferenceFor = (): "same" => "same";
  const standing = { place: () => place, isBehind: () => false, preferenceFor };
  return { at, state, claimable: { ...at, standing, eligible: ["n1"], services: [] } };
}

function conflict(
  { outcome = "not-claimed", address = ADDRESS }: {
    readonly outcome?: Conflict["outcome"];
    readonly address?: IpAddress;
  } = {},
): Conflict {
  const place = { key: formatIp(address), address, linkIndex: 1 };
  return { kind: "conflict", at: place, mac: STRANGER, outcome };
}

function over(): ConflictOver {
  return { kind: "conflict-over", at: { key: formatIp(ADDRESS), address: ADDRESS, linkIndex: 1 } };
}

function use(senderMac: Mac, senderIp = ADDRESS): Parameters<ConflictBook["onPacket"]>[0] {
  return { operation: "reply", senderMac, senderIp, targetIp: senderIp };
}

function face(index: number, hasCarrier: boolean): LocalInterface {
  const subnet = parsePrefix("192.168.0.0/24");
  assert.ok(subnet !== undefined);
  return { name: "eth0", mac: virtualMac(1), subnets: [subnet], index, hasCarrier };
}

function at(now: number): Instant {
  return { now, nowWall: now };
}

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address !== undefined, text);
  return address;
}
