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
