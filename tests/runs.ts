import type { Ended } from "./failures.ts";
import { addTallies, EMPTY_TALLY, parseTally, type Tally } from "./summary.ts";
import type { Tier } from "./tiers.ts";

/** A process of a tier: some of its tests, or their types, which count only if they are wrong. */
export interface Run {
  readonly tier: Tier;
  readonly what: "tests" | "types";
  readonly child?: Deno.ChildProcess;
  output: string;
  errors: string;
  /** Absent while it runs. */
  code?: number;
}

/** Starts a process and adds it to `runs`. */
export function start(
  tier: Tier,
  what: Run["what"],
  [program = "", ...args]: readonly string[],
  runs: Run[],
): Run {
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const run: Run = { tier, what, child, output: "", errors: "" };
  runs.push(run);
  return run;
}

/**
 * Collects what a process writes until it ends, and shows it: at its end only if a test ran in it. Returns
 * its exit code.
 */
export async function finish(run: Run, show: "as it comes" | "at its end"): Promise<number> {
  const { child } = run;
  if (child === undefined) return run.code ?? 1;
  const isLive = show === "as it comes";
  await Promise.all([
    collect(child.stdout, (text) => run.output += text, isLive ? Deno.stdout : undefined),
    collect(child.stderr, (text) => run.errors += text, isLive ? Deno.stderr : undefined),
  ]);
  const { code } = await child.status;
  run.code = code;
  const { passed, failed, skipped } = tallyOf([run]);
  const isShown = !isLive && passed + failed + skipped > 0;
  // Who is killed leaves its last line open.
  const end = run.output === "" || run.output.endsWith("\n") ? "" : "\n";
  const encoder = new TextEncoder();
  if (isShown) await writeAll(Deno.stderr, encoder.encode(run.errors));
  await writeAll(Deno.stdout, encoder.encode(isShown ? `${run.output}${end}` : end));
  return code;
}

async function collect(
  stream: ReadableStream<Uint8Array>,
  add: (text: string) => void,
  shown: Output | undefined,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    add(decoder.decode(chunk, { stream: true }));
    if (shown !== undefined) await writeAll(shown, chunk);
  }
}

type Output = typeof Deno.stdout | typeof Deno.stderr;

const written = new Map<Output, Promise<void>>();

/** Writes after all that others write already, so that their lines stay whole. */
function writeAll(to: Output, bytes: Uint8Array): Promise<void> {
  const write = async (): Promise<void> => {
    for (let done = 0; done < bytes.length;) done += await to.write(bytes.subarray(done));
  };
  const done = (written.get(to) ?? Promise.resolve()).then(write);
  written.set(to, done);
  return done;
}

/** What some runs count together; one that runs still has failed. */
export function tallyOf(runs: readonly Run[]): Tally {
  return runs.map((run) => {
    const { output, code } = endedOf(run);
    return run.what === "types" && code === 0 ? EMPTY_TALLY : parseTally(output, code);
  }).reduce(addTallies, EMPTY_TALLY);
}

/** What a run wrote and how it ended; one that runs still as if it were ended by SIGTERM now. */
export function endedOf({ output, errors, code = 143 }: Run): Ended {
  return { output: output.split("\n"), errors: errors.split("\n"), code };
}
