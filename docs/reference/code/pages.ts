import { COMMANDS } from "../../../cli/commands.ts";
import { annotationsPage } from "./annotations.ts";
import { crdsPage } from "./crds.ts";
import { eventsPage } from "./events.ts";
import { flagsPage } from "./flags.ts";
import { formatPage } from "./markdown.ts";
import { metricsPage } from "./metrics.ts";

const CRDS = new URL("../../../deploy/crds/", import.meta.url);

/** The pages of `docs/reference/` that the code knows, formatted, by file name. */
export async function codePages(): Promise<Readonly<Record<string, string>>> {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const files = (await Array.fromAsync(Deno.readDir(CRDS))).map(({ name }) => name).toSorted();
  const crds = await Promise.all(files.map((file) => Deno.readTextFile(new URL(file, CRDS))));
  const pages = {
    "annotations.md": annotationsPage(),
    "crds.md": crdsPage(crds),
    "events.md": eventsPage(),
    "flags.md": flagsPage(commands.map(({ spec }) => spec)),
    "metrics.md": metricsPage(),
  };
  const formatted = Object.entries(pages).map(async ([name, text]) =>
    [name, await formatPage(text)] as const
  );
  return Object.fromEntries(await Promise.all(formatted));
}
