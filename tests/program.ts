import { ROOT } from "./source.ts";

/**
 * The words that start the program under test: the source, run by the Deno that runs the tests, or the compiled
 * program that `LANLORD_PROGRAM` names by its absolute path.
 */
export function programWords(): readonly string[] {
  const compiled = Deno.env.get("LANLORD_PROGRAM");
  return compiled ? [compiled] : [Deno.execPath(), "run", "-A", `${ROOT}main.ts`];
}
