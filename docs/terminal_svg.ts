/** How a terminal is drawn. */
export interface TerminalOptions {
  /** Stands in the window's bar, and is the picture's name for those who cannot see it. */
  readonly title: string;
  readonly columns: number;
}

/** A piece of a line in one style. */
interface Run {
  readonly text: string;
  readonly column: number;
  readonly style: Style;
}

interface Style {
  readonly isBold: boolean;
  readonly color: string;
}

const FONT_PX = 14;
/** Monospaced fonts are about this wide; every run says its width, so that columns stay in line in any of them. */
const CELL_PX = 8.43;
const LINE_PX = 20;
const MARGIN_PX = 20;
const BAR_PX = 36;

const PLAIN = "#e6edf3";
const COLORS: Readonly<Record<string, string>> = {
  "2": "#9198a1",
  "31": "#ff7b72",
  "32": "#56d364",
  "36": "#79c0ff",
};

/**
 * Draws lines as a terminal shows them, on a dark ground. Of the escape sequences (ECMA-48 §8.3.117) it knows bold,
 * faint, red, green and cyan; others are left out.
 *
 * @throws RangeError when a line is longer than the terminal is wide
 */
export function terminalSvg(lines: readonly string[], { title, columns }: TerminalOptions): string {
  const width = Math.ceil(columns * CELL_PX + 2 * MARGIN_PX);
  const height = BAR_PX + lines.length * LINE_PX + MARGIN_PX;
  const rows = lines.map((line, i) => row(line, BAR_PX + (i + 1) * LINE_PX - 4, columns));
  const lights = ["#ff5f57", "#febc2e", "#28c840"].map((color, i) =>
    `<circle cx="${MARGIN_PX + 2 + i * 20}" cy="18" r="6" fill="${color}"/>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" role="img" aria-label="${escape(title)}">`,
    `<style>text { font: ${FONT_PX}px ui-monospace, SFMono-Regular, Menlo, Consolas, ` +
    "'DejaVu Sans Mono', 'Liberation Mono', monospace; white-space: pre } .b { font-weight: bold }</style>",
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" ` +
    'stroke="#30363d"/>',
    ...lights,
    `<text x="${width / 2}" y="23" text-anchor="middle" fill="${COLORS["2"]}">${
      escape(title)
    }</text>`,
    ...rows.filter((text) => text !== ""),
    "</svg>",
    "",
  ].join("\n");
}

/** Removes escape sequences for colours and the like. */
export function withoutStyles(line: string): string {
  return line.split(ESCAPE).filter((_, i) => i % 2 === 0).join("");
}

// deno-lint-ignore no-control-regex -- what is looked for
const ESCAPE = /\x1b\[([0-9;]*)m/;

function row(line: string, y: number, columns: number): string {
  const runs = runsOf(line);
  if (withoutStyles(line).length > columns) {
    throw new RangeError(`Cannot draw "${line}": want ${columns} columns at most`);
  }
  const spans = runs.map(({ text, column, style }) => {
    const x = (MARGIN_PX + column * CELL_PX).toFixed(1);
    const length = (text.length * CELL_PX).toFixed(1);
    const bold = style.isBold ? ' class="b"' : "";
    const fill = `fill="${style.color}"`;
    return `<tspan x="${x}" textLength="${length}"${bold} ${fill}>${escape(text)}</tspan>`;
  });
  return spans.length === 0 ? "" : `<text y="${y}">${spans.join("")}</text>`;
}

/** The runs of one line, without spaces at their ends. */
function runsOf(line: string): readonly Run[] {
  const runs: Run[] = [];
  let style: Style = { isBold: false, color: PLAIN };
  let column = 0;
  line.split(ESCAPE).forEach((part, i) => {
    if (i % 2 === 1) {
      style = part.split(";").reduce(restyle, style);
      return;
    }
    const text = part.trim();
    const begin = column + part.length - part.trimStart().length;
    if (text !== "") runs.push({ text, column: begin, style });
    column += part.length;
  });
  return runs;
}

function restyle(style: Style, code: string): Style {
  if (code === "" || code === "0") return { isBold: false, color: PLAIN };
  if (code === "1") return { ...style, isBold: true };
  return { ...style, color: COLORS[code] ?? style.color };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
