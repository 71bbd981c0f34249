import { formatIp } from "../ip/address.ts";
import {
  type EmitEvent,
  isConflict,
  isNotFound,
  keyOf,
  type Kube,
  KubeError,
  type Leadership,
  parseObject,
  pathOf,
  type Service,
  SERVICES,
} from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { gateOf } from "./gate.ts";
import type { Action } from "./plan.ts";

/** What became of one action. */
export type Outcome =
  | { readonly kind: "written"; readonly service: Service }
  /** The Service changed meanwhile: the next look decides again. */
  | { readonly kind: "conflict" }
  /** The Service was deleted meanwhile. */
  | { readonly kind: "gone" }
  /** Nothing was sent: leadership has ended. */
  | { readonly kind: "not-leading" }
  /** Refused by the server, for good or for now. */
  | { readonly kind: "failed"; readonly error: KubeError }
  /** Sent, and never answered: it may have been carried out. */
  | { readonly kind: "unknown"; readonly error: unknown };

export interface ApplyDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly log: Log;
  readonly leadership: Leadership;
  readonly emit: EmitEvent;
}

export interface ApplyOptions {
  /** How many writes may be under way at once. */
  readonly concurrency: number;
  /** Asked before each further write; false ends the batch after those under way. */
  readonly mayContinue: () => boolean;
  /** Called with each outcome as it comes. */
  readonly onOutcome: (action: Action, outcome: Outcome) => void;
}

/** How long writes under way may still take after leadership has ended; a Lease lasts longer than that. */
const GRACE_MS = 700;

/**
 * Carries out actions, several at a time, in their order. Leadership is asked for before every single
 * write. Events are emitted after the write that they tell of. Never rejects.
 */
export async function apply(
  actions: readonly Action[],
  deps: ApplyDeps,
  options: ApplyOptions,
): Promise<void> {
  const limit = new AbortController();
  const done = new AbortController();
  const onEnd = (): void => {
    deps.clock.sleep(GRACE_MS, done.signal).then(() => limit.abort(new Error("No longer leading")));
  };
  deps.leadership.signal.addEventListener("abort", onEnd, { once: true });
  const queue = actions.values();
  const work = async (): Promise<void> => {
    for (const action of queue) {
      const outcome = await applyOne(action, deps, limit.signal);
      options.onOutcome(action, outcome);
      if (outcome.kind === "not-leading" || !options.mayContinue()) return;
    }
  };
  const workers = Math.min(options.concurrency, actions.length);
  await Promise.all(Array.from({ length: workers }, work));
  deps.leadership.signal.removeEventListener("abort", onEnd);
  done.abort();
}

async function applyOne(action: Action, deps: ApplyDeps, signal: AbortSignal): Promise<Outcome> {
  const { meta } = action.service;
  const { namespace, name } = meta;
  const path = pathOf(SERVICES, { namespace, name, subresource: "status" });
  if (deps.leadership.signal.aborted || !deps.leadership.isHeld()) return { kind: "not-leading" };
  try {
    const answer = await deps.kube.request({
      method: "PATCH",
      path,
      body: action.patch,
      contentType: "application/strategic-merge-patch+json",
    }, signal);
    const service = parseObject(SERVICES, answer);
    if (service === undefined) throw new TypeError(`Cannot read answer: wanted Service "${name}"`);
    for (const note of action.notes) deps.emit(note);
    report(action, deps.log);
    return { kind: "written", service };
  } catch (error) {
    if (isConflict(error)) return { kind: "conflict" };
    if (isNotFound(error)) return { kind: "gone" };
    deps.log("warn", "writeFailed", { service: keyOf(meta), action: action.kind, error });
    return error instanceof KubeError && error.status >= 400 && error.status < 500
      ? { kind: "failed", error }
      : { kind: "unknown", error };
  }
}

function report({ kind, service, decision, refused }: Action, log: Log): void {
  const refusal = decision?.refusal;
  const fields = {
    service: keyOf(service.meta),
    ip: decision?.addresses.map(formatIp).join(","),
    pool: decision?.pool,
    reason: decision === undefined ? "notOurs" : refusal?.message,
  };
  if (refused !== undefined && refusal !== undefined) {
    const { message, remedy: cure } = refusal;
    const gate = gateOf(refused);
    log("info", "refused", { service: fields.service, gate, reason: refused, message, cure });
    if (kind === "report") return;
  }
  switch (kind) {
    case "assign":
      return log("info", "ipAllocated", fields);
    case "release":
      return log("info", "clearAssignment", fields);
    case "report":
      return log("info", "assignmentReported", fields);
    default:
      return kind satisfies never;
  }
}
