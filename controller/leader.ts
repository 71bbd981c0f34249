import type { Config, InForce } from "../config/mod.ts";
import {
  type Events,
  formatTime,
  type Kube,
  type Leadership,
  type LeadOptions,
  type Service,
} from "../kube/mod.ts";
import type { Bell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";
import type { Health } from "../ops/health.ts";
import type { Log } from "../ops/log.ts";
import type { Registry } from "../ops/prometheus.ts";
import { apply } from "./apply.ts";
import type { Look } from "./book.ts";
import { lookAt } from "./configuration.ts";
import { ConfigurationTeller } from "./configuration_teller.ts";
import { Decider, type Outlook, type Scene } from "./decider.ts";
import { Expectations } from "./expectations.ts";
import { type ControllerMetrics, createControllerMetrics } from "./metrics.ts";
import { isSameQuarantine, type Quarantine, quarantineOf } from "./quarantine.ts";
import { StateWriter } from "./state_writer.ts";
import { countByPool } from "./usage.ts";
import type { World } from "./world.ts";
import { WriteRecord } from "./write_record.ts";

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

/** How long nothing may happen before there is a look all the same. */
const IDLE_MS = 30_000;

/** How long there may be no sign of life while there is nothing to do. */
const BEAT_MS = 5_000;

/** Longer than any write may take: the client gives one up after 30 s. */
const LONGEST_WRITE_MS = 60_000;

/** How long writes may go on before a changed world is looked at. */
const BATCH_MS = 1_000;

/** How often what was decided by change is compared with a decision about everything. */
const AUDIT_MS = 30_000;

/** How many Services a failed audit names. */
const NAMED_DIFFERENCES = 5;

/** One look after the other at what changed; the only owner of what is remembered between them. */
export class Leader {
  readonly #options: ControllerOptions;
  readonly #deps: ControllerDeps;
  readonly #bell: Bell;
  readonly #world: World;
  readonly #events: Events;
  readonly #metrics: ControllerMetrics;
  readonly #lbClass: string | undefined;
  readonly #expectations = new Expectations();
  readonly #record: WriteRecord;
  readonly #teller: ConfigurationTeller;
  readonly #decider: Decider;
  readonly #synced = Promise.withResolvers<void>();
  #inForce: InForce | undefined;
  #quarantine: Quarantine = new Map();
  /** There is one while leading. */
  #states: StateWriter | undefined;
  #leadership: Leadership | undefined;
  #round: Promise<void> = Promise.resolve();
  #nextMs = IDLE_MS;
  #auditedAt = -Infinity;
  /** When a write ended last, or the first of several began. */
  #writtenAt = -Infinity;

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
    this.#lbClass = options.lbClass || undefined;
    this.#decider = new Decider(this.#lbClass);
    this.#metrics = createControllerMetrics(deps.registry);
    this.#metrics.leading(false);
    this.#metrics.configuration({ isLoaded: false, isStale: false });
    const metrics = this.#metrics;
    const expectations = this.#expectations;
    this.#record = new WriteRecord({ ...deps, metrics, expectations, onRoom: parts.bell.ring });
    this.#teller = new ConfigurationTeller({ ...deps, metrics, emit: parts.events.emit });
  }

  /** Resolves when the caches are complete for the first time. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** Looks whenever something changed, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#rest(signal);
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
    const states = new StateWriter(this.#deps, this.#options);
    this.#states = states;
    this.#leadership = leadership;
    this.#bell.ring();
    await states.run(leadership.signal);
    this.#leadership = undefined;
    this.#states = undefined;
    await this.#round.catch(() => {
      // Whoever awaits the rounds themselves is told.
    });
    this.#decider.forget();
    this.#teller.forget();
    this.#metrics.leading(false);
    this.#metrics.pools([]);
    this.#metrics.quarantined(new Map());
  }

  /** Waits for news, or until the next look is due. What tells that the process lives is that it comes round here. */
  async #rest(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const until = clock.now() + this.#nextMs;
    let hasNews = false;
    // Also where the next look is due already: it does not go before everything else that this process has to do.
    do {
      this.#beat();
      hasNews = await this.#bell.wait(shortened(until - clock.now()), signal);
    } while (!hasNews && !signal.aborted && clock.now() < until);
    this.#beat();
  }

  /** Waits whatever happens. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const until = clock.now() + ms;
    do {
      this.#beat();
      await clock.sleep(shortened(until - clock.now()), signal);
    } while (!signal.aborted && clock.now() < until);
  }

  /**
   * To wait for the API is to live, as long as no write takes longer than any may: a server that is slow to answer
   * would else have one leader after the other killed.
   */
  async #beatWhileWriting(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted && clock.now() - this.#writtenAt < LONGEST_WRITE_MS) {
      this.#beat();
      await clock.sleep(BEAT_MS, signal);
    }
  }

  #beat(): void {
    const doing = !this.#world.isSynced
      ? "Waiting for the API server"
      : this.#leadership?.isHeld() === true
      ? "Leading"
      : "Standing by";
    this.#deps.health.beat(doing);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const changed = this.#world.takeChanged().union(this.#expectations.takeChanged());
    const leadership = this.#leadership;
    const isLeading = leadership?.isHeld() === true;
    this.#configure({ isLeading });
    this.#metrics.looked();
    this.#nextMs = IDLE_MS;
    this.#deps.health.ready(true);
    this.#synced.resolve();
    if (leadership !== undefined && isLeading) {
      const scene = this.#sceneOf(changed);
      const look = { now: formatTime(clock.nowWall()), allowance: this.#record.allowance() };
      const outlook = this.#decider.look(scene, look);
      this.#showUse(outlook, scene.config);
      if (this.#inForce !== undefined) this.#states?.setConfiguration(this.#inForce);
      this.#audit(scene, look);
      const decidedMs = clock.now() - startedAt;
      if (await this.#carryOut(outlook, leadership, decidedMs)) return;
    } else {
      this.#decider.forget();
    }
    // However quickly the world changes, looks take at most half of a core.
    await this.#pause(clock.now() - startedAt, signal);
  }

  /** Takes over what configures: which configuration is in force, and which addresses are set aside. */
  #configure({ isLeading }: { readonly isLeading: boolean }): void {
    const before = this.#inForce;
    const services = { [Symbol.iterator]: () => this.#services() };
    this.#inForce = lookAt(before, this.#world.configuration(), services, this.#lbClass);
    this.#teller.tell(before, this.#inForce, { isLeading });
    const quarantine = quarantineOf(this.#world.conflicts());
    if (isSameQuarantine(this.#quarantine, quarantine)) return;
    this.#teller.tellQuarantine(this.#quarantine, quarantine);
    this.#quarantine = quarantine;
  }

  *#services(): Generator<Service> {
    for (const [key, cached] of this.#world.services) {
      const { service } = this.#expectations.view(key, cached);
      if (service !== undefined) yield service;
    }
  }

  #sceneOf(changed: ReadonlySet<string>): Scene {
    const { services, namespaces } = this.#world;
    return {
      config: this.#inForce?.config,
      quarantine: this.#quarantine,
      namespaces,
      keys: () => services.keys(),
      changed,
      view: (key) => this.#expectations.view(key, services.get(key)),
    };
  }

  #showUse({ use }: Outlook, config: Config | undefined): void {
    this.#states?.setUse(use, config);
    if (use.kind === "changed") return this.#metrics.changedPools(use.pools);
    this.#metrics.pools(use.pools);
    this.#metrics.quarantined(
      config === undefined ? new Map() : countByPool(config, this.#quarantine.values()),
    );
  }

  /** Now and then, sees whether what was decided by change is what would be decided about everything. */
  #audit(scene: Scene, look: Look): void {
    const { clock, log } = this.#deps;
    if (clock.now() - this.#auditedAt < AUDIT_MS) return;
    const keys = this.#decider.audit(scene, look);
    this.#auditedAt = clock.now();
    if (keys.length === 0) return;
    const services = keys.slice(0, NAMED_DIFFERENCES).join(",");
    log("error", "auditFailed", { services, count: keys.length });
    this.#metrics.auditDiffered(keys.length);
    this.#bell.ring();
  }

  /** Whether there was anything to do. */
  async #carryOut(outlook: Outlook, leadership: Leadership, decidedMs: number): Promise<boolean> {
    const { clock } = this.#deps;
    const due = this.#record.dueAmong(outlook.actions);
    const until = clock.now() + Math.max(BATCH_MS, 10 * decidedMs);
    const done = new AbortController();
    this.#writtenAt = clock.now();
    const beating = this.#beatWhileWriting(done.signal);
    await apply(due, { ...this.#deps, leadership, emit: this.#events.emit }, {
      concurrency: this.#options.concurrency ?? 16,
      mayContinue: () => !this.#bell.isRung || clock.now() < until,
      onOutcome: (action, outcome) => {
        this.#writtenAt = clock.now();
        this.#beat();
        this.#record.note(action, outcome);
      },
    });
    done.abort();
    await beating;
    const retryMs = this.#record.retryDueMs(outlook.actions) ?? IDLE_MS;
    const moveMs = outlook.hasDelayedMoves ? this.#record.moveDueMs() : IDLE_MS;
    this.#nextMs = Math.min(IDLE_MS, retryMs, moveMs);
    return due.length > 0;
  }
}

/** A wait as far as the next sign of life. */
function shortened(ms: number): number {
  return Math.max(0, Math.min(BEAT_MS, ms));
}
