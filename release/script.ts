// deno-lint-ignore-file no-console
import { messageOf } from "../ops/log.ts";

/** Runs a script with its arguments. Where it fails, it says why in a line, without a stack, and ends with code 1. */
export async function runScript(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(Deno.args);
  } catch (error) {
    console.error(messageOf(error));
    Deno.exit(1);
  }
}
