import assert from "node:assert/strict";
import { rankNodes } from "../../speaker/rank.ts";
import { VirtualLan } from "./virtual_lan.ts";

const NODES = ["n1", "n2", "n3"];
const VIP = "192.168.0.200";
const [FIRST = "", SECOND = "", THIRD = ""] = rankNodes(NODES, VIP);

function settled(addresses: readonly string[] = [VIP]): VirtualLan {
  const lan = new VirtualLan(NODES);
  lan.boot();
  lan.assign(addresses);
  lan.run(2_000);
  return lan;
}

Deno.test("a new address is claimed by the first in rank, after 150 ms of silence", () => {
  const lan = new VirtualLan(NODES);
  lan.assign([VIP]);
  lan.run(149);
  assert.deepEqual(lan.answering(VIP), []);
  lan.run(5);
  assert.deepEqual(lan.answering(VIP), [FIRST]);
  lan.run(5_000, () => assert.deepEqual(lan.answering(VIP), [FIRST]));
});

Deno.test("a node that is away does not keep the next in rank from claiming", () => {
  const lan = new VirtualLan(NODES);
  lan.crash(FIRST);
  lan.assign([VIP]);
  lan.run(150 + 150 + 150 + 10);
  assert.deepEqual(lan.answering(VIP), [SECOND]);
});

Deno.test("after a crash another node answers within 0.3 s, whenever it happens", () => {
  for (let offset = 0; offset < 120; offset += 7) {
    const lan = settled();
    lan.run(offset);
    lan.crash(FIRST);
    const crashedAt = lan.now;
    let answeredAt = Infinity;
    lan.run(1_000, () => {
      if (lan.answering(VIP).length > 0) answeredAt = Math.min(answeredAt, lan.now);
    });
    assert.ok(answeredAt - crashedAt <= 260, `${answeredAt - crashedAt} ms`);
    assert.deepEqual(lan.answering(VIP), [SECOND]);
  }
});

Deno.test("a node that returns does not take its address back", () => {
  const lan = settled();
  lan.crash(FIRST);
  lan.run(2_000);
  lan.start(FIRST);
  lan.run(10_000, () => assert.deepEqual(lan.answering(VIP), [SECOND]));
  assert.equal(lan.stateOf(FIRST, VIP), "occupied");
});

Deno.test("two crashes at once: the third node answers", () => {
  const lan = settled();
  lan.crash(FIRST);
  lan.crash(SECOND);
  lan.run(1_000);
  assert.deepEqual(lan.answering(VIP), [THIRD]);
});

Deno.test("a killed process that is back within the lifetime changes nothing", () => {
  const lan = settled();
  lan.kill(FIRST);
  const before = lan.events.length;
  const check = (): void => assert.deepEqual(lan.answering(VIP), [FIRST]);
  lan.run(5_000, check);
  lan.start(FIRST);
  lan.run(40_000, check);
  const claims = lan.events.slice(before).filter(({ action }) => action.kind === "claimed");
  assert.deepEqual(claims, []);
});

Deno.test("a killed process that stays away is replaced when the lifetime ends, never before", () => {
  const lan = settled();
  lan.kill(FIRST);
  lan.run(40_000, () => assert.ok(lan.answering(VIP).length <= 1));
  assert.deepEqual(lan.answering(VIP), [SECOND]);
});

Deno.test("a frozen process that outlives its lifetime does not come back as second owner", () => {
  const lan = settled();
  lan.freeze(FIRST);
  lan.run(40_000);
  assert.deepEqual(lan.answering(VIP), [SECOND]);
  lan.thaw(FIRST);
  lan.run(20_000, () => assert.deepEqual(lan.answering(VIP), [SECOND]));
});

Deno.test("an orderly release hands over within 20 ms", () => {
  const lan = settled();
  lan.release(FIRST);
  lan.run(20);
  assert.deepEqual(lan.answering(VIP), [SECOND]);
});

Deno.test("a node that is not eligible any more hands over", () => {
  const lan = settled();
  lan.assign([VIP], { eligible: NODES.filter((node) => node !== FIRST) });
  lan.run(20);
  assert.deepEqual(lan.answering(VIP), [SECOND]);
});

Deno.test("an address that no Service has any more is claimed by nobody", () => {
  const lan = settled();
  const claims = (): number => lan.events.filter(({ action }) => action.kind === "claimed").length;
  const before = claims();
  lan.assign([], { to: FIRST });
  lan.run(5);
  lan.assign([]);
  lan.run(5_000);
  assert.deepEqual([lan.answering(VIP), claims()], [[], before]);
});

Deno.test("a healed partition leaves one owner, the better in rank", () => {
  const lan = settled();
  lan.cut([FIRST], 1);
  lan.run(2_000);
  assert.deepEqual(lan.answering(VIP).toSorted(), [FIRST, SECOND].toSorted());
  lan.cut([FIRST], 0);
  lan.run(70_000);
  assert.deepEqual(lan.answering(VIP), [FIRST]);
});

Deno.test("an address that a stranger has is claimed by nobody, and by the first when it is free", () => {
  const lan = new VirtualLan(NODES);
  lan.boot();
  lan.addStranger(VIP);
  lan.assign([VIP]);
  lan.run(60_000);
  assert.deepEqual(lan.answering(VIP), []);
  assert.ok(lan.events.some(({ action }) => action.kind === "conflict"));
  lan.removeStranger(VIP);
  lan.run(30_000);
  assert.equal(lan.answering(VIP).length, 1);
});

Deno.test("many addresses fail over together", () => {
  const addresses = Array.from({ length: 300 }, (_, i) => `192.168.${1 + (i >> 8)}.${i & 255}`);
  const lan = settled(addresses);
  const owners = (): number[] => addresses.map((address) => lan.answering(address).length);
  assert.deepEqual(new Set(owners()), new Set([1]));
  lan.crash("n1");
  lan.run(400);
  assert.deepEqual(new Set(owners()), new Set([1]));
});

Deno.test("an IPv6 address is held and taken over as an IPv4 one is, each on its own", () => {
  const both = [VIP, "fd00::200"];
  const lan = settled(both);
  for (const node of NODES) {
    const held = both.filter((address) => lan.answering(address).includes(node));
    if (held.length === 0) continue;
    lan.crash(node);
    lan.run(1_000);
    for (const address of both) assert.equal(lan.answering(address).length, 1, address);
    lan.start(node);
    lan.run(2_000);
  }
});
