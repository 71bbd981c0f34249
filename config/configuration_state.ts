import type { JsonObject } from "../kube/types.ts";
import { METALLB_V1BETA1 } from "./custom.ts";
import type { InForce } from "./in_force.ts";
import { formatProblem } from "./problem.ts";

/** MetalLB's kind that tells whether the objects that configure are understood, from v0.15.3. */
export const CONFIGURATION_STATES = {
  apiVersion: METALLB_V1BETA1,
  kind: "ConfigurationState",
  plural: "configurationstates",
} as const;

/** The label with the name of a speaker's node. */
export const CONFIGURATION_NODE_LABEL = "metallb.io/node-name";

/** The label that tells whose view of the configuration it is, with MetalLB's names for the two. */
export const CONFIGURATION_ROLE_LABEL = "metallb.io/component-type";

/** MetalLB's name for whoever assigns addresses: the value of the label, and the name of its object. */
export const CONTROLLER_ROLE = "controller";

/** The condition that MetalLB's controller writes, and that of its speakers. */
export type ConfigurationCondition = "poolReconcilerValid" | "configReconcilerValid";

/** How long the text for people may get; the API takes 32,768 characters for a message. */
const MAX_TEXT = 8_000;

/**
 * The status of a ConfigurationState, as MetalLB writes it: `result` is `Valid`, or `Invalid` with the
 * errors in `errorSummary`, one a line, and in the condition. Warnings leave it valid.
 *
 * @param before what was written last: a condition that stays as it is keeps its time
 * @param now RFC 3339
 */
export function configurationStatus(
  type: ConfigurationCondition,
  { isStale, problems, rejected }: InForce,
  before: JsonObject | undefined,
  now: string,
): JsonObject {
  const errors = problems.filter(({ severity }) => severity === "error").map(formatProblem);
  const all = errors.length === 0 && rejected !== undefined ? [rejected.message] : errors;
  const errorSummary = shorten(isStale ? all.join("\n") : "");
  const condition = isStale
    ? {
      type,
      status: "False",
      reason: "ConfigurationError",
      message: `configuration error: ${errorSummary}`,
    }
    : { type, status: "True", reason: "Reconciled", message: "" };
  const lastTransitionTime = timeOf(before, condition.status) ?? now;
  return {
    result: isStale ? "Invalid" : "Valid",
    errorSummary,
    conditions: [{ ...condition, lastTransitionTime }],
  };
}

/** What is told of the configuration as it changes. */
export class ConfigurationReport {
  readonly #type: ConfigurationCondition;
  #about: InForce | undefined;
  #status: JsonObject | undefined;

  constructor(type: ConfigurationCondition) {
    this.#type = type;
  }

  /**
   * The status after one more look; `undefined` where nothing is new, and where there never was a
   * configuration.
   *
   * @param now RFC 3339
   */
  next(inForce: InForce, now: string): JsonObject | undefined {
    if (inForce.config === undefined && !inForce.isStale) return undefined;
    const { problems, isStale } = inForce;
    if (problems === this.#about?.problems && isStale === this.#about.isStale) return undefined;
    this.#about = inForce;
    this.#status = configurationStatus(this.#type, inForce, this.#status, now);
    return this.#status;
  }
}

/** Since when the condition has this status, where it has it. */
function timeOf(before: JsonObject | undefined, status: string): string | undefined {
  const conditions = before?.["conditions"];
  const [first] = Array.isArray(conditions) ? conditions : [];
  if (typeof first !== "object" || first === null || first.status !== status) return undefined;
  return typeof first.lastTransitionTime === "string" ? first.lastTransitionTime : undefined;
}

function shorten(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
