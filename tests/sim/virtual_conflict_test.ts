/** A stranger comes to use an address that a node holds: RFC 5227 §2.4. */
import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import { arpAnnouncements } from "../../speaker/arp.ts";
import { rankNodes } from "../../speaker/rank.ts";
import type { TableAction } from "../../speaker/table_action.ts";
import { VirtualLan } from "./virtual_lan.ts";
import { virtualMac } from "./virtual_mac.ts";

const NODES = ["n1", "n2", "n3"];
const FAMILIES = ["192.168.0.200", "fd00::200"] as const;
const STRANGER = virtualMac(0xee);

for (const vip of FAMILIES) {
  const [first = ""] = rankNodes(NODES, vip);

  Deno.test(`${vip}: a stranger that stays gets it, after one announcement against it`, () => {
    const lan = settled(vip);
    takes(lan, vip);
    lan.run(1_010);
    assert.deepEqual(lan.answering(vip), []);
    const wanted = ["announce", "conflict defended", "unbind", "released", "conflict released"];
    assert.deepEqual(said(lan, first).filter((each) => wanted.includes(each)), wanted);
    lan.run(120_000, () => assert.deepEqual(lan.answering(vip), []));
  });

  Deno.test(`${vip}: it is claimed again within 15 s when the stranger has left it`, () => {
    for (const forMs of [1_500, 12_345, 61_000]) {
      const lan = settled(vip);
      takes(lan, vip);
      lan.run(forMs);
      lan.removeStranger(vip);
      lan.run(15_000);
      assert.equal(lan.answering(vip).length, 1, `after ${forMs} ms`);
    }
  });

  Deno.test(`${vip}: a stranger that gives way costs the holder one announcement`, () => {
    const lan = settled(vip);
    const before = lan.events.length;
    announces(lan, vip);
    lan.run(11_000, () => assert.deepEqual(lan.answering(vip), [first]));
    const of = (node: string): readonly string[] =>
      lan.events.slice(before).filter((event) => event.node === node).map(({ action }) =>
        word(action)
      );
    const count = (what: string): number => of(first).filter((each) => each === what).length;
    assert.deepEqual(
      [count("conflict defended"), count("conflict-over"), count("released")],
      [1, 1, 0],
    );
  });
}

Deno.test("every node that told of a conflict tells when it is over", () => {
  const [vip] = FAMILIES;
  const lan = settled(vip);
  takes(lan, vip);
  lan.run(5_000);
  lan.removeStranger(vip);
  lan.run(30_000);
  for (const node of NODES) {
    const told = said(lan, node).filter((each) => each.startsWith("conflict"));
    assert.equal(told.at(-1), "conflict-over", `${node}: ${told}`);
  }
});

Deno.test("an address that a stranger has costs a few frames in a minute", () => {
  const [vip] = FAMILIES;
  const lan = settled(vip);
  takes(lan, vip);
  lan.run(10_000);
  const before = lan.frames;
  lan.run(60_000);
  // One question of each node in ten seconds.
  assert.ok(lan.frames - before <= 3 * 7, `${lan.frames - before} frames`);
});

function settled(vip: string): VirtualLan {
  const lan = new VirtualLan(NODES);
  lan.boot();
  lan.assign([vip]);
  lan.run(7_000);
  return lan;
}

/** The stranger announces the address once, and answers for it from now on. */
function takes(lan: VirtualLan, vip: string): void {
  lan.addStranger(vip);
  announces(lan, vip);
}

function announces(lan: VirtualLan, vip: string): void {
  for (const packet of arpAnnouncements(STRANGER, ip(vip))) lan.inject(packet);
}

function said(lan: VirtualLan, node: string): readonly string[] {
  return lan.events.filter((event) => event.node === node && event.at >= 7_000)
    .map(({ action }) => word(action));
}

function word(action: TableAction): string {
  return action.kind === "conflict" ? `conflict ${action.outcome}` : action.kind;
}

function ip(text: string): IpAddress {
  const address = parseIp(text);
  assert.ok(address);
  return address;
}
