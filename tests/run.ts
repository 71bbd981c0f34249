// deno-lint-ignore-file no-console
/**
 * `deno task test [tier…] [flags of deno test]`: runs the tiers, all of them by default, and says per tier
 * and at last how many tests passed, failed and were skipped, and why. A tier without tests is a failure.
 */
import {
  addTallies,
  EMPTY_TALLY,
  formatTally,
  parseSkips,
  parseTally,
  type Tally,
} from "./summary.ts";
import { commandFor, lanesOf, targetsOf, type Tier, TIERS } from "./tiers.ts";

const children = new Set<Deno.ChildProcess>();

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
  const reports: string[] = [];
  let total = EMPTY_TALLY;
  for (const tier of tiers) {
    const { tally, report } = await runTier(tier, flags);
    console.log(report);
    reports.push(report);
    total = addTallies(total, tally);
  }
  if (reports.length > 1) console.log(`\n${reports.join("\n")}`);
  console.log(formatTally(total));
  return total.failed > 0 ? 1 : 0;
}

async function runTier(
  tier: Tier,
  flags: readonly string[],
): Promise<{ readonly tally: Tally; readonly report: string }> {
  const targets = await targetsOf(tier);
  if (targets.length === 0) {
    return {
      tally: { ...EMPTY_TALLY, failed: 1 },
      report: `${tier}: there are no tests, which fails`,
    };
  }
  console.log(`${tier}:`);
  const began = performance.now();
  const runs = await Promise.all(
    lanesOf(tier, targets).map(async (lane, i) => {
      const argv = [Deno.execPath(), "test", "-A", ...flags, ...lane];
      return await stream(await commandFor(tier, argv), i === 0 ? "as it comes" : "at its end");
    }),
  );
  const tally = runs.map(({ output, code }) => parseTally(output, code)).reduce(addTallies);
  const skips = new Set(runs.flatMap(({ output }) => parseSkips(output)));
  const reasons = [...skips].map((reason) => ` (${reason})`).join("");
  const seconds = Math.round((performance.now() - began) / 1000);
  return { tally, report: `${tier}: ${formatTally(tally)}${reasons} in ${seconds} s` };
}

/** Runs a command, shows what it writes, and returns the lines of its standard output. */
async function stream(
  [program = "", ...args]: readonly string[],
  show: "as it comes" | "at its end",
): Promise<{ readonly output: readonly string[]; readonly code: number }> {
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped" }).spawn();
  children.add(child);
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout) {
    if (show === "as it comes") await writeAll(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  const { code } = await child.status;
  children.delete(child);
  if (show === "at its end") await writeAll(new TextEncoder().encode(text));
  return { output: text.split("\n"), code };
}

async function writeAll(chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    done += await Deno.stdout.write(chunk.subarray(done));
  }
}

/** Ends the tests with us. The second signal need not wait for them. */
function endWith(signal: "SIGINT" | "SIGTERM", code: number): void {
  Deno.addSignalListener(signal, () => {
    for (const child of children) {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended already.
      }
    }
    Deno.exit(code);
  });
}

if (import.meta.main) {
  endWith("SIGINT", 130);
  endWith("SIGTERM", 143);
  Deno.chdir(new URL("..", import.meta.url));
  Deno.exit(await main(Deno.args));
}
