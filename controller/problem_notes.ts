import type { Problem } from "../config/config.ts";
import { formatProblem } from "../config/problem.ts";
import type { LeaderNote } from "./event_reasons.ts";

/**
 * The Events for what is wrong with the configuration, each about the object at fault: reason
 * `InvalidConfiguration` for an error, because of which the previous configuration stays in force;
 * `IgnoredConfiguration` for a warning, which names what is not honoured. Problems of files have none.
 */
export function notesOnProblems(problems: readonly Problem[]): readonly LeaderNote[] {
  return problems.flatMap((problem) => {
    const { source, severity } = problem;
    if (source.kind === "file") return [];
    const { apiVersion, objectKind, namespace, name, uid } = source;
    return [{
      about: { apiVersion, kind: objectKind, namespace, name, uid },
      type: "Warning",
      reason: severity === "error" ? "InvalidConfiguration" : "IgnoredConfiguration",
      message: formatProblem(problem),
    }];
  });
}
