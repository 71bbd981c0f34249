import assert from "node:assert/strict";
import type { KubeCall } from "../../../kube/mod.ts";
import { clashesAmong } from "../../clashes.ts";
import { freezableKube } from "../../freezable_kube.ts";
import { LeaderFate } from "../../leader_fate.ts";
import { configure, create, remove, type Scenario, SCENARIOS } from "../../leader_scenarios.ts";

/** Longer than a Lease lasts. */
const TAKEOVER_MS = 18_000;
const STEP_MS = 1_500;

/** How many writes may be on their way at once, and so be late. */
const CONCURRENCY = 4;

/**
 * A leader stops before it sends this write; while it stands still another takes over and users take the
 * next step. Then it goes on, with what it had decided long ago. False when it never came to this write.
 */
async function runScenario({ steps }: Scenario, write: number): Promise<boolean> {
  await using fate = new LeaderFate();
  await fate.installKinds();
  const first = freezableKube(fate.open(), (_, n) => n === write);
  fate.start(first, "first", { concurrency: CONCURRENCY });
  let hasSuccessor = false;
  for (const step of [[], ...steps, []]) {
    await fate.ask(...step);
    await fate.clock.advance(STEP_MS);
    if (hasSuccessor) {
      first.thaw();
      await fate.clock.advance(STEP_MS);
    } else if (first.isFrozen) {
      hasSuccessor = true;
      fate.start(fate.open(), "second");
      await fate.clock.advance(TAKEOVER_MS);
    }
  }
  first.thaw();
  await fate.clock.advance(STEP_MS);
  const late = first.late.filter(({ path }) => /\/services\/[^/]+\/status$/.test(path));
  assert.deepEqual(late.filter(({ isTaken }) => isTaken), [], `write ${write}`);
  assert.ok(late.length <= CONCURRENCY, `write ${write}`);
  assert.deepEqual(clashesAmong([...fate.services.values()]), [], `write ${write}`);
  return hasSuccessor;
}

for (const scenario of SCENARIOS) {
  Deno.test(`what a stopped leader sends late is refused: ${scenario.name}`, async () => {
    const courses = await Promise.all(
      Array.from({ length: 80 }, (_, write) => runScenario(scenario, write)),
    );
    assert.ok(courses.filter(Boolean).length > 30);
    assert.equal(courses.at(-1), false, "more writes than are tried");
  });
}

Deno.test("what is written late to a Service that nobody else wrote to is found, the older keeps", async () => {
  await using fate = new LeaderFate();
  const isAssignment = ({ path, body }: KubeCall): boolean =>
    path.endsWith("/waiting/status") && JSON.stringify(body).includes("10.0.0.1");
  const first = freezableKube(fate.open(), isAssignment);
  fate.start(first, "first");
  await fate.ask(configure("10.0.0.1-10.0.0.1"), create("holder"));
  await fate.clock.advance(STEP_MS);
  await fate.ask(create("waiting"));
  await fate.clock.advance(STEP_MS);
  await fate.ask(remove("holder"));
  await fate.clock.advance(STEP_MS);
  assert.ok(first.isFrozen);
  // Asks by name, so the successor serves it first; of the one that waits there is nothing new to say.
  await fate.ask(create("named", { loadBalancerIP: "10.0.0.1" }));
  fate.start(fate.open(), "second");
  await fate.clock.advance(TAKEOVER_MS);
  first.thaw();
  await fate.clock.advance(STEP_MS);
  assert.deepEqual(fate.chronicle.clashes, ["default/waiting default/named 10.0.0.1"]);
  assert.deepEqual(fate.chronicle.histories, {
    "default/holder": ["", "10.0.0.1"],
    "default/named": ["", "10.0.0.1", ""],
    "default/waiting": ["", "10.0.0.1"],
  });
});
