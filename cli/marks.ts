import type { Gate } from "../explain/mod.ts";
import type { Io } from "./io.ts";

/** What stands before a line, by how it turned out; all of the same width. */
export type Marks = Readonly<Record<Gate["result"], string>>;

const SIGNS: Marks = { "pass": "✓", "fail": "✗", "not-reached": "–", "unknown": "?" };
const WORDS: Marks = { "pass": "ok  ", "fail": "FAIL", "not-reached": "-   ", "unknown": "?   " };

/** Signs on a terminal that has them, plain words elsewhere. */
export function marksFor({ isTerminal, env }: Pick<Io, "isTerminal" | "env">): Marks {
  const locale = env("LC_ALL") || env("LC_CTYPE") || env("LANG") || "";
  return isTerminal && /utf-?8/i.test(locale) ? SIGNS : WORDS;
}
