import assert from "node:assert/strict";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import { generate } from "./generate.ts";
import { withPreferences } from "./preferred.ts";
import { simulate } from "./simulate.ts";
import { Stage } from "./stage.ts";

const NODES = ["n1", "n2", "n3"];
const NODES_IN_FAULTS = 5;
const SEEDS = 12;

/** Longer than a preferred node takes to get what it is to have. */
const MOVED_MS = 12_000;

for (const vip of ["10.0.1.200", "fd00:1::1:200"]) {
  const [first = "", second = "", third = ""] = rankNodes(NODES, vip);
  const stageOf = (...preferred: readonly string[]): Stage => {
    const stage = new Stage({ nodes: NODES, addresses: [vip] });
    stage.apply({ kind: "prefer", domain: 0, nodes: preferred });
    stage.run(8_000);
    return stage;
  };
  const check = (stage: Stage, ...want: readonly string[]) => (): void => {
    assert.deepEqual(stage.answering(vip), want);
  };

  Deno.test(`${vip}: a new address is claimed by the preferred node, whatever its hash`, () => {
    const stage = stageOf(third);
    check(stage, third)();
    assert.equal(stage.count("claimed"), 1);
  });

  Deno.test(`${vip}: of those that are left the most preferred follows`, () => {
    const stage = stageOf(third, second);
    stage.apply({ kind: "crash", node: third });
    stage.run(300);
    check(stage, second)();
  });

  Deno.test(`${vip}: a change of what is preferred moves an address once, without a gap`, () => {
    const stage = stageOf();
    check(stage, first)();
    stage.apply({ kind: "prefer", domain: 0, nodes: [third] });
    stage.run(MOVED_MS, () => assert.ok(stage.answering(vip).length <= 1));
    check(stage, third)();
    stage.run(300_000, check(stage, third));
    assert.equal(stage.count("claimed"), 2);
  });

  Deno.test(`${vip}: it stays where it is when nobody is preferred any more`, () => {
    const stage = stageOf(third);
    stage.apply({ kind: "prefer", domain: 0, nodes: [] });
    stage.run(120_000, check(stage, third));
  });

  Deno.test(`${vip}: a preferred node that returns gets it, when it has been there for a while`, () => {
    const stage = stageOf(third);
    stage.apply({ kind: "crash", node: third });
    stage.run(2_000);
    check(stage, first)();
    stage.apply({ kind: "boot", node: third, silentMs: 0 });
    stage.run(9_000, check(stage, first));
    stage.run(MOVED_MS);
    check(stage, third)();
  });

  Deno.test(`${vip}: a preferred node that is excluded, and is not any more, gets it back`, () => {
    const stage = stageOf(third);
    stage.apply({ kind: "exclude", node: third });
    stage.run(1_000);
    check(stage, first)();
    stage.apply({ kind: "include", node: third });
    stage.run(MOVED_MS);
    check(stage, third)();
  });

  Deno.test(`${vip}: nothing moves for a preferred node without a speaker`, () => {
    const stage = stageOf();
    stage.apply({ kind: "kill", node: third }, { kind: "prefer", domain: 0, nodes: [third] });
    stage.run(300_000, check(stage, first));
  });

  Deno.test(`${vip}: where the first is not there, the next that is preferred gets it`, () => {
    const stage = stageOf();
    stage.apply({ kind: "crash", node: third });
    stage.apply({ kind: "prefer", domain: 0, nodes: [third, second] });
    stage.run(MOVED_MS + 20_000);
    check(stage, second)();
  });

  Deno.test(`${vip}: a preferred node that cannot bind is tried less and less often`, () => {
    const stage = stageOf();
    stage.apply({ kind: "refuse-writes", node: third });
    stage.apply({ kind: "prefer", domain: 0, nodes: [third] });
    stage.run(3_600_000);
    const given = stage.events.filter(({ action }) =>
      action.kind === "released" && action.reason === "preferred"
    );
    assert.ok(given.length >= 2 && given.length <= 20, `${given.length}`);
  });
}

Deno.test("no rule is broken where nodes are preferred, and others are later", async (t) => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    await t.step(`seed ${seed}`, () => {
      const scenario = withPreferences(generate({ seed, nodes: NODES_IN_FAULTS }));
      assert.deepEqual(simulate(scenario).violations, []);
    });
  }
});
