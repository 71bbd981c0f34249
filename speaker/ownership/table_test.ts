import assert from "node:assert/strict";
import { arpAnnouncements, arpProbe } from "../wire/arp.ts";
import { Table } from "./table.ts";
import { DEFAULT_TIMINGS } from "./timings.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";
import { desired, ip, OTHER, PLACE, STRANGER, VIP } from "../../tests/ownership/stage.ts";

Deno.test("a table that adopts an address sends nothing and claims nothing", () => {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, 0, 0);
  assert.equal(table.entry(VIP)?.state?.kind, "held");
  assert.deepEqual(table.setDesired(desired([VIP]), 10), []);
  for (let now = 10; now < 5_000; now += 10) assert.deepEqual(table.wake(now), []);
});

Deno.test("an adopted address that the API gives to nobody is unbound without a word", () => {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, 0, 0);
  const kinds = table.setDesired(desired([]), 10).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["unbind", "released"]);
  assert.deepEqual(table.onKernel(VIP, { kind: "unbound" }, 11), []);
  assert.equal(table.entry(VIP), undefined);
});

Deno.test("an adopted address that another node shall have is signalled after it is unbound", () => {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, 0, 0);
  table.setDesired({ ...desired([]), assigned: new Set([VIP]) }, 10);
  assert.deepEqual(table.onKernel(VIP, { kind: "unbound" }, 11), [
    { kind: "probe", at: PLACE, to: undefined },
  ]);
});

Deno.test("packets of another link are another segment's", () => {
  const table = held();
  for (const packet of arpAnnouncements(STRANGER, PLACE.address)) {
    assert.deepEqual(table.onPacket(packet, 9, 1_000), []);
  }
  const [announcement] = arpAnnouncements(STRANGER, PLACE.address);
  const kinds = table.onPacket(announcement, 1, 1_000).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["announce", "conflict"]);
});

Deno.test("a restart with thousands of addresses probes at most 200 of them in 10 ms", () => {
  const table = new Table({ node: "n1" });
  const keys = Array.from({ length: 3_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  table.setDesired(desired(keys, ["n1"]), 0);
  const sentAt: number[] = [];
  for (let now = 0; now < 40; now++) {
    for (const { kind } of table.wake(now)) if (kind === "probe") sentAt.push(now);
  }
  for (let from = 0; from <= 30; from += 10) {
    const inWindow = sentAt.filter((at) => at >= from && at < from + 10).length;
    assert.ok(inWindow <= 200, `${inWindow} frames from ${from} ms on`);
  }
  assert.equal(sentAt.length, 800);
});

Deno.test("after a stall silence is judged only when answers had a chance to be read", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n1"]), 0);
  for (let at = table.nextWake() ?? 0; at < 150; at = table.nextWake() ?? 150) table.wake(at);
  assert.equal(table.nextWake(), 150);
  assert.deepEqual(table.wake(400), []);
  assert.equal(table.nextWake(), 420);
  const [answer] = arpAnnouncements(STRANGER, PLACE.address);
  table.onPacket(answer, 1, 405);
  assert.deepEqual(table.wake(420), []);
  assert.equal(table.entry(VIP)?.state?.kind, "occupied");
});

Deno.test("without an answer the claim comes after the stall", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n1"]), 0);
  for (let at = table.nextWake() ?? 0; at < 150; at = table.nextWake() ?? 150) table.wake(at);
  table.nextWake();
  table.wake(400);
  assert.deepEqual(table.wake(420), [{ kind: "bind", at: PLACE }]);
});

Deno.test("a link that takes no frames is not taken for a silent one", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n1"]), 0);
  const probedAt: number[] = [];
  for (let now = 0; now < 5_000; now += 10) {
    for (const { kind } of table.wake(now)) {
      assert.equal(kind, "probe");
      probedAt.push(now);
      assert.deepEqual(table.onNotAsked(1, now), []);
    }
    table.onPacket(arpProbe(STRANGER, ip("192.168.0.1")), 1, now);
  }
  assert.deepEqual(probedAt, [0, 1_000, 2_000, 3_000, 4_000]);
});

Deno.test("own packets, as another interface of this node hears them, mean nothing", () => {
  const table = held();
  const [own] = arpAnnouncements(virtualMac(1), PLACE.address);
  assert.deepEqual(table.onPacket(own, 1, 1_000), []);
});

Deno.test("a held address is announced at 0, 1.1, 2.2, 3.3 and 4.4 s, then once a minute", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n1"]), 0);
  const announcedAt: number[] = [];
  let now = 0;
  while (now <= 125_000) {
    const actions = [...table.wake(now)];
    if (actions.some(({ kind }) => kind === "bind")) {
      actions.push(...table.onKernel(VIP, { kind: "bound", at: now }, now));
    }
    for (const { kind } of actions) if (kind === "announce") announcedAt.push(now);
    table.onKernel(VIP, { kind: "renewed", at: now }, now);
    now = Math.min(table.nextWake() ?? Infinity, now + 10_000);
  }
  const since = announcedAt.map((at) => at - 150);
  assert.deepEqual(since, [0, 1_100, 2_200, 3_300, 4_400, 64_400, 124_400]);
});

Deno.test("the release signal of the known holder makes the first in rank claim at once", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n1", "n2"]), 0);
  const [announcement] = arpAnnouncements(OTHER, PLACE.address);
  table.onPacket(announcement, 1, 5);
  assert.deepEqual(table.onPacket(arpProbe(OTHER, PLACE.address), 1, 1_000), [
    { kind: "bind", at: PLACE },
  ]);
});

Deno.test("with one question more, a signal after which the holder still answers is none", () => {
  for (const answers of ["yes", "no"] as const) {
    const timings = { ...DEFAULT_TIMINGS, confirmProbes: 1 };
    const table = new Table({ node: "n1", timings });
    table.setDesired(desired([VIP], ["n1", "n2"]), 0);
    const [announcement] = arpAnnouncements(OTHER, PLACE.address);
    table.onPacket(announcement, 1, 5);
    table.onPacket(arpProbe(OTHER, PLACE.address), 1, 1_000);
    assert.deepEqual(table.wake(1_000), [{ kind: "probe", at: PLACE, to: undefined }]);
    if (answers === "yes") table.onPacket(announcement, 1, 1_002);
    const claimed = table.wake(1_050).some(({ kind }) => kind === "bind");
    assert.equal(claimed, answers === "no");
  }
});

Deno.test("a holder that is no node any more to the API is one until it lets go", () => {
  const table = new Table({ node: "n1" });
  const known = desired([VIP], ["n1", "n2"]);
  table.setDesired(known, 0);
  const [announcement] = arpAnnouncements(OTHER, PLACE.address);
  table.onPacket(announcement, 1, 5);
  const nodeOfMac = new Map([...known.nodeOfMac].filter(([, node]) => node !== "n2"));
  table.setDesired({ ...desired([VIP], ["n1"]), nodeOfMac }, 10);
  for (let now = 10; now < 1_000; now += 5) {
    const asked = table.wake(now);
    for (const { kind } of asked) assert.equal(kind, "probe");
    if (asked.length > 0) assert.deepEqual(table.onPacket(announcement, 1, now), []);
  }
  assert.deepEqual(table.onPacket(arpProbe(OTHER, PLACE.address), 1, 1_000), [
    { kind: "bind", at: PLACE },
  ]);
  table.onKernel(VIP, { kind: "bound", at: 1_000 }, 1_001);
  table.setDesired({ ...desired([VIP], ["n1"]), nodeOfMac }, 1_010);
  const kinds = table.onPacket(announcement, 1, 2_000).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["announce", "conflict"]);
});

Deno.test("as long as the API was never seen, anybody may be a node: the address is kept", () => {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, 0, 0);
  const [announcement] = arpAnnouncements(STRANGER, PLACE.address);
  const at = (now: number): readonly string[] =>
    table.onPacket(announcement, 1, now).map(({ kind }) => kind);
  const did = [1_000, 2_000, 10_999, 11_000, 12_000, 21_500].map(at);
  const defence = ["announce", "conflict"];
  assert.deepEqual(did, [defence, [], [], defence, [], defence]);
  table.setDesired(desired([VIP]), 22_000);
  assert.deepEqual(at(22_500), ["unbind", "released", "conflict"]);
});

Deno.test("a wait for the turn of nodes that may not hold the address any more ends", () => {
  const table = new Table({ node: "n1" });
  table.setDesired(desired([VIP], ["n2", "n3", "n4", "n5", "n1"]), 0);
  assert.equal(table.nextWake(), 750);
  table.setDesired(desired([VIP], ["n2", "n1"]), 100);
  assert.equal(table.nextWake(), 300);
  table.setDesired(desired([VIP], ["n1"]), 120);
  assert.equal(table.nextWake(), 150);
});

function held(): Table {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, 0, 0);
  table.setDesired(desired([VIP]), 0);
  return table;
}
