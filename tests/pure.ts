// deno-lint-ignore-file no-console
/**
 * `deno task pure`: type-checks every pure file with nothing but the language, so that none can name the
 * runtime, the network, a timer or the console, not even through an import. `--list` says which they are.
 */
import { kindOf, listSources, ROOT } from "./source.ts";

async function main(): Promise<number> {
  const files = (await listSources()).filter((path) => kindOf(path) === "pure");
  if (Deno.args.includes("--list")) {
    console.log(files.join("\n"));
    return 0;
  }
  if (files.length === 0) throw new Error("Cannot find any pure file");
  const args = ["check", "--quiet", "--config", "pure.json", ...files];
  const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).spawn().status;
  if (code === 0) console.log(`${files.length} pure files check with the language alone`);
  return code;
}

if (import.meta.main) Deno.exit(await main());
