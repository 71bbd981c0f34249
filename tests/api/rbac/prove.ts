import { deepEqual, equal, ok } from "node:assert/strict";
import type { Deed, RightRow } from "./deed.ts";
import type { Role } from "./rights.ts";
import { type Cluster, RightsStage, type StageOptions } from "./stage.ts";

/** So many stages at once: they wait more than they work. */
const AT_ONCE = 20;

/** At most so long it is looked whether a deed is done after all. */
const LOOK_MS = 5_000;

/**
 * A step for each deed, which is done with all rights, none of them refused; and one for each row, whose deed is
 * not done without its right, given the time that it took with it. Without it the role goes on, and a warning of
 * its log names verb and resource.
 */
export async function proveRows(
  t: Deno.TestContext,
  cluster: Cluster,
  role: Role,
  rows: readonly RightRow[],
): Promise<void> {
  const tookMs = new Map<Deed, number>();
  const deeds = [...new Set(rows.map(({ deed }) => deed))];
  await runSteps(
    t,
    deeds.map((deed, i) => ({
      name: deed.name,
      run: async () =>
        void tookMs.set(deed, await proveDone(cluster, { role, number: i + 1 }, deed)),
    })),
  );
  await runSteps(
    t,
    rows.map((row, i) => {
      const { right: without, breaks, deed } = row;
      const options = { role, number: deeds.length + i + 1, without };
      const expectMs = tookMs.get(deed) ?? LOOK_MS;
      const lookMs = Math.min(LOOK_MS, expectMs);
      return {
        expectMs,
        name: `without ${without}: ${breaks}`,
        run: () => proveNotDone(cluster, options, row, lookMs),
      };
    }),
  );
}

/** A role that lacks a right and is given it does its deed, without being started again. */
export async function proveGiven(
  cluster: Cluster,
  options: StageOptions & { readonly without: string },
  deed: Deed,
): Promise<void> {
  await using stage = await RightsStage.open(cluster, options);
  await begin(stage, deed);
  await deed.act?.(stage);
  await stage.until("a refusal", () => stage.refusals(options.without) > 0);
  equal(await deed.isDone(stage), false);
  await stage.giveAll();
  await stage.until(deed.name, () => deed.isDone(stage));
}

/** @returns how long it took, in ms */
async function proveDone(cluster: Cluster, options: StageOptions, deed: Deed): Promise<number> {
  await using stage = await RightsStage.open(cluster, options);
  await begin(stage, deed);
  const startedAt = performance.now();
  await deed.act?.(stage);
  await stage.until(deed.name, () => deed.isDone(stage));
  const tookMs = performance.now() - startedAt;
  deepEqual(stage.refused(), []);
  equal(stage.failure, undefined);
  return tookMs;
}

async function proveNotDone(
  cluster: Cluster,
  options: StageOptions,
  { right, deed }: RightRow,
  lookMs: number,
): Promise<void> {
  await using stage = await RightsStage.open(cluster, options);
  await begin(stage, deed);
  const before = stage.refusals(right);
  await deed.act?.(stage);
  // What is refused after the act is what the deed would have needed.
  await stage.until(`a refusal to ${right}`, () => stage.refusals(right) > before);
  const end = performance.now() + lookMs;
  do {
    equal(await deed.isDone(stage), false, `${deed.name}, without "${right}"`);
  } while (performance.now() < end);
  deepEqual(stage.refused(), [right]);
  ok(stage.hasWarnedOf(right), `no warning names "${right}"`);
  equal(stage.failure, undefined);
}

async function begin(stage: RightsStage, deed: Deed): Promise<void> {
  await deed.before?.(stage);
  stage.start();
  if (deed.act !== undefined) await stage.untilReady();
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<void>;
  /** The longest begin first. @default 0 */
  readonly expectMs?: number;
}

/** Runs all, some at once, and then tells of each in its order. */
async function runSteps(t: Deno.TestContext, steps: readonly Step[]): Promise<void> {
  const outcomes = new Map<Step, PromiseSettledResult<void>>();
  const queue = steps.toSorted((a, b) => (b.expectMs ?? 0) - (a.expectMs ?? 0)).values();
  const work = async (): Promise<void> => {
    for (const step of queue) {
      const [outcome] = await Promise.allSettled([step.run()]);
      outcomes.set(step, outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const step of steps) {
    await t.step(step.name, () => {
      const outcome = outcomes.get(step);
      if (outcome?.status === "rejected") throw outcome.reason;
    });
  }
}
