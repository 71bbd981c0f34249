/** A stranger comes to use an address that a node holds: RFC 5227 §2.4. */
import assert from "node:assert/strict";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import type { TableAction } from "../../speaker/ownership/table_action.ts";
import { Stage } from "./stage.ts";

const NODES = ["n1", "n2", "n3"];
const SETTLED_MS = 8_000;
const IPV4 = "10.0.1.200";
const IPV6 = "fd00:1::1:200";

for (const vip of [IPV4, IPV6]) {
  const [first = ""] = rankNodes(NODES, vip);

  Deno.test(`${vip}: a stranger that stays gets it, after one announcement against it`, () => {
    const stage = settled(vip);
    stage.apply({ kind: "stranger", address: vip });
    stage.run(1_010);
    assert.deepEqual(stage.answering(vip), []);
    const wanted = ["announce", "conflict defended", "unbind", "released", "conflict released"];
    assert.deepEqual(said(stage, first).filter((each) => wanted.includes(each)), wanted);
    stage.run(120_000, () => assert.deepEqual(stage.answering(vip), []));
  });

  Deno.test(`${vip}: it is claimed again within 15 s when the stranger has left it`, () => {
    for (const forMs of [1_500, 12_345, 61_000]) {
      const stage = settled(vip);
      stage.apply({ kind: "stranger", address: vip });
      stage.run(forMs);
      stage.apply({ kind: "stranger-leaves", address: vip });
      stage.run(15_000);
      assert.equal(stage.answering(vip).length, 1, `after ${forMs} ms`);
    }
  });

  Deno.test(`${vip}: a stranger that gives way costs the holder one announcement`, () => {
    const stage = settled(vip);
    stage.apply({ kind: "stranger", address: vip }, { kind: "stranger-leaves", address: vip });
    stage.run(11_000, () => assert.deepEqual(stage.answering(vip), [first]));
    const count = (what: string): number =>
      said(stage, first).filter((each) => each === what).length;
    assert.deepEqual(
      [count("conflict defended"), count("conflict-over"), count("released")],
      [1, 1, 0],
    );
  });
}

Deno.test("every node that told of a conflict tells when it is over", () => {
  const stage = settled(IPV4);
  stage.apply({ kind: "stranger", address: IPV4 });
  stage.run(5_000);
  stage.apply({ kind: "stranger-leaves", address: IPV4 });
  stage.run(30_000);
  for (const node of NODES) {
    const told = said(stage, node).filter((each) => each.startsWith("conflict"));
    assert.equal(told.at(-1), "conflict-over", `${node}: ${told}`);
  }
});

Deno.test("an address that a stranger has costs a few frames in a minute", () => {
  const stage = settled(IPV4);
  stage.apply({ kind: "stranger", address: IPV4 });
  stage.run(10_000);
  const before = stage.frames;
  stage.run(60_000);
  // One question of each node in ten seconds.
  assert.ok(stage.frames - before <= 3 * 7, `${stage.frames - before} frames`);
});

function settled(vip: string): Stage {
  const stage = new Stage({ nodes: NODES, addresses: [vip] });
  stage.run(SETTLED_MS);
  return stage;
}

/** What a node wanted done since everything had found its place. */
function said(stage: Stage, node: string): readonly string[] {
  return stage.events.filter((event) => event.node === node && event.at >= SETTLED_MS)
    .map(({ action }) => word(action));
}

function word(action: TableAction): string {
  return action.kind === "conflict" ? `conflict ${action.outcome}` : action.kind;
}
