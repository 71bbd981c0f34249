import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { abortable, AbortScope } from "./abort_scope.ts";
import {
  type Candidate,
  type ElectionAction,
  type ElectionEvent,
  type ElectionState,
  isLeader,
  NOTHING_SEEN,
  step,
} from "./election.ts";
import { isAlreadyExists, isConflict, isNotFound } from "./errors.ts";
import type { Kube } from "./kube.ts";
import { formatMicroTime, mergePatch } from "./patch.ts";
import { pathOf } from "./resource.ts";
import { LEASES, parseObject } from "./resources.ts";
import type { Json, JsonObject, Lease } from "./types.ts";

/** Which Lease to stand for, and as whom. */
export interface LeadOptions {
  readonly namespace: string;
  readonly name: string;
  /** Unique among the candidates; one that comes back under the same name goes on at once. */
  readonly identity: string;
  /** How long others wait after the last sign of life. @default 15000 */
  readonly leaseDurationMs?: number;
  /** How long leadership lasts without a successful renewal. @default 10000 */
  readonly renewDeadlineMs?: number;
  /** From one attempt to the next. @default 2000 */
  readonly retryMs?: number;
}

export interface LeadDeps {
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** What the leader's work may go by. */
export interface Leadership {
  /** Aborts when leadership has ended, or is to end. */
  readonly signal: AbortSignal;
  /**
   * Whether this is the leader at this very instant; ask before every write. False as soon as the renew
   * deadline has passed, even if this process was frozen meanwhile.
   */
  isHeld(): boolean;
}

/**
 * Stands for the Lease until the signal aborts, and does `work` while it is the leader. When leadership
 * is lost, the work's signal aborts, the work's end is awaited, and it stands by anew. On an orderly
 * stop the Lease is renewed until the work has ended, and then released for the next in line. The work
 * is to resolve, not to reject, when its signal aborts.
 *
 * @throws RangeError when the times do not fit: retry < renew deadline < lease duration
 * @throws whatever the work rejects with, after having released the Lease
 * Resolves after release when the signal has aborted, or when the work has ended by itself.
 */
export async function lead(
  kube: Kube,
  options: LeadOptions,
  deps: LeadDeps,
  signal: AbortSignal,
  work: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const contender = new Contender(kube, options, deps);
  while (!signal.aborted) {
    if (!await contender.acquire(signal)) break;
    if (await contender.serve(signal, work) === "finished") break;
  }
}

class Contender {
  readonly #kube: Kube;
  readonly #deps: LeadDeps;
  readonly #options: LeadOptions;
  readonly #candidate: Candidate;
  #state: ElectionState = NOTHING_SEEN;

  constructor(kube: Kube, options: LeadOptions, deps: LeadDeps) {
    const {
      identity,
      leaseDurationMs = 15_000,
      renewDeadlineMs = 10_000,
      retryMs = 2_000,
    } = options;
    if (retryMs >= renewDeadlineMs || renewDeadlineMs >= leaseDurationMs) {
      throw new RangeError(
        "Cannot stand for Lease: wanted retry < renew deadline < lease duration, " +
          `found ${retryMs}, ${renewDeadlineMs}, ${leaseDurationMs} ms`,
      );
    }
    this.#kube = kube;
    this.#deps = deps;
    this.#options = options;
    this.#candidate = { identity, leaseDurationMs, renewDeadlineMs, retryMs };
  }

  /** Resolves with true once we are the leader, with false when the signal has aborted before. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    let event: ElectionEvent = { kind: "due" };
    while (!signal.aborted) {
      const action = this.#step(event);
      if (this.#isHeld()) return true;
      event = await this.#perform(action, signal);
    }
    // A write may have been accepted at the very moment of the stop.
    if (this.#isHeld()) await this.#release();
    return false;
  }

  async serve(
    signal: AbortSignal,
    work: (leadership: Leadership) => Promise<void>,
  ): Promise<"lost" | "finished"> {
    this.#deps.log("info", "leadershipAcquired", this.#names());
    using leadership = new AbortScope(signal);
    using renewing = new AbortScope();
    const renewals = this.#keep(renewing.signal).then(() =>
      leadership.abort(new DOMException("Leadership has ended", "AbortError"))
    );
    let isLost = false;
    try {
      await work({ signal: leadership.signal, isHeld: () => this.#isHeld() });
    } finally {
      isLost = !this.#isHeld();
      renewing.abort(new DOMException("The work has ended", "AbortError"));
      await renewals;
      if (!isLost) await this.#release();
      this.#deps.log(isLost ? "warn" : "info", isLost ? "leadershipLost" : "leadershipReleased", {
        ...this.#names(),
      });
      this.#state = { ...this.#state, renewedAt: undefined };
    }
    return isLost ? "lost" : "finished";
  }

  /** Renews until leadership is lost or the signal aborts; never rejects. */
  async #keep(signal: AbortSignal): Promise<void> {
    let event: ElectionEvent = { kind: "due" };
    await this.#deps.clock.sleep(this.#candidate.retryMs, signal);
    while (!signal.aborted) {
      const action = this.#step(event);
      if (action.kind === "lose") return;
      event = await this.#perform(action, signal);
    }
  }

  #isHeld(): boolean {
    return isLeader(this.#candidate, this.#state, this.#deps.clock.now());
  }

  #step(event: ElectionEvent): ElectionAction {
    const { clock, random } = this.#deps;
    const [state, action] = step(this.#candidate, this.#state, event, clock.now(), random());
    this.#state = state;
    return action;
  }

  async #perform(action: ElectionAction, signal: AbortSignal): Promise<ElectionEvent> {
    switch (action.kind) {
      case "wait":
        await this.#deps.clock.sleep(action.ms, signal);
        return { kind: "due" };
      case "lose":
        return { kind: "due" };
      case "read":
        return await this.#attempt(signal, (limit) => this.#read(limit));
      case "create":
        return await this.#attempt(signal, (limit) => this.#create(limit));
      case "take":
      case "renew":
        return await this.#attempt(signal, (limit) => this.#write(action, limit));
      default:
        return action satisfies never;
    }
  }

  /** One call that ends in time to be useful, its failure told as an event. */
  async #attempt(
    signal: AbortSignal,
    call: (limit: AbortSignal) => Promise<ElectionEvent>,
  ): Promise<ElectionEvent> {
    using limit = new AbortScope(signal);
    const ms = this.#callLimitMs();
    limit.abortAfter(ms, this.#deps.clock, () => new Error(`Cannot get an answer within ${ms} ms`));
    try {
      return await abortable(call(limit.signal), limit.signal);
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error)) return { kind: "conflict" };
      if (!signal.aborted) this.#deps.log("warn", "leaseFailed", { ...this.#names(), error });
      return { kind: "failed" };
    }
  }

  /** Half the deadline leaves time for a second attempt; a leader's never goes past its deadline. */
  #callLimitMs(): number {
    const { renewDeadlineMs } = this.#candidate;
    const { renewedAt = Infinity } = this.#state;
    const left = renewedAt + renewDeadlineMs - this.#deps.clock.now();
    return Math.max(0, Math.min(renewDeadlineMs / 2, left));
  }

  async #read(signal: AbortSignal): Promise<ElectionEvent> {
    const { namespace, name } = this.#options;
    const path = pathOf(LEASES, { namespace, name });
    try {
      const lease = leaseOf(await this.#kube.request({ method: "GET", path }, signal));
      return { kind: "read", lease };
    } catch (error) {
      if (isNotFound(error)) return { kind: "read", lease: undefined };
      throw error;
    }
  }

  async #create(signal: AbortSignal): Promise<ElectionEvent> {
    const { namespace, name } = this.#options;
    const sentAt = this.#deps.clock.now();
    const body = {
      apiVersion: LEASES.apiVersion,
      kind: LEASES.kind,
      metadata: { namespace, name },
      spec: this.#spec(0),
    };
    const path = pathOf(LEASES, { namespace });
    const lease = leaseOf(await this.#kube.request({ method: "POST", path, body }, signal));
    return { kind: "written", lease, sentAt };
  }

  async #write(
    action: Extract<ElectionAction, { kind: "take" | "renew" }>,
    signal: AbortSignal,
  ): Promise<ElectionEvent> {
    const { from } = action;
    const sentAt = this.#deps.clock.now();
    const spec = action.kind === "take"
      ? this.#spec((from.leaseTransitions ?? 0) + 1)
      : { renewTime: this.#time(), leaseDurationSeconds: this.#seconds() };
    const lease = leaseOf(
      await this.#kube.request(mergePatch(LEASES, from.meta, { spec }), signal),
    );
    return { kind: "written", lease, sentAt };
  }

  /** Lets the next in line go on at once; when it cannot be written, the Lease runs out by itself. */
  async #release(): Promise<void> {
    this.#state = { ...this.#state, renewedAt: undefined };
    const { signal } = new AbortController();
    const outcome = await this.#attempt(signal, (limit) => this.#writeRelease(limit));
    if (outcome.kind !== "conflict") return;
    // A renewal that was cut off by the stop may have been accepted all the same.
    const current = await this.#attempt(signal, (limit) => this.#read(limit));
    this.#step(current);
    if (this.#state.seen?.lease.holderIdentity !== this.#candidate.identity) return;
    await this.#attempt(signal, (limit) => this.#writeRelease(limit));
  }

  async #writeRelease(signal: AbortSignal): Promise<ElectionEvent> {
    const from = this.#state.seen?.lease;
    if (from === undefined) return { kind: "failed" };
    const time = this.#time();
    const spec = {
      holderIdentity: "",
      leaseDurationSeconds: 1,
      renewTime: time,
      acquireTime: time,
    };
    const call = mergePatch(LEASES, from.meta, { spec });
    return { kind: "read", lease: leaseOf(await this.#kube.request(call, signal)) };
  }

  #spec(leaseTransitions: number): JsonObject {
    const time = this.#time();
    return {
      holderIdentity: this.#candidate.identity,
      leaseDurationSeconds: this.#seconds(),
      acquireTime: time,
      renewTime: time,
      leaseTransitions,
    };
  }

  /** The API has whole seconds, at least one. */
  #seconds(): number {
    return Math.max(1, Math.ceil(this.#candidate.leaseDurationMs / 1000));
  }

  #time(): string {
    return formatMicroTime(this.#deps.clock.nowWall());
  }

  #names(): { readonly lease: string; readonly identity: string } {
    const { namespace, name, identity } = this.#options;
    return { lease: `${namespace}/${name}`, identity };
  }
}

function leaseOf(json: Json): Lease {
  const lease = parseObject(LEASES, json);
  if (lease === undefined) throw new TypeError("Cannot read Lease: wanted an object");
  return lease;
}
