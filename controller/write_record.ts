import { formatIp } from "../ip/address.ts";
import { keyOf, KubeError, type Service } from "../kube/mod.ts";
import type { Clock } from "../ops/clock.ts";
import type { Outcome } from "./apply.ts";
import type { Expectations } from "./expectations.ts";
import type { ControllerMetrics } from "./metrics.ts";
import { type MoveAllowance, MoveLimit } from "./move_limit.ts";
import type { Action } from "./plan.ts";
import { Retries } from "./retry.ts";

/** What a record of writes works with. */
export interface WriteRecordDeps {
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly metrics: ControllerMetrics;
  /** Is told what the API has now, as far as writes tell. */
  readonly expectations: Expectations;
  /** Called when a write may have made room for other Services. */
  readonly onRoom: () => void;
}

/** What became of writes, as far as it bears on the next ones. */
export class WriteRecord {
  readonly #deps: WriteRecordDeps;
  readonly #retries = new Retries();
  readonly #moves = new MoveLimit();

  constructor(deps: WriteRecordDeps) {
    this.#deps = deps;
  }

  /** How many Services may be moved away from strangers now. */
  allowance(): MoveAllowance {
    return this.#moves.allowance(this.#deps.clock.now());
  }

  /** How long until one more may be moved, in milliseconds; 0 where one may. */
  moveDueMs(): number {
    return this.#moves.dueInMs(this.#deps.clock.now());
  }

  /** Those of all outstanding actions that may be tried now. Forgets what failed and is not wanted any more. */
  dueAmong(actions: readonly Action[]): readonly Action[] {
    const now = this.#deps.clock.now();
    this.#retries.keepOnly(new Set(actions.map(keyOfAction)));
    return actions.filter((action) => this.#retries.isDue(keyOfAction(action), now));
  }

  /** How long until the first of these actions may be tried again, in milliseconds; absent where none waits. */
  retryDueMs(actions: readonly Action[]): number | undefined {
    return this.#retries.dueInMs(actions.map(keyOfAction), this.#deps.clock.now());
  }

  /** Takes over what became of a write. */
  note(action: Action, outcome: Outcome): void {
    const { clock, random, metrics, expectations, onRoom } = this.#deps;
    const key = keyOfAction(action);
    metrics.acted(action.kind, outcome.kind);
    switch (outcome.kind) {
      case "written":
        expectations.wrote(outcome.service);
        this.#noteMoves(action);
        if (action.refused !== undefined) metrics.refused(action.refused);
        // A server that takes a write and changes nothing, as one that is too old for conditions of
        // Services does, would be asked for ever.
        if (isSameVersion(action.service, outcome.service)) {
          return this.#retries.failed(key, clock.now(), random());
        }
        this.#retries.succeeded(key);
        // What this write frees can be given out now.
        return onRoom();
      case "unknown":
        expectations.doubted(action.service, action.decision?.addresses ?? []);
        this.#noteMoves(action);
        metrics.failed();
        return this.#retries.failed(key, clock.now(), random());
      case "failed":
        metrics.failed();
        return this.#retries.failed(key, clock.now(), random(), askedMs(outcome.error));
      case "conflict":
      case "gone":
      case "not-leading":
        return;
      default:
        return outcome satisfies never;
    }
  }

  #noteMoves({ decision }: Action): void {
    const now = this.#deps.clock.now();
    for (const { from } of decision?.moved ?? []) this.#moves.note(formatIp(from.address), now);
  }
}

function keyOfAction(action: Action): string {
  return keyOf(action.service.meta);
}

function isSameVersion(a: Service, b: Service): boolean {
  return a.meta.resourceVersion === b.meta.resourceVersion;
}

function askedMs(error: KubeError): number {
  return (error.retryAfterSeconds ?? 0) * 1000;
}
