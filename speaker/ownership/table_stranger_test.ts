/** A station that is no node of ours answers for an address, and that means nothing. */
import assert from "node:assert/strict";
import { desired, OTHER, OWN, PLACE, STRANGER, VIP } from "../../tests/ownership/stage.ts";
import { arpAnnouncements, type ArpPacket, arpProbe, arpReply } from "../wire/arp.ts";
import { Table } from "./table.ts";
import type { TableAction } from "./table_action.ts";

const ANSWER = arpReply(STRANGER, arpProbe(OWN.n1, PLACE.address));

Deno.test("an address that a stranger answers for is claimed after the probes", () => {
  const { table, did } = probing();
  did.push(...answered(table, ANSWER, 1_000));
  assert.deepEqual(did.map(({ kind }) => kind), ["probe", "probe", "probe", "bind"]);
});

Deno.test("an address that a node of ours answers for is not", () => {
  const { table, did } = probing();
  did.push(...answered(table, arpReply(OTHER, arpProbe(OWN.n1, PLACE.address)), 1_000));
  assert.ok(!did.some(({ kind }) => kind === "bind"));
  assert.equal(table.entry(VIP)?.state?.kind, "occupied");
});

Deno.test("a holder keeps what a stranger announces, and says nothing", () => {
  const table = new Table({ node: "n1", onStranger: "ignore" });
  table.adopt(PLACE, 0, 0);
  table.setDesired(desired([VIP]), 0);
  for (const packet of arpAnnouncements(STRANGER, PLACE.address)) {
    assert.equal(table.heeds(packet, PLACE.linkIndex), false);
    assert.deepEqual(table.onPacket(packet, PLACE.linkIndex, 1_000), []);
  }
});

Deno.test("a stranger that probes is given time to turn out to be a node", () => {
  const table = new Table({ node: "n1", onStranger: "ignore" });
  table.setDesired(desired([VIP], ["n1"]), 0);
  table.onPacket(arpProbe(STRANGER, PLACE.address), PLACE.linkIndex, 0);
  assert.deepEqual(table.wake(2_999), []);
  assert.deepEqual(table.wake(3_000).map(({ kind }) => kind), ["probe"]);
});

Deno.test("before the API was seen whoever answers may be a node; then a stranger counts no more", () => {
  const table = new Table({ node: "n1", onStranger: "ignore" });
  table.adopt(PLACE, -60_000, 0);
  table.onKernel(VIP, { kind: "timer" }, 0);
  table.onPacket(ANSWER, PLACE.linkIndex, 10);
  assert.equal(table.entry(VIP)?.state?.kind, "occupied");
  table.setDesired(desired([VIP], ["n1"]), 100);
  assert.equal(table.entry(VIP)?.state?.kind, "listening");
});

function probing(): { readonly table: Table; readonly did: TableAction[] } {
  const table = new Table({ node: "n1", onStranger: "ignore" });
  return { table, did: [...table.setDesired(desired([VIP], ["n1"]), 0)] };
}

/** Each probe to everybody is answered. */
function answered(table: Table, answer: ArpPacket, untilMs: number): readonly TableAction[] {
  const did: TableAction[] = [];
  for (let now = 0; now < untilMs; now++) {
    for (const action of table.wake(now)) {
      did.push(action);
      if (action.kind === "probe") did.push(...table.onPacket(answer, PLACE.linkIndex, now));
    }
    table.nextWake();
  }
  return did;
}
