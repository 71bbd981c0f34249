import { constants } from "node:os";
import { parseTally, SUMMARY, withoutColour } from "./summary.ts";

/** What a `deno test` wrote and how it ended. */
export interface Ended {
  /** Its standard output, line by line. */
  readonly output: readonly string[];
  /** Its standard error, line by line. */
  readonly errors: readonly string[];
  /** 128 and the signal's number where a signal ended it. */
  readonly code: number;
}

/** A test that failed, or an end that no test answers for. */
export interface Failure {
  /** `tests/a_test.ts:3:6`, the file alone where no line is known, absent before any file was loaded. */
  readonly place?: string;
  /** The test and its steps as Deno joins them, `test ... step`; or what happened. */
  readonly name: string;
  readonly error: readonly string[];
}

/**
 * What failed in one `deno test`, in its order; empty exactly if `parseTally` counts no failure. A run that
 * ends without its list of failures (it was killed, it did not type-check) fails as one, with the test that
 * was running and the last lines.
 */
export function parseFailures({ output, errors, code }: Ended): readonly Failure[] {
  const lines = output.map(withoutColour);
  if (parseTally(lines, code).failed === 0) return [];
  const listed = parseListed(lines);
  return listed.length > 0 ? listed : [unlisted(lines, errors.map(withoutColour), code)];
}

/**
 * The failures of some tiers for the reader of the end of a log: together some 120 lines however many
 * there are, no more than 40 of each.
 */
export function formatFailures(
  failures: readonly (Failure & { readonly tier: string })[],
): readonly string[] {
  const most = Math.max(3, Math.min(40, Math.floor(120 / failures.length)));
  return failures.flatMap(({ tier, place, name, error }) => [
    [tier, ...place === undefined ? [] : [place], name].join(": "),
    ...shorten(error, most).map((line) => `    ${line}`.trimEnd()),
    "",
  ]);
}

/**
 * Reads the list at the end, and before it each title with its error. That is read backwards, where what tests
 * printed cannot be taken for it.
 */
function parseListed(lines: readonly string[]): readonly Failure[] {
  const heading = lines.lastIndexOf(" FAILURES ");
  const end = lines.indexOf("", heading + 2);
  if (heading < 0 || !SUMMARY.test(lines[end + 1] ?? "")) return [];
  let below = heading;
  return lines.slice(heading + 2, end).reverse().map((title) => {
    const at = lines.findLastIndex((line, i) =>
      i < below && line === title && (lines[i + 1] ?? "").startsWith("error: ")
    );
    const error = at < 0 ? [] : trimBlank(lines.slice(at + 1, below));
    if (at >= 0) below = at;
    return toFailure(title, error, lines);
  }).reverse();
}

function toFailure(title: string, error: readonly string[], lines: readonly string[]): Failure {
  const [, name, place] = /^(.*) => (?:\.\/)?(\S+)$/.exec(title) ?? [];
  if (name !== undefined && place !== undefined) return { place, name, error };
  const path = title.replace(/ \(uncaught error\)$/, "");
  const thrown = lines.indexOf(`Uncaught error from ${path} FAILED`);
  const running = parseRunning(lines.slice(0, Math.max(0, thrown)));
  return {
    place: path.replace(/^\.\//, ""),
    name: running?.test === undefined ? "uncaught error" : `uncaught error in: ${running.test}`,
    error,
  };
}

function unlisted(lines: readonly string[], errors: readonly string[], code: number): Failure {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  const how = `ended with ${signal === undefined ? `exit code ${code}` : signal[0]}`;
  const said = trimBlank(errors.filter((line) => !line.startsWith("Check ")));
  const running = parseRunning(lines);
  if (running === undefined) {
    return { name: `${how} before any test`, error: [...trimBlank(lines), ...said] };
  }
  const written = trimBlank(lines);
  const failed = written.slice(0, -30).filter((line) => TEST.exec(line)?.[3] === "FAILED");
  return {
    place: running.path,
    name: running.test === undefined ? `${how} between tests` : `${how} in: ${running.test}`,
    error: [...failed, ...written.slice(-30), ...said.slice(-10)],
  };
}

const RUNNING = /^running \d+ tests? from (?:\.\/)?(.+)$/;
const TEST = /^( *)(.+?) \.\.\.(?: (ok|FAILED|ignored|cancelled)\b.*)?$/;
const PRINTED = /^------- (?:\S+ )?output -------$/;
const PRINTED_END = /^----- (?:\S+ )?output end -----$/;

/** The file that was running where `lines` end, and the test with its steps unless it was between two. */
function parseRunning(
  lines: readonly string[],
): { readonly path: string; readonly test?: string } | undefined {
  let path: string | undefined;
  let open: readonly { readonly indent: number; readonly name: string }[] = [];
  let isPrinted = false;
  for (const line of lines) {
    if (isPrinted || PRINTED.test(line)) {
      isPrinted = !PRINTED_END.test(line);
      continue;
    }
    const [, file] = RUNNING.exec(line) ?? [];
    if (file !== undefined) [path, open] = [file, []];
    const [, spaces, name, result] = TEST.exec(line.trimEnd()) ?? [];
    if (spaces === undefined || name === undefined) continue;
    const indent = spaces.length;
    open = open.filter((outer) => outer.indent < indent);
    if (result === undefined) open = [...open, { indent, name }];
  }
  if (path === undefined) return undefined;
  if (open.length === 0) return { path };
  return { path, test: open.map(({ name }) => name).join(" ... ") };
}

/** The beginning and the end, without the frames of Deno's own code; no line is longer than 300 characters. */
function shorten(error: readonly string[], most: number): readonly string[] {
  const lines = error
    .filter((line) => !/^ +at .*\bext:/.test(line))
    .map((line) => line.length > 300 ? `${line.slice(0, 299)}…` : line);
  if (lines.length <= most) return lines;
  const tail = Math.floor((most - 1) / 3);
  const head = most - 1 - tail;
  return [
    ...lines.slice(0, head),
    `… ${lines.length - head - tail} lines more …`,
    ...lines.slice(lines.length - tail),
  ];
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const isText = (line: string): boolean => line.trim() !== "";
  return lines.slice(Math.max(0, lines.findIndex(isText)), lines.findLastIndex(isText) + 1);
}
