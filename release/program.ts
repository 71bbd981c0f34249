// deno-lint-ignore-file no-console
/**
 * Runs a program to its end.
 *
 * @throws Error when there is no such program
 */
export async function runProgram(
  name: string,
  options: Deno.CommandOptions,
): Promise<Deno.CommandOutput> {
  try {
    return await new Deno.Command(name, options).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`Cannot run ${name}: there is no such program`);
  }
}

/** Runs what a `deno task` is for; what it throws is told in its own words, with exit code 1. */
export async function runTask(task: () => Promise<void>): Promise<void> {
  try {
    await task();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

/** Ends a task that was called in a way that it does not know. */
export function endWithUsage(usage: string): never {
  console.error(`usage: deno task ${usage}`);
  Deno.exit(2);
}
