import { isConflict, isNotFound, KubeError, watch } from "../../kube/mod.ts";
import { createBell } from "../../ops/bell.ts";
import type { Log } from "../../ops/log.ts";
import {
  L2_STATUSES,
  type L2Status,
  NODE_LABEL,
  nodeLabelOf,
  type WantedL2Status,
} from "./l2_status.ts";
import {
  type Announced,
  type L2StatusAction,
  L2StatusAttempts,
  planL2Statuses,
  wantedL2Statuses,
} from "./l2_status_plan.ts";
import { L2StatusCalls, type L2StatusCallsDeps } from "./l2_status_calls.ts";
import type { SpeakerMetrics } from "./metrics.ts";

export interface L2StatusWriterDeps extends L2StatusCallsDeps {
  /** This node's name. */
  readonly node: string;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Pick<SpeakerMetrics, "l2StatusWritten">;
  /** What this node holds now. */
  readonly announced: () => Iterable<Announced>;
  /** Whether an address is the first of a Service, by `namespace/name`. */
  readonly isFirst: (address: string, service: string) => boolean;
}

/** Writes under way at once. */
const CONCURRENCY = 4;

/** From one look to the next, so that a burst of claims is one look. */
const PAUSE_MS = 500;

/** Writes from one look to the next: what changed meanwhile is not written as it was. */
const BATCH = 100;

/** Addresses looked at in one go: a millisecond of work. */
const SLICE = 250;

/** When the same is tried again, and when everything is looked at without a cause. */
const AGAIN_MS = 30_000;

const RETRY_LEAST_MS = 1_000;
const RETRY_MOST_MS = 30_000;

/**
 * Keeps the ServiceL2Status objects of this node as they should be, behind everything else and never in its
 * way. Watches those with this node's label and no others. Does nothing where the kind is not installed, and
 * nothing before the first `begin`.
 */
export class L2StatusWriter {
  readonly #deps: L2StatusWriterDeps;
  readonly #bell;
  readonly #attempts = new L2StatusAttempts(AGAIN_MS);
  readonly #calls: L2StatusCalls;
  readonly #current = new Map<string, L2Status>();
  #wanted: ReadonlyMap<string, WantedL2Status> = new Map();
  #isInstalled = false;
  #hasBegun = false;
  #failures = 0;
  #warnedAt = -Infinity;

  constructor(deps: L2StatusWriterDeps) {
    this.#deps = deps;
    this.#calls = new L2StatusCalls(deps);
    this.#bell = createBell(deps.clock);
  }

  /** Services may be different, and are known: before that, what is held by the kernel says nothing of them. */
  begin(): void {
    this.#hasBegun = true;
    this.#bell.ring();
  }

  /** What is announced may be different. */
  request(): void {
    this.#bell.ring();
  }

  /** Works until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#follow(signal), this.#work(signal)]);
  }

  /** Takes all objects of this node away, in one call. */
  async removeAll(signal: AbortSignal): Promise<void> {
    if (!this.#isInstalled) return;
    try {
      await this.#calls.deleteAll(this.#selector, signal);
    } catch (error) {
      this.#deps.log("warn", "l2StatusesNotRemoved", { error });
    }
  }

  get #selector(): string {
    return `${NODE_LABEL}=${nodeLabelOf(this.#deps.node)}`;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { kube, namespace } = this.#deps;
    const selection = { namespace, labelSelector: this.#selector };
    for await (const change of watch(kube, L2_STATUSES, selection, this.#deps, signal)) {
      switch (change.kind) {
        case "all":
        case "absent":
          this.#isInstalled = change.kind === "all";
          this.#current.clear();
          if (change.kind === "all") {
            for (const [key, object] of change.objects) this.#current.set(key, object);
          }
          break;
        case "set":
          this.#current.set(change.key, change.object);
          break;
        case "delete":
          this.#onDeleted(change.key);
          break;
        default:
          change satisfies never;
      }
      this.#bell.ring();
    }
  }

  /** Whoever took it away may have put its own there: it is not taken back at once. */
  #onDeleted(key: string): void {
    const wanted = this.#wanted.get(this.#current.get(key)?.service ?? "");
    if (wanted !== undefined) {
      this.#attempts.note({ kind: "create", wanted }, this.#deps.clock.now());
    }
    this.#current.delete(key);
  }

  async #work(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#deps;
    while (!signal.aborted) {
      await this.#bell.wait(AGAIN_MS, signal);
      const due = await this.#due(signal);
      await this.#apply(due, signal);
      if (due.length === BATCH) this.#bell.ring();
      const mostMs = Math.min(RETRY_MOST_MS, RETRY_LEAST_MS * 2 ** this.#failures);
      await clock.sleep(this.#failures === 0 ? PAUSE_MS : mostMs * (0.5 + random() / 2), signal);
      if (this.#failures > 0) this.#bell.ring();
    }
  }

  async #due(signal: AbortSignal): Promise<readonly L2StatusAction[]> {
    if (!this.#hasBegun || !this.#isInstalled) return [];
    this.#wanted = await this.#want(signal);
    const now = this.#deps.clock.now();
    return planL2Statuses(this.#current.values(), this.#wanted)
      .filter((action) => this.#attempts.isDue(action, now))
      .take(BATCH)
      .toArray();
  }

  /** What is to be said, put together bit by bit: thousands of addresses are no reason to miss an answer. */
  async #want(signal: AbortSignal): Promise<ReadonlyMap<string, WantedL2Status>> {
    const { node, clock, announced, isFirst } = this.#deps;
    const wanted = new Map<string, WantedL2Status>();
    let count = 0;
    for (const address of announced()) {
      for (const [service, want] of wantedL2Statuses(node, [address], isFirst)) {
        wanted.set(service, want);
      }
      if (++count % SLICE === 0) await clock.sleep(0, signal);
    }
    return wanted;
  }

  /** Carries actions out, several at a time; the server's not answering ends it. */
  async #apply(actions: readonly L2StatusAction[], signal: AbortSignal): Promise<void> {
    const queue = actions.values();
    let isAway = false;
    const work = async (): Promise<void> => {
      for (const action of queue) {
        if (signal.aborted) return;
        if (!await this.#applyOne(action, signal)) isAway = true;
        if (isAway) return;
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    this.#failures = isAway ? this.#failures + 1 : 0;
  }

  /** Returns whether it makes sense to go on with others. */
  async #applyOne(action: L2StatusAction, signal: AbortSignal): Promise<boolean> {
    const { clock, log, metrics } = this.#deps;
    this.#attempts.note(action, clock.now());
    try {
      await this.#calls.perform(action, signal);
      metrics.l2StatusWritten(action.kind, "done");
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      metrics.l2StatusWritten(action.kind, "failed");
      const isAway = isTransient(error);
      if (isAway) this.#attempts.forget(action);
      const isNews = !isConflict(error) && !isNotFound(error) && this.#isNews(isAway);
      log(isNews ? "warn" : "debug", "l2StatusNotWritten", { action: action.kind, error });
      return !isAway;
    }
  }

  /** Whether a failure is worth a warning: not each of thousands, and a server that is away only once. */
  #isNews(isAway: boolean): boolean {
    const now = this.#deps.clock.now();
    if ((isAway && this.#failures > 0) || now - this.#warnedAt < AGAIN_MS) return false;
    this.#warnedAt = now;
    return true;
  }
}

/** Whether the server is away, busy or refuses this speaker as such, so that others would fare no better. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof KubeError)) return true;
  const { status } = error;
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500;
}
