import { formatPage } from "../../docs/reference/code/markdown.ts";
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
