import { mustRun } from "../../../demo/program.ts";

/** What every generated page begins with. */
export const GENERATED = "<!-- Written by docs/reference/write.ts: do not edit. -->";

/** A table in Markdown. Cells are Markdown on one line; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

/** Code within a line, nothing where there is none. */
export function code(text: string | undefined): string {
  return text === undefined || text === "" ? "" : `\`${text}\``;
}

/** Text on one line, as a paragraph is read. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/**
 * A page with other text between two marks, which stay.
 *
 * @throws RangeError where it does not have both, in this order
 */
export function replaceBetween(
  page: string,
  [begin, end]: readonly [begin: string, end: string],
  text: string,
): string {
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  if (from < begin.length || to < 0) {
    throw new RangeError(`Cannot write into a page: want "${begin}" and "${end}" in it`);
  }
  return `${page.slice(0, from)}\n\n${text}\n\n${page.slice(to)}`;
}

/** A page as `deno fmt` leaves it. */
export async function formatPage(markdown: string): Promise<string> {
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const argv = [Deno.execPath(), "fmt", "--config", config, "--ext", "md", "-"];
  return await mustRun(argv, { stdin: `${markdown}\n` });
}
