import { run } from "../command.ts";
import { readRecord } from "../parity/record.ts";
import { SCENARIOS } from "../parity/scenarios/all.ts";
import { SECTIONS } from "./all.ts";
import { differencesPage, rulesPage } from "./pages.ts";

/** The generated pages of `docs/reference/`, formatted, by file name. */
export async function generatePages(): Promise<Readonly<Record<string, string>>> {
  return {
    "rules.md": await formatPage(rulesPage(SECTIONS, SCENARIOS)),
    "differences.md": await formatPage(differencesPage(SCENARIOS, await readRecord())),
  };
}

/** A page as `deno fmt` leaves it. */
export async function formatPage(markdown: string): Promise<string> {
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const argv = [Deno.execPath(), "fmt", "--config", config, "--ext", "md", "-"];
  const { code, stdout, stderr } = await run(argv, `${markdown}\n`);
  if (code !== 0) throw new Error(`Cannot format a page: ${stderr}`);
  return stdout;
}
