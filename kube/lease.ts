import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import { AbortScope } from "./abort_scope.ts";
import {
  type Candidate,
  type ElectionAction,
  type ElectionEvent,
  type ElectionState,
  isLeader,
  NOTHING_SEEN,
  step,
} from "./election.ts";
import { isAlreadyExists, isConflict } from "./errors.ts";
import type { Kube } from "./kube.ts";
import { LeaseCalls, type Limit } from "./lease_calls.ts";
import { isWorthReporting } from "./list_watch.ts";

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

/** How long a release may take, which is worth little: without it the Lease runs out by itself. */
const RELEASE_MS = 700;

class Contender {
  readonly #calls: LeaseCalls;
  readonly #deps: LeadDeps;
  readonly #options: LeadOptions;
  readonly #candidate: Candidate;
  #state: ElectionState = NOTHING_SEEN;
  /** Calls in a row without an answer of use. */
  #failures = 0;

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
    this.#calls = new LeaseCalls(kube, deps.clock, { ...options, leaseDurationMs });
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
    const calls = this.#calls;
    switch (action.kind) {
      case "wait":
        await this.#deps.clock.sleep(action.ms, signal);
        return { kind: "due" };
      case "lose":
        return { kind: "due" };
      case "read":
        return await this.#attempt(signal, (limit) => calls.read(limit));
      case "create":
        return await this.#attempt(signal, (limit) => calls.create(limit));
      case "take":
        return await this.#attempt(signal, (limit) => calls.take(action.from, limit));
      case "renew":
        return await this.#attempt(signal, (limit) => calls.renew(action.from, limit));
      default:
        return action satisfies never;
    }
  }

  /** One call that ends in time to be useful, its failure told as an event. */
  async #attempt(
    signal: AbortSignal,
    call: (limit: Limit) => Promise<ElectionEvent>,
  ): Promise<ElectionEvent> {
    try {
      const event = await call({ timeoutMs: this.#callLimitMs(), signal });
      this.#failures = 0;
      return event;
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error)) return { kind: "conflict" };
      if (!signal.aborted) this.#reportFailure(error);
      return { kind: "failed" };
    }
  }

  #reportFailure(error: unknown): void {
    const failures = ++this.#failures;
    if (!isWorthReporting(failures)) return;
    this.#deps.log("warn", "leaseFailed", { ...this.#names(), failures, error });
  }

  /** Half the deadline leaves time for a second attempt; a leader's never goes past its deadline. */
  #callLimitMs(): number {
    const { renewDeadlineMs } = this.#candidate;
    const { renewedAt = Infinity } = this.#state;
    const left = renewedAt + renewDeadlineMs - this.#deps.clock.now();
    return Math.max(0, Math.min(renewDeadlineMs / 2, left));
  }

  /** Lets the next in line go on at once; when it cannot be written, the Lease runs out by itself. */
  async #release(): Promise<void> {
    this.#state = { ...this.#state, renewedAt: undefined };
    using limit = new AbortScope();
    limit.after(
      RELEASE_MS,
      this.#deps.clock,
      () => limit.abort(new Error("The release took long")),
    );
    if (await this.#tryRelease(limit.signal) !== "conflict") return;
    // A renewal that was cut off by the stop may have been accepted all the same.
    this.#step(await this.#attempt(limit.signal, (limit) => this.#calls.read(limit)));
    if (this.#state.seen?.lease.holderIdentity !== this.#candidate.identity) return;
    await this.#tryRelease(limit.signal);
  }

  async #tryRelease(signal: AbortSignal): Promise<ElectionEvent["kind"]> {
    const from = this.#state.seen?.lease;
    if (from === undefined) return "failed";
    return (await this.#attempt(signal, (limit) => this.#calls.release(from, limit))).kind;
  }

  #names(): { readonly lease: string; readonly identity: string } {
    const { namespace, name, identity } = this.#options;
    return { lease: `${namespace}/${name}`, identity };
  }
}
