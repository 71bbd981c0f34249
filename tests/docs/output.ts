/**
 * How an output differs from what a page shows of it, or nothing.
 *
 * `…` stands for anything within a line, and alone on a line for any number of lines. Blanks count as one, at the
 * ends of lines and of the whole not at all. Lines in front of the first and behind the last that is shown are
 * differences too.
 */
export function mismatch(shown: string, found: string): string | undefined {
  const want = linesOf(shown);
  const have = linesOf(found);
  const reached = matchLines(want, have);
  if (reached === "all") return undefined;
  const line = want[reached];
  const missing = line === undefined ? "no more lines" : `a line "${line}"`;
  return `Wanted ${missing}, found:\n${found.trimEnd()}`;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n").map((line) => line.replace(/\s+/g, " ").trim());
  const first = lines.findIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

/** `all`, or the index of the farthest line that was wanted and not found; the length when there was too much. */
function matchLines(want: readonly string[], have: readonly string[]): "all" | number {
  // For each number of lines read, whether the lines wanted so far can have used exactly them.
  let reachable: readonly boolean[] = [true, ...have.map(() => false)];
  for (const [index, line] of want.entries()) {
    const next = line === "…" ? skipAny(reachable) : readOne(line, have, reachable);
    if (!next.includes(true)) return index;
    reachable = next;
  }
  return reachable.at(-1) === true ? "all" : want.length;
}

function skipAny(reachable: readonly boolean[]): readonly boolean[] {
  const first = reachable.indexOf(true);
  return reachable.map((_, at) => at >= first);
}

function readOne(
  line: string,
  have: readonly string[],
  reachable: readonly boolean[],
): readonly boolean[] {
  const pattern = patternOf(line);
  return reachable.map((_, at) => reachable[at - 1] === true && pattern.test(have[at - 1] ?? ""));
}

function patternOf(line: string): RegExp {
  const parts = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "u");
}
