/** The complete lines so far, and the start of the next. */
export interface Lines {
  /** Without their ends; empty lines are left out. */
  readonly lines: readonly string[];
  /** What stands after the last line feed; hand it in with the next chunk. */
  readonly rest: string;
}

/** Cuts a stream of text into lines, however the chunks fall. */
export function splitLines(rest: string, chunk: string): Lines {
  if (!chunk.includes("\n")) return { lines: [], rest: rest + chunk };
  const parts = (rest + chunk).split("\n");
  return {
    lines: parts.slice(0, -1).filter((line) => line.trim() !== ""),
    rest: parts.at(-1) ?? "",
  };
}
