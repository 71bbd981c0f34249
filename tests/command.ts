import { finish, type Outcome, PIPED } from "../demo/program.ts";

/** Runs a command to its end, `stdin` as its standard input. */
export async function run(
  [program = "", ...args]: readonly string[],
  stdin = "",
): Promise<Outcome> {
  return await finish(new Deno.Command(program, { args, ...PIPED }), stdin);
}
