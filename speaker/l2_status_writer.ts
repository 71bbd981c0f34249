import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  type Json,
  type Kube,
  type KubeCall,
  KubeError,
  mergePatch,
  type ObjectMeta,
  parseObject,
  pathOf,
  watch,
} from "../kube/mod.ts";
import { createBell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import {
  L2_STATUSES,
  type L2Status,
  l2StatusName,
  l2StatusOf,
  newL2Status,
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
import type { SpeakerMetrics } from "./metrics.ts";
import { Pace } from "./pace.ts";

export interface L2StatusWriterOptions {
  /** This node's name. */
  readonly node: string;
  /** Where the objects are. */
  readonly namespace: string;
}

export interface L2StatusWriterDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Pick<SpeakerMetrics, "l2StatusWritten">;
  /** What this node holds now. */
  readonly announced: () => Iterable<Announced>;
  /** Canonical text of a Service's first address, by `namespace/name`. */
  readonly firstAddress: (service: string) => string | undefined;
  /** The Node that the objects go with when it is deleted. */
  readonly owner: () => ObjectMeta | undefined;
}

/** Writes under way at once. */
const CONCURRENCY = 4;

/** 100 calls a second: 10,000 new objects of two calls each in 200 s, and the API server hardly notices. */
const PACE = { perWindow: 10, windowMs: 100 };

/** From one look to the next, so that a burst of claims is one look. */
const PAUSE_MS = 500;

/** Writes from one look to the next: what changed meanwhile is not written as it was. */
const BATCH = 100;

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
  readonly #options: L2StatusWriterOptions;
  readonly #deps: L2StatusWriterDeps;
  readonly #bell;
  readonly #attempts = new L2StatusAttempts(AGAIN_MS);
  readonly #pace = new Pace(PACE);
  readonly #current = new Map<string, L2Status>();
  #wanted: ReadonlyMap<string, WantedL2Status> = new Map();
  #isInstalled = false;
  #hasBegun = false;
  #failures = 0;

  constructor(options: L2StatusWriterOptions, deps: L2StatusWriterDeps) {
    this.#options = options;
    this.#deps = deps;
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
    const path = pathOf(L2_STATUSES, { namespace: this.#options.namespace });
    try {
      const call = { method: "DELETE", path, query: { labelSelector: this.#selector } } as const;
      await this.#deps.kube.request(call, signal);
    } catch (error) {
      this.#deps.log("warn", "l2StatusesNotRemoved", { error });
    }
  }

  get #selector(): string {
    return `${NODE_LABEL}=${nodeLabelOf(this.#options.node)}`;
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { namespace } = this.#options;
    const selection = { namespace, labelSelector: this.#selector };
    for await (const change of watch(this.#deps.kube, L2_STATUSES, selection, this.#deps, signal)) {
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
      const due = this.#due();
      await this.#apply(due.slice(0, BATCH), signal);
      if (due.length > BATCH) this.#bell.ring();
      const mostMs = Math.min(RETRY_MOST_MS, RETRY_LEAST_MS * 2 ** this.#failures);
      await clock.sleep(this.#failures === 0 ? PAUSE_MS : mostMs * (0.5 + random() / 2), signal);
      if (this.#failures > 0) this.#bell.ring();
    }
  }

  #due(): readonly L2StatusAction[] {
    if (!this.#hasBegun || !this.#isInstalled) return [];
    const { clock, announced, firstAddress } = this.#deps;
    this.#wanted = wantedL2Statuses(this.#options.node, announced(), firstAddress);
    return this.#attempts.due(planL2Statuses(this.#current.values(), this.#wanted), clock.now());
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
      await this.#perform(action, signal);
      metrics.l2StatusWritten(action.kind, "done");
      return true;
    } catch (error) {
      if (signal.aborted) return true;
      metrics.l2StatusWritten(action.kind, "failed");
      const isAway = isTransient(error);
      if (isAway) this.#attempts.forget(action);
      const isNews = this.#failures === 0 && !isConflict(error) && !isNotFound(error);
      log(isNews ? "warn" : "debug", "l2StatusNotWritten", { action: action.kind, error });
      return !isAway;
    }
  }

  async #perform(action: L2StatusAction, signal: AbortSignal): Promise<void> {
    switch (action.kind) {
      case "create":
        return await this.#create(action.wanted, signal);
      case "update":
        return await this.#update(action.current, action.wanted, signal);
      case "delete":
        return await this.#delete(action.current, signal);
      default:
        action satisfies never;
    }
  }

  async #create(wanted: WantedL2Status, signal: AbortSignal): Promise<void> {
    const { namespace } = this.#options;
    const body = newL2Status(wanted, this.#deps.owner());
    const call = { method: "POST", path: pathOf(L2_STATUSES, { namespace }), body } as const;
    let answer: Json;
    try {
      answer = await this.#ask(call, signal);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      await this.#clear(l2StatusName(wanted.service), signal);
      answer = await this.#ask(call, signal);
    }
    const created = parseObject(L2_STATUSES, answer);
    if (created !== undefined) await this.#update(created, wanted, signal);
  }

  /** Takes away what another node left, and what was there before the watch told of it. */
  async #clear(name: string, signal: AbortSignal): Promise<void> {
    const path = pathOf(L2_STATUSES, { namespace: this.#options.namespace, name });
    try {
      const found = parseObject(L2_STATUSES, await this.#ask({ method: "GET", path }, signal));
      if (found !== undefined) await this.#delete(found, signal);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async #update(current: L2Status, wanted: WantedL2Status, signal: AbortSignal): Promise<void> {
    const { name, resourceVersion } = current;
    const target = { namespace: this.#options.namespace, name, resourceVersion };
    await this.#ask(mergePatch(L2_STATUSES, target, l2StatusOf(wanted), "status"), signal);
  }

  /** Exactly this object: one that another node put in its place stays. */
  async #delete({ name, uid }: L2Status, signal: AbortSignal): Promise<void> {
    const path = pathOf(L2_STATUSES, { namespace: this.#options.namespace, name });
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
    try {
      await this.#ask({ method: "DELETE", path, body }, signal);
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** One call, when there is room for it. */
  async #ask(call: KubeCall, signal: AbortSignal): Promise<Json> {
    const { clock, kube } = this.#deps;
    for (let now = clock.now(); !this.#pace.hasRoom(now); now = clock.now()) {
      await clock.sleep(Math.max(1, this.#pace.nextRoom(now) - now), signal);
      signal.throwIfAborted();
    }
    this.#pace.count(1, clock.now());
    return await kube.request(call, signal);
  }
}

/** Whether the server is away, busy or refuses this speaker as such, so that others would fare no better. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof KubeError)) return true;
  const { status } = error;
  return status === 0 || status === 401 || status === 403 || status === 429 || status >= 500;
}
