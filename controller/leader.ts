import type { InForce } from "../config/mod.ts";
import { formatIp } from "../ip/address.ts";
import {
  type Events,
  formatTime,
  keyOf,
  type Kube,
  KubeError,
  type Leadership,
  type LeadOptions,
  type Service,
} from "../kube/mod.ts";
import type { Bell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";
import type { Health } from "../ops/health.ts";
import type { Log } from "../ops/log.ts";
import type { Registry } from "../ops/prometheus.ts";
import { apply, type Outcome } from "./apply.ts";
import { lookAt, newsOf } from "./configuration.ts";
import { decide, type Verdict } from "./decide.ts";
import { Expectations } from "./expectations.ts";
import { type ControllerMetrics, createControllerMetrics } from "./metrics.ts";
import { MoveLimit } from "./move_limit.ts";
import type { Action } from "./plan.ts";
import { notesOnProblems } from "./problem_notes.ts";
import { type Quarantine, quarantineNews, quarantineOf } from "./quarantine.ts";
import { Retries } from "./retry.ts";
import { countByPool, usageOf } from "./usage.ts";
import type { World } from "./world.ts";

/** How a leader is set up. */
export interface ControllerOptions {
  /** Where the configuration and the Lease are. */
  readonly namespace: string;
  /** Name of MetalLB's ConfigMap. */
  readonly configMapName: string;
  /** The `spec.loadBalancerClass` that is served; empty: Services without a class. */
  readonly lbClass: string;
  /** Who this process is in the Lease; unique. */
  readonly identity: string;
  /** How many writes may be under way at once. @default 16 */
  readonly concurrency?: number;
  /** Times of the Lease. @default those of `lead` */
  readonly lease?: Pick<LeadOptions, "leaseDurationMs" | "renewDeadlineMs" | "retryMs">;
}

/** What a leader works with. */
export interface ControllerDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly registry: Registry;
  readonly health: Pick<Health, "ready" | "beat">;
}

/** How long nothing may happen before everything is looked at again all the same. */
const IDLE_MS = 30_000;

/** How long writes may go on before a changed world is looked at. */
const BATCH_MS = 1_000;

/** One look after the other at the whole world; the only owner of what is remembered between them. */
export class Leader {
  readonly #options: ControllerOptions;
  readonly #deps: ControllerDeps;
  readonly #bell: Bell;
  readonly #world: World;
  readonly #events: Events;
  readonly #metrics: ControllerMetrics;
  readonly #expectations = new Expectations();
  readonly #retries = new Retries();
  readonly #moves = new MoveLimit();
  readonly #synced = Promise.withResolvers<void>();
  #inForce: InForce | undefined;
  #quarantine: Quarantine = new Map();
  #told = new Set<string>();
  #leadership: Leadership | undefined;
  #round: Promise<void> = Promise.resolve();
  #nextMs = IDLE_MS;

  constructor(
    options: ControllerOptions,
    deps: ControllerDeps,
    parts: { readonly bell: Bell; readonly world: World; readonly events: Events },
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#bell = parts.bell;
    this.#world = parts.world;
    this.#events = parts.events;
    this.#metrics = createControllerMetrics(deps.registry);
    this.#metrics.leading(false);
    this.#metrics.configuration({ isLoaded: false, isStale: false });
  }

  /** Resolves when the caches are complete for the first time. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Looks whenever something changed, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#bell.wait(this.#nextMs, signal);
      if (signal.aborted || !this.#world.isSynced) continue;
      this.#round = this.#look(signal);
      await this.#round;
    }
    this.#synced.resolve();
  }

  /** Writes from now on, until leadership ends; resolves when no write is under way any more. */
  async lead(leadership: Leadership): Promise<void> {
    this.#metrics.leading(true);
    // What the leader before has given out must not be given out again because a watch lags.
    await this.#world.catchUp(leadership.signal);
    this.#leadership = leadership;
    this.#bell.ring();
    await aborted(leadership.signal);
    this.#leadership = undefined;
    await this.#round.catch(() => {
      // Whoever awaits the rounds themselves is told.
    });
    this.#metrics.leading(false);
    this.#metrics.pools([]);
    this.#metrics.quarantined(new Map());
    this.#told = new Set();
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const view = this.#expectations.view(this.#world.services);
    const lbClass = this.#options.lbClass || undefined;
    const inForce = lookAt(this.#inForce, this.#world.configuration(), view.services, lbClass);
    this.#tell(inForce);
    this.#inForce = inForce;
    this.#setAside(quarantineOf(this.#world.conflicts()));
    this.#metrics.looked();
    this.#nextMs = IDLE_MS;
    this.#deps.health.ready(true);
    this.#synced.resolve();
    const leadership = this.#leadership;
    if (leadership?.isHeld()) {
      const now = formatTime(clock.nowWall());
      const allowance = this.#moves.allowance(clock.now());
      const setAside = { quarantine: this.#quarantine, allowance };
      const { namespaces } = this.#world;
      const verdict = decide({
        config: inForce.config,
        ...view,
        namespaces,
        setAside,
        lbClass,
        now,
      });
      const decidedMs = clock.now() - startedAt;
      if (await this.#carryOut(verdict, leadership, decidedMs)) return;
    }
    // A look costs time in proportion to the world, so that it takes at most half of a core.
    await clock.sleep(clock.now() - startedAt, signal);
  }

  /** Whether there was anything to do. */
  async #carryOut(verdict: Verdict, leadership: Leadership, decidedMs: number): Promise<boolean> {
    const { clock } = this.#deps;
    const keys = new Set(verdict.actions.map(keyOfAction));
    this.#retries.keepOnly(keys);
    const due = verdict.actions.filter((action) =>
      this.#retries.isDue(keyOfAction(action), clock.now())
    );
    const config = this.#inForce?.config;
    const assigned = [...verdict.decisions.values()].map(({ addresses }) => addresses);
    this.#metrics.pools(config === undefined ? [] : usageOf(config, assigned));
    this.#metrics.quarantined(
      config === undefined ? new Map() : countByPool(config, this.#quarantine.values()),
    );
    const until = clock.now() + Math.max(BATCH_MS, 10 * decidedMs);
    await apply(due, { ...this.#deps, leadership, emit: this.#events.emit }, {
      concurrency: this.#options.concurrency ?? 16,
      mayContinue: () => !this.#bell.isRung || clock.now() < until,
      onOutcome: (action, outcome) => this.#remember(action, outcome),
    });
    const retryMs = this.#retries.dueInMs(keys, clock.now()) ?? IDLE_MS;
    this.#nextMs = Math.min(IDLE_MS, retryMs, this.#moveDueMs(verdict));
    return due.length > 0;
  }

  /** When Services that wait to be moved may be. */
  #moveDueMs({ decisions }: Verdict): number {
    const isWaiting = decisions.values().some(({ stays }) =>
      stays.some(({ reason }) => reason === "move-delayed")
    );
    return isWaiting ? this.#moves.dueInMs(this.#deps.clock.now()) : IDLE_MS;
  }

  /** Takes over which addresses strangers use, and says what is new about it. */
  #setAside(quarantine: Quarantine): void {
    for (const { kind, sighting } of quarantineNews(this.#quarantine, quarantine)) {
      const address = formatIp(sighting.address);
      if (kind === "free") this.#deps.log("info", "quarantineOver", { address });
      else {
        const { mac, node } = sighting;
        this.#deps.log("warn", "addressQuarantined", { address, mac, node });
      }
    }
    this.#quarantine = quarantine;
  }

  #noteMoves({ decision }: Action): void {
    const now = this.#deps.clock.now();
    for (const { from } of decision?.moved ?? []) this.#moves.note(formatIp(from.address), now);
  }

  #remember(action: Action, outcome: Outcome): void {
    const { clock, random } = this.#deps;
    const key = keyOfAction(action);
    this.#metrics.acted(action.kind, outcome.kind);
    switch (outcome.kind) {
      case "written":
        this.#expectations.wrote(outcome.service);
        this.#noteMoves(action);
        if (action.refused !== undefined) this.#metrics.refused(action.refused);
        // A server that takes a write and changes nothing, as one that is too old for conditions of
        // Services does, would be asked for ever.
        if (isSameVersion(action.service, outcome.service)) {
          return this.#retries.failed(key, clock.now(), random());
        }
        this.#retries.succeeded(key);
        // What this write frees can be given out now.
        return this.#bell.ring();
      case "unknown":
        this.#expectations.doubted(action.service, action.decision?.addresses ?? []);
        this.#noteMoves(action);
        this.#metrics.failed();
        return this.#retries.failed(key, clock.now(), random());
      case "failed":
        this.#metrics.failed();
        return this.#retries.failed(key, clock.now(), random(), askedMs(outcome.error));
      case "conflict":
      case "gone":
      case "not-leading":
        return;
      default:
        return outcome satisfies never;
    }
  }

  /** Says what is new about the configuration: to the log always, by Events while leading. */
  #tell(inForce: InForce): void {
    const { log } = this.#deps;
    const { config, isStale, problems } = inForce;
    this.#metrics.configuration({ isLoaded: config !== undefined, isStale });
    for (const news of newsOf(this.#inForce, inForce)) {
      switch (news.kind) {
        case "loaded":
          log("info", "configLoaded", { pools: news.config.pools.length });
          break;
        case "stale":
          this.#metrics.failed();
          log("error", "configStale", { error: news.message });
          break;
        case "recovered":
          log("info", "configRecovered");
          break;
        case "problem":
          log(news.severity === "error" ? "error" : "warn", "configProblem", {
            problem: news.text,
          });
          break;
        default:
          news satisfies never;
      }
    }
    if (this.#leadership?.isHeld() !== true) return;
    const notes = notesOnProblems(problems);
    for (const note of notes) if (!this.#told.has(note.message)) this.#events.emit(note);
    this.#told = new Set(notes.map(({ message }) => message));
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function keyOfAction(action: Action): string {
  return keyOf(action.service.meta);
}

function isSameVersion(a: Service, b: Service): boolean {
  return a.meta.resourceVersion === b.meta.resourceVersion;
}

function askedMs(error: unknown): number {
  return error instanceof KubeError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}
