import { mustRun, type Outcome } from "../../demo/program.ts";
import { run } from "../command.ts";
import { ROOT } from "../source.ts";

/** Where somebody sits who follows a page: a folder with `deploy/`, as a clone has it, and programs of their own. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  /** Runs a command in the folder to its end, `stdin` as its standard input. Never rejects for an exit code. */
  run(argv: readonly string[], stdin?: string): Promise<Outcome>;
  /** Runs a command that must succeed. @returns its standard output @throws Error with what it said */
  must(argv: readonly string[], stdin?: string): Promise<string>;
}

/** Makes the folder. @param programs scripts by their names, on `PATH` before all others */
export async function openDesk(programs: Readonly<Record<string, string>>): Promise<Desk> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-desk-" });
  await Deno.symlink(`${ROOT}deploy`, `${folder}/deploy`);
  await Deno.mkdir(`${folder}/bin`);
  for (const [name, script] of Object.entries(programs)) {
    await Deno.writeTextFile(`${folder}/bin/${name}`, script, { mode: 0o755 });
  }
  const words = ["env", "-C", folder, `PATH=${folder}/bin:${Deno.env.get("PATH")}`];
  return {
    folder,
    run: (argv, stdin) => run([...words, ...argv], stdin),
    must: (argv, stdin = "") => mustRun([...words, ...argv], { stdin }),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
