// deno-lint-ignore-file no-console
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
