/** How the story is told: plain lines, with colours where they help. */
export interface Voice {
  /** What comes next, numbered. */
  step(title: string): void;
  /** A sentence, or several lines. */
  say(text: string): void;
  /** A command as a person would type it. */
  command(line: string): void;
  /** What a command printed, or a file holds. */
  output(text: string): void;
  /** What was wanted and has come about. */
  good(text: string): void;
  bad(text: string): void;
}

const INDENT = "   ";

/** A voice that writes lines; without colours every line is as it would be piped into a file. */
export function createVoice(write: (line: string) => void, hasColors: boolean): Voice {
  const paint = (code: number, text: string): string =>
    hasColors ? `\x1b[${code}m${text}\x1b[0m` : text;
  const lines = (text: string, each: (line: string) => string): void => {
    for (const line of text.trimEnd().split("\n")) write(`${INDENT}${each(line)}`.trimEnd());
  };
  let steps = 0;
  return {
    step: (title) => {
      steps++;
      write("");
      write(paint(1, `${String(steps).padStart(2)} ${title}`));
    },
    say: (text) => lines(text, (line) => line),
    command: (line) => lines(line, (text) => `${paint(2, "$")} ${paint(36, text)}`),
    output: (text) => lines(text, (line) => paint(2, `  ${line}`)),
    good: (text) => lines(text, (line) => paint(32, line)),
    bad: (text) => lines(text, (line) => paint(31, line)),
  };
}
