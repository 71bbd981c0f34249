import type { Problem, Source } from "./config.ts";

/** Names a source for people: `ConfigMap metallb-system/config`, or the file's name. */
export function formatSource(source: Source): string {
  if (source.kind === "file") return source.file;
  const at = source.namespace === "" ? source.name : `${source.namespace}/${source.name}`;
  return `${source.objectKind} ${at}`;
}

/** One line for logs, events and terminals: where, then what. */
export function formatProblem(problem: Problem): string {
  return `${formatPlace(problem)}: ${problem.message}`;
}

/** `file:line:column`, `ConfigMap metallb-system/config:3:5`, or the object and the path of the field. */
export function formatPlace(problem: Omit<Problem, "message" | "severity">): string {
  const source = formatSource(problem.source);
  if (problem.line !== undefined) return `${source}:${problem.line}:${problem.column ?? 1}`;
  return problem.path === "" ? source : `${source}: ${problem.path}`;
}

/** Orders by source, then place in the text; errors before warnings of the same place. */
export function compareProblem(a: Problem, b: Problem): number {
  return compareText(formatSource(a.source), formatSource(b.source)) ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    compareText(a.severity, b.severity);
}

/** Orders texts by UTF-16 code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether there is an error among them, which keeps a configuration from being used. */
export function hasError(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}
