import { type Outcome, runToEnd } from "../demo/program.ts";

/** Runs a command to its end, `stdin` as its standard input. */
export async function run(argv: readonly string[], stdin = ""): Promise<Outcome> {
  return await runToEnd(argv, { stdin });
}
