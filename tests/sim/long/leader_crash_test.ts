import assert from "node:assert/strict";
import type { Service } from "../../../kube/mod.ts";
import { LeaderFate } from "../../leader_fate.ts";
import { type Scenario, SCENARIOS } from "../../leader_scenarios.ts";
import { type Death, MOMENTS, mortalKube } from "../../mortal_kube.ts";

/** What one run of a scenario leaves. */
interface Course {
  /** What the API says about the Services after each step. */
  readonly states: readonly unknown[];
  /** What each Service had, one after the other. */
  readonly histories: Readonly<Record<string, readonly string[]>>;
  readonly clashes: readonly string[];
  /** What users were told about Services. */
  readonly told: readonly string[];
  /** The writes of the first leader. */
  readonly writes: readonly string[];
  readonly hasDied: boolean;
}

/** Longer than a Lease lasts. */
const TAKEOVER_MS = 18_000;
const STEP_MS = 1_500;

/** One leader, and after its death another, which knows only what the API has. */
async function runScenario({ steps }: Scenario, death?: Death): Promise<Course> {
  await using fate = new LeaderFate();
  await fate.installKinds();
  const first = mortalKube(fate.open(), death, () => process.stop());
  const process = fate.start(first, "first");
  let hasSuccessor = false;
  const states: unknown[] = [];
  for (const step of [[], ...steps]) {
    await fate.ask(...step);
    await fate.clock.advance(STEP_MS);
    if (first.isDead && !hasSuccessor) {
      hasSuccessor = true;
      fate.start(fate.open(), "second");
      await fate.clock.advance(TAKEOVER_MS);
    }
    states.push([...fate.services.values()].map(lasting));
  }
  const { histories, clashes } = fate.chronicle;
  const told = (await fate.told()).filter((text) => !text.includes("Configuration: "));
  return { states, histories, clashes, told, writes: [...first.writes], hasDied: first.isDead };
}

/** What has to be the same whoever wrote it, and when. */
function lasting({ meta, ingress, conditions }: Service): unknown {
  const said = conditions.map(({ type, status, reason, message }) => ({
    type,
    status,
    reason,
    message,
  }));
  return { name: meta.name, ingress, annotations: meta.annotations, said };
}

/** What was told in one run more often than in the other. */
function missingIn(told: readonly string[], all: readonly string[]): readonly string[] {
  const left = [...told];
  return all.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

/** Events follow the write that they tell of, so the dead leader may have owed those about its last ones. */
function assertTold(course: Course, undisturbed: Course, where: string): void {
  assert.deepEqual(missingIn(undisturbed.told, course.told), [], `${where}: told too often`);
  for (const text of missingIn(course.told, undisturbed.told)) {
    const path = `/services/${text.slice(0, text.indexOf(":"))}/status`;
    assert.ok(course.writes.some((write) => write.endsWith(path)), `${where}: not told ${text}`);
  }
}

for (const scenario of SCENARIOS) {
  Deno.test(`a leader that dies at any write changes nothing: ${scenario.name}`, async () => {
    const undisturbed = await runScenario(scenario);
    assert.ok(undisturbed.writes.length > 30, `${undisturbed.writes.length} writes`);
    const deaths = undisturbed.writes.flatMap((_, write) =>
      MOMENTS.map((moment) => ({ write, moment }))
    );
    await Promise.all(deaths.map(async (death) => {
      const course = await runScenario(scenario, death);
      const where = `${death.moment} ${death.write}: ${undisturbed.writes[death.write]}`;
      assert.ok(course.hasDied, where);
      assert.deepEqual(course.states, undisturbed.states, where);
      assert.deepEqual(course.histories, undisturbed.histories, where);
      assert.deepEqual(course.clashes, undisturbed.clashes, where);
      assertTold(course, undisturbed, where);
    }));
  });
}
