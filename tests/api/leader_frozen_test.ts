import assert from "node:assert/strict";
import { type ControlPlane, startControlPlane } from "../control_plane/mod.ts";
import { Chronicle } from "../chronicle.ts";
import { effort } from "../effort.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { type AuditedWrite, openAudit, readAudit } from "./audit.ts";
import { FrozenStage } from "./frozen_stage.ts";

const SERVICES_PER_ROUND = 30;

/** How many writes of a leader may be on their way at once: no more can be sent late. */
const CONCURRENCY = 16;

/** Pairs of leaders, each with a Lease and a class of its own, and how often one of each is stopped. */
const PAIRS = [
  { name: "one", program: "quick", range: "10.1.0.0/16", rounds: 5 * effort() },
  { name: "two", program: "quick", range: "10.2.0.0/16", rounds: 5 * effort() },
  { name: "three", program: "quick", range: "10.3.0.0/16", rounds: 5 * effort() },
  { name: "cli", program: "lanlord", range: "10.4.0.0/16", rounds: effort() },
] as const;

testWith(["apiserver"], "a leader that is stopped and goes on writes nothing new", async (t) => {
  const { folder, flags } = await openAudit();
  const users = PAIRS.flatMap(({ name }) => [`${name}-a`, `${name}-b`]);
  await using plane = await startControlPlane({ users, flags });
  try {
    const outcomes = PAIRS.map(async (pair) => ({ pair, said: await run(plane, folder, pair) }));
    for (const { pair, said } of await Promise.all(outcomes)) {
      await t.step(`${pair.rounds} times with ${pair.program}: ${said}`, () => {});
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

async function run(
  plane: ControlPlane,
  folder: string,
  pair: typeof PAIRS[number],
): Promise<string> {
  await using stage = await FrozenStage.open(plane, pair);
  for (let round = 0; round < pair.rounds; round++) {
    const creating = stage.create(`r${round}`, SERVICES_PER_ROUND);
    await delay(Math.random() * 400);
    const holder = await holderOf(folder, pair.name, undefined);
    stage.signal(holder, "SIGSTOP");
    await creating;
    // Whoever is stopped must find much that is not as it was.
    await stage.create(`s${round}`, SERVICES_PER_ROUND / 3);
    await holderOf(folder, pair.name, holder);
    const more = stage.create(`t${round}`, SERVICES_PER_ROUND / 3);
    await delay(Math.random() * 300);
    stage.signal(holder, "SIGCONT");
    await more;
    await stage.untilAssigned();
    await stage.deleteSome();
  }
  assert.deepEqual(stage.chronicle.clashes, []);
  assert.deepEqual(changed(stage.chronicle), []);
  const late = lateWrites(await readAudit(folder), pair.name);
  assert.ok(late.length <= pair.rounds * CONCURRENCY, `${late.length} late writes`);
  const taken = late.filter(({ status }) => status < 300).length;
  const { length } = Object.keys(stage.chronicle.histories);
  return `${length} Services, ${late.length} late writes, ${taken} taken`;
}

/** The holder of a pair's Lease; another one than `not`. */
async function holderOf(folder: string, pair: string, not: string | undefined): Promise<string> {
  return await eventually(`a holder of the Lease of ${pair}`, 60, async () => {
    const last = (await readAudit(folder)).findLast((write) =>
      write.resource === "leases" && write.object.startsWith(`${pair}/`) && write.holder !== ""
    );
    return last?.holder === not ? undefined : last?.holder;
  });
}

/** Services that ever had more than one address after the other. */
function changed({ histories }: Chronicle): readonly string[] {
  return Object.entries(histories)
    .filter(([, history]) => history.filter((text) => text !== "").length > 1)
    .map(([name, history]) => `${name}: ${history}`);
}

/** Writes to Services that were answered when another had the Lease. */
function lateWrites(writes: readonly AuditedWrite[], pair: string): readonly AuditedWrite[] {
  let holder = "";
  return writes.filter(({ user, resource, status, holder: next }) => {
    if (!user.startsWith(`${pair}-`)) return false;
    if (resource === "services") return user !== holder;
    if (status < 300) holder = next;
    return false;
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
