/**
 * Nodes with several interfaces on one segment: Linux answers an ARP request on all of them (arp_ignore 0,
 * "ARP flux"), each with its own MAC. To everybody else that is one holder.
 */
import assert from "node:assert/strict";
import type { Mac } from "../../ip/mac.ts";
import { arpAnnouncements, type ArpPacket, arpProbe } from "../wire/arp.ts";
import { Table } from "./table.ts";
import type { TableAction } from "./table_action.ts";
import {
  desired,
  FURTHER,
  ip,
  OTHER,
  OWN,
  PLACE,
  STRANGER,
  VIP,
} from "../../tests/ownership/stage.ts";

const SECOND_VIP = "192.168.0.201";

Deno.test("answers of one node from several MACs are no conflict, and move nothing", () => {
  const table = watching([VIP]);
  const did = [OTHER, ...FURTHER.n2, OTHER, ...FURTHER.n2].flatMap((mac) =>
    table.onPacket(answer(mac, VIP), 1, 20)
  );
  assert.deepEqual(did, []);
  assert.deepEqual(occupant(table), { mac: FURTHER.n2.at(-1), node: "n2" });
});

Deno.test("the watch asks one MAC, once in 100 ms, the one that answered last", () => {
  const table = watching([VIP]);
  const asked: (Mac | undefined)[] = [];
  for (let now = 20; now < 1_020; now++) {
    for (const action of table.wake(now)) {
      if (action.kind !== "probe") continue;
      asked.push(action.to);
      // A question to one interface is answered by that interface.
      const mac = action.to ?? STRANGER;
      assert.deepEqual(table.onPacket(answer(mac, VIP), 1, now), []);
    }
    table.nextWake();
  }
  assert.deepEqual(new Set(asked), new Set([OTHER]));
  assert.ok(asked.length >= 9 && asked.length <= 11, `${asked.length} questions`);
});

Deno.test("an interface that stops answering is replaced by another of the same node", () => {
  const [, third] = FURTHER.n2;
  const table = watching([VIP]);
  const did: TableAction[] = [];
  for (let now = 20; now < 3_020; now++) {
    for (const action of table.wake(now)) {
      did.push(action);
      if (action.kind !== "probe" || (action.to !== undefined && action.to !== third)) continue;
      did.push(...table.onPacket(answer(third, VIP), 1, now));
    }
    table.nextWake();
  }
  const kinds = new Set(did.map(({ kind }) => kind));
  assert.deepEqual(kinds, new Set(["probe"]));
  const broadcasts = did.filter((action) => action.kind === "probe" && action.to === undefined);
  assert.equal(broadcasts.length, 1, "one suspicion, answered by the other interface");
  assert.deepEqual(occupant(table), { mac: third, node: "n2" });
});

Deno.test("a release signal from another interface of the holder is one", () => {
  const table = watching([VIP]);
  const did = table.onPacket(arpProbe(FURTHER.n2[0], PLACE.address), 1, 50);
  assert.deepEqual(did, [{ kind: "bind", at: PLACE }]);
});

Deno.test("what this node's other interfaces say is no conflict", () => {
  const table = new Table({ node: "n1" });
  table.adopt(PLACE, 0, 0);
  table.setDesired(desired([VIP]), 0);
  for (const mac of [OWN.n1, ...FURTHER.n1]) {
    assert.deepEqual(table.onPacket(answer(mac, VIP), 1, 1_000), []);
    for (const packet of arpAnnouncements(mac, PLACE.address)) {
      assert.deepEqual(table.onPacket(packet, 1, 1_000), []);
    }
  }
});

Deno.test("a node that falls silent on one link is not silent on another", () => {
  const table = new Table({ node: "n1" });
  const base = desired([VIP, SECOND_VIP]);
  const claimable = new Map(base.claimable);
  const second = claimable.get(SECOND_VIP);
  assert.ok(second);
  claimable.set(SECOND_VIP, { ...second, linkIndex: 2 });
  table.setDesired({ ...base, claimable }, 0);
  table.onPacket(answer(OTHER, VIP), 1, 10);
  table.onPacket(answer(OTHER, SECOND_VIP), 2, 10);
  const did: TableAction[] = [];
  for (let now = 10; now < 1_000; now++) {
    for (const action of table.wake(now)) {
      did.push(action);
      const isSecond = action.kind === "probe" && action.at.key === SECOND_VIP;
      if (isSecond) did.push(...table.onPacket(answer(OTHER, SECOND_VIP), 2, now));
    }
    table.nextWake();
  }
  const bound = did.filter(({ kind }) => kind === "bind");
  assert.deepEqual(bound, [{ kind: "bind", at: PLACE }]);
  assert.equal(table.entry(SECOND_VIP)?.state?.kind, "occupied");
});

Deno.test("a stranger of whom the API tells that it is a node is watched like one", () => {
  const table = new Table({ node: "n1" });
  const known = desired([VIP]);
  table.setDesired({ ...known, nodeOfMac: new Map([[OWN.n1, "n1"]]) }, 0);
  const [conflict] = table.onPacket(answer(OTHER, VIP), 1, 10);
  assert.deepEqual(conflict, { kind: "conflict", at: PLACE, mac: OTHER, outcome: "not-claimed" });
  assert.deepEqual(table.setDesired(known, 20), [{ kind: "conflict-over", at: PLACE }]);
  const asked = Array.from({ length: 120 }, (_, i) => table.wake(20 + i)).flat();
  assert.deepEqual(asked[0], { kind: "probe", at: PLACE, to: OTHER });
});

/** `n2` holds these addresses, and `n1` may. */
function watching(keys: readonly string[]): Table {
  const table = new Table({ node: "n1" });
  table.setDesired(desired(keys), 0);
  for (const key of keys) table.onPacket(answer(OTHER, key), 1, 10);
  table.nextWake();
  return table;
}

function occupant(table: Table): unknown {
  const state = table.entry(VIP)?.state;
  return state?.kind === "occupied" ? state.by : undefined;
}

function answer(mac: Mac, key: string): ArpPacket {
  return {
    operation: "reply",
    senderMac: mac,
    senderIp: ip(key),
    targetMac: OWN.n1,
    targetIp: ip("0.0.0.0"),
  };
}
