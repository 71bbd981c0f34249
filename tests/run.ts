// deno-lint-ignore-file no-console
/**
 * `deno task test [tier…] [flags of deno test]`: runs the tiers, all of them by default, and says per tier
 * and at last how many tests passed, failed and were skipped, why, and again what failed and how. A tier
 * without tests is a failure.
 */
import { formatFailures, parseFailures } from "./failures.ts";
import { endedOf, finish, type Run, start, tallyOf } from "./runs.ts";
import { formatTally, parseSkips } from "./summary.ts";
import { batchesOf, commandFor, targetsOf, type Tier, TIERS, WORKERS } from "./tiers.ts";

async function main(args: readonly string[]): Promise<number> {
  const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
  const names = firstFlag < 0 ? args : args.slice(0, firstFlag);
  const unknown = names.find((name) => !TIERS.some((tier) => tier === name));
  if (unknown !== undefined) {
    console.error(`Cannot run tier "${unknown}": want one of ${TIERS.join(", ")}`);
    return 2;
  }
  const tiers = TIERS.filter((tier) => names.length === 0 || names.includes(tier));
  const flags = firstFlag < 0 ? [] : args.slice(firstFlag);
  const runs: Run[] = [];
  const reports: string[] = [];
  endWith("SIGINT", 130, runs, reports);
  endWith("SIGTERM", 143, runs, reports);
  for (const tier of tiers) {
    const report = await runTier(tier, flags, runs);
    console.log(report);
    reports.push(report);
  }
  return conclude(runs, reports);
}

/** Says what came of it all, and returns the exit code. */
function conclude(runs: readonly Run[], reports: readonly string[]): number {
  if (reports.length > 1) console.log(`\n${reports.join("\n")}`);
  const total = tallyOf(runs);
  if (total.failed > 0) {
    const failures = runs.filter((run) => tallyOf([run]).failed > 0).flatMap((run) =>
      parseFailures(endedOf(run)).map((failure) => ({ tier: run.tier, ...failure }))
    );
    console.log(`\nFailed:\n\n${formatFailures(failures).join("\n")}`);
  }
  console.log(formatTally(total));
  return total.failed > 0 ? 1 : 0;
}

/** Runs a tier, adds its processes to `runs`, and returns its line of the table. */
async function runTier(tier: Tier, flags: readonly string[], runs: Run[]): Promise<string> {
  const targets = await targetsOf(tier);
  if (targets.length === 0) {
    runs.push({ tier, what: "tests", output: "", errors: "There are no tests", code: 1 });
    return `${tier}: there are no tests, which fails`;
  }
  console.log(`${tier}:`);
  const began = performance.now();
  const first = runs.length;
  await runTargets(tier, targets, flags, runs);
  const own = runs.slice(first);
  const skips = new Set(own.flatMap(({ output }) => parseSkips(output.split("\n"))));
  const reasons = [...skips].map((reason) => ` (${reason})`).join("");
  const seconds = Math.round((performance.now() - began) / 1000);
  return `${tier}: ${formatTally(tallyOf(own))}${reasons} in ${seconds} s`;
}

async function runTargets(
  tier: Tier,
  targets: readonly string[],
  flags: readonly string[],
  runs: Run[],
): Promise<void> {
  const batches = batchesOf(tier, targets);
  const test = async (batch: readonly string[], ...own: readonly string[]): Promise<Run> => {
    const command = await commandFor(tier, [
      Deno.execPath(),
      "test",
      "-A",
      ...own,
      ...flags,
      ...batch,
    ]);
    return start(tier, "tests", command, runs);
  };
  if (batches.length === 1) {
    await finish(await test(targets), "as it comes");
    return;
  }
  // Once for all of them, which takes seconds: each batch alone would take as many.
  const check = await commandFor(tier, [Deno.execPath(), "check", ...targets]);
  const types = start(tier, "types", check, runs);
  if (await finish(types, "at its end") !== 0) return;
  const queue = batches.values();
  const work = async (): Promise<void> => {
    for (const batch of queue) await finish(await test(batch, "--no-check"), "at its end");
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** Ends the tests with us, and says what failed until then and what was running. */
function endWith(
  signal: "SIGINT" | "SIGTERM",
  code: number,
  runs: readonly Run[],
  reports: readonly string[],
): void {
  Deno.addSignalListener(signal, () => {
    for (const { child } of runs.filter(({ code }) => code === undefined)) {
      try {
        child?.kill("SIGTERM");
      } catch {
        // It has ended already.
      }
    }
    conclude(runs, reports);
    Deno.exit(code);
  });
}

if (import.meta.main) {
  Deno.chdir(new URL("..", import.meta.url));
  Deno.exit(await main(Deno.args));
}
