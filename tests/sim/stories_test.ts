import assert from "node:assert/strict";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import { Stage } from "./stage.ts";

const NODES = ["n1", "n2", "n3"];
const IPV4 = "10.0.1.200";
const IPV6 = "fd00:1::1:200";

/** Three nodes that have found their places, and who ranks where. */
function settled(vip: string, seed?: number): readonly [Stage, string, string, string] {
  const stage = new Stage({
    nodes: NODES,
    addresses: [vip],
    ...seed === undefined ? {} : { seed },
  });
  const [first = "", second = "", third = ""] = rankNodes(NODES, vip);
  stage.run(8_000);
  assert.deepEqual(stage.answering(vip), [first]);
  return [stage, first, second, third];
}

for (const vip of [IPV4, IPV6]) {
  Deno.test(`${vip}: a node that is away does not keep the next in rank from claiming`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "delete", address: vip });
    stage.run(2_000);
    stage.apply({ kind: "crash", node: first }, { kind: "create", address: vip });
    stage.run(1_000);
    assert.deepEqual(stage.answering(vip), [second]);
  });

  Deno.test(`${vip}: after a crash another node answers within 0.27 s, whenever it happens`, () => {
    for (let seed = 1; seed <= 16; seed++) {
      const [stage, first, second] = settled(vip, seed);
      stage.run(seed * 7);
      stage.apply({ kind: "crash", node: first });
      stage.run(270);
      assert.deepEqual(stage.answering(vip), [second]);
    }
  });

  Deno.test(`${vip}: a node that returns does not take it back`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "crash", node: first });
    stage.run(2_000);
    stage.apply({ kind: "boot", node: first, silentMs: 0 });
    stage.run(20_000, () => assert.deepEqual(stage.answering(vip), [second]));
    assert.equal(stage.stateOf(first, vip), "occupied");
  });

  Deno.test(`${vip}: two crashes at once: the third node answers`, () => {
    const [stage, first, second, third] = settled(vip);
    stage.apply({ kind: "crash", node: first }, { kind: "crash", node: second });
    stage.run(1_000);
    assert.deepEqual(stage.answering(vip), [third]);
  });

  Deno.test(`${vip}: a killed process that is back within the lifetime changes nothing`, () => {
    const [stage, first] = settled(vip);
    const claims = stage.count("claimed");
    const check = (): void => assert.deepEqual(stage.answering(vip), [first]);
    stage.apply({ kind: "kill", node: first });
    stage.run(15_000, check);
    stage.apply({ kind: "restart", node: first });
    stage.run(60_000, check);
    assert.equal(stage.count("claimed"), claims);
  });

  Deno.test(`${vip}: a killed process that stays away is replaced when the lifetime ends`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "kill", node: first });
    stage.run(19_000, () => assert.deepEqual(stage.answering(vip), [first]));
    stage.run(15_000, () => assert.ok(stage.answering(vip).length <= 1));
    assert.deepEqual(stage.answering(vip), [second]);
  });

  Deno.test(`${vip}: a frozen process that outlives its lifetime is no second owner`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "freeze", node: first });
    stage.run(40_000);
    assert.deepEqual(stage.answering(vip), [second]);
    stage.apply({ kind: "thaw", node: first });
    stage.run(20_000, () => assert.deepEqual(stage.answering(vip), [second]));
  });

  Deno.test(`${vip}: an orderly release hands over within 20 ms`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "release", node: first });
    stage.run(20);
    assert.deepEqual(stage.answering(vip), [second]);
  });

  Deno.test(`${vip}: a node that is not eligible any more hands over`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "exclude", node: first });
    stage.run(600);
    assert.deepEqual(stage.answering(vip), [second]);
  });

  Deno.test(`${vip}: an address that no Service has any more is claimed by nobody`, () => {
    const [stage] = settled(vip);
    const claims = stage.count("claimed");
    stage.apply({ kind: "delete", address: vip });
    stage.run(5_000);
    assert.deepEqual([stage.answering(vip), stage.count("claimed")], [[], claims]);
  });

  Deno.test(`${vip}: a healed partition leaves one owner, the better in rank`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "cut", domain: 0, nodes: [first] });
    stage.run(2_000);
    assert.deepEqual(stage.answering(vip).toSorted(), [first, second].toSorted());
    stage.apply({ kind: "heal", domain: 0 });
    stage.run(70_000);
    assert.deepEqual(stage.answering(vip), [first]);
  });

  Deno.test(`${vip}: what a stranger has is claimed by nobody, and by one when it is free`, () => {
    const stage = new Stage({ nodes: NODES, addresses: [vip] });
    stage.apply({ kind: "stranger", address: vip });
    stage.run(60_000, () => assert.deepEqual(stage.answering(vip), []));
    assert.ok(stage.count("conflict") > 0);
    stage.apply({ kind: "stranger-leaves", address: vip });
    stage.run(30_000);
    assert.equal(stage.answering(vip).length, 1);
  });

  Deno.test(`${vip}: a machine that stood still lets go of what was taken from it`, async (t) => {
    for (const clock of ["stops", "runs"] as const) {
      await t.step(`its clock ${clock}`, () => {
        const [stage, first, second] = settled(vip);
        stage.apply({ kind: "pause", node: first, clock });
        stage.run(120_000);
        assert.deepEqual(stage.answering(vip).toSorted(), [first, second].toSorted());
        stage.apply({ kind: "resume", node: first });
        stage.run(clock === "runs" ? 1_000 : 61_000);
        assert.equal(stage.answering(vip).length, 1);
      });
    }
  });

  Deno.test(`${vip}: a node whose kernel refuses to bind leaves it to another`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "delete", address: vip });
    stage.run(2_000);
    stage.apply({ kind: "refuse-writes", node: first }, { kind: "create", address: vip });
    stage.run(4_000);
    assert.deepEqual(stage.answering(vip), [second]);
    stage.apply({ kind: "take-writes", node: first });
    stage.run(20_000, () => assert.deepEqual(stage.answering(vip), [second]));
  });

  Deno.test(`${vip}: a node that cannot send takes no address for free`, () => {
    const [stage, first, second] = settled(vip);
    stage.apply({ kind: "refuse-sends", node: second, domain: 0 });
    stage.run(60_000, () => assert.deepEqual(stage.answering(vip), [first]));
    stage.apply({ kind: "take-sends", node: second, domain: 0 });
    stage.run(10_000, () => assert.deepEqual(stage.answering(vip), [first]));
  });

  Deno.test(`${vip}: a node that is deleted from the API lets go, and another follows`, () => {
    const [stage, first] = settled(vip);
    stage.apply({ kind: "remove", node: first });
    stage.run(10_000);
    const [owner = ""] = stage.answering(vip);
    assert.ok(owner !== "" && owner !== first, `held by "${owner}"`);
    stage.apply({ kind: "add", node: first });
    stage.run(10_000, () => assert.deepEqual(stage.answering(vip), [owner]));
  });

  Deno.test(`${vip}: an address whose pool is gone is let go of, and taken again with it`, () => {
    const [stage, first] = settled(vip);
    stage.apply({ kind: "pool", domain: 0, without: [vip] });
    stage.run(2_000);
    assert.deepEqual(stage.answering(vip), []);
    stage.apply({ kind: "pool", domain: 0, without: [] });
    stage.run(2_000);
    assert.deepEqual(stage.answering(vip), [first]);
  });
}

Deno.test("many addresses fail over together", () => {
  const addresses = Array.from({ length: 250 }, (_, i) => `10.0.1.${i}`);
  const stage = new Stage({ nodes: NODES, addresses });
  const owners = (): ReadonlySet<number> =>
    new Set(addresses.map((address) => stage.answering(address).length));
  stage.run(8_000);
  assert.deepEqual(owners(), new Set([1]));
  stage.apply({ kind: "crash", node: "n1" });
  stage.run(400);
  assert.deepEqual(owners(), new Set([1]));
});
