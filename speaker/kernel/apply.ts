import type { BatchOutcome, Route } from "../../netlink/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { AddressWriter, Left } from "./address_writer.ts";
import { leasedAddress } from "./lease.ts";
import type { SpeakerMetrics } from "../told/metrics.ts";
import type { Place } from "../ownership/table_action.ts";
import type { KernelEvent } from "../ownership/table_entry.ts";
import type { Timings } from "../ownership/timings.ts";

/** What is asked of the kernel for one address; `move`: to the end of the list. */
export type KernelOperation = "bind" | "unbind" | "renew" | "move";

export interface KernelWriterDeps {
  readonly route: Route;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: SpeakerMetrics;
  readonly timings: Timings;
  /** Name of a link of this node; absent when it is gone. */
  readonly nameOf: (linkIndex: number) => string | undefined;
  /** Takes in what has been heard already; called directly before addresses are bound. */
  readonly catchUp: () => void;
  /** Whether the address may still be bound, renewed or moved; asked directly before the write. */
  readonly mayWrite: (operation: "bind" | "renew" | "move", key: string, now: number) => boolean;
  readonly onResult: (key: string, event: KernelEvent) => void;
}

interface Task {
  readonly operation: KernelOperation;
  readonly at: Place;
}

/** Addresses in one write: some 15 ms of the kernel's time. */
const BATCH = 256;

/**
 * Binds, unbinds and moves addresses in the order asked for, in batches; renewals wait for all of them. One
 * write is under way at a time, so that what was asked later also happens later.
 */
export class KernelWriter implements AddressWriter {
  readonly keptIn = "kernel";
  readonly #deps: KernelWriterDeps;
  readonly #signal: AbortSignal;
  #urgent: Task[] = [];
  #renewals: Task[] = [];
  readonly #renewing = new Set<string>();
  #running: Promise<void> | undefined;

  constructor(deps: KernelWriterDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  bind(at: Place): void {
    this.#urgent.push({ operation: "bind", at });
    this.#start();
  }

  unbind(at: Place): void {
    this.#urgent.push({ operation: "unbind", at });
    this.#start();
  }

  move(at: Place): void {
    this.#urgent.push({ operation: "move", at });
    this.#start();
  }

  renew(at: Place): void {
    if (this.#renewing.has(at.key)) return;
    this.#renewing.add(at.key);
    this.#renewals.push({ operation: "renew", at });
    this.#start();
  }

  takeUp(left: readonly Left[]): void {
    for (const { at, isHeld, isDue } of left) {
      if (!isHeld) this.unbind(at);
      else if (isDue) this.renew(at);
    }
  }

  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #start(): void {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
  }

  async #drain(): Promise<void> {
    // What is asked for in the same turn goes into one batch.
    await Promise.resolve();
    for (let batch = this.#next(); batch.length > 0; batch = this.#next()) {
      if (this.#signal.aborted) return;
      await this.#write(batch);
    }
  }

  #next(): readonly Task[] {
    const queue = this.#urgent.length > 0 ? this.#urgent : this.#renewals;
    const operation = queue[0]?.operation;
    let count = 0;
    while (count < BATCH && count < queue.length && queue[count]?.operation === operation) count++;
    return queue.splice(0, count);
  }

  async #write(batch: readonly Task[]): Promise<void> {
    if (batch[0]?.operation === "bind") this.#deps.catchUp();
    const startedAt = this.#deps.clock.now();
    const tasks = batch.filter((task) => this.#isStillWanted(task, startedAt));
    const operation = tasks[0]?.operation;
    if (operation === undefined) return;
    const places = tasks.map(({ at }) => at);
    const outcomes = await this.#perform(operation, places);
    for (const [i, at] of places.entries()) this.#report(operation, at, outcomes[i], startedAt);
  }

  #isStillWanted({ operation, at }: Task, now: number): boolean {
    if (operation === "unbind") return true;
    if (operation === "renew") this.#renewing.delete(at.key);
    if (this.#deps.mayWrite(operation, at.key, now)) return true;
    this.#deps.metrics.kernelWrote(operation, "skipped");
    if (operation === "bind") this.#deps.onResult(at.key, { kind: "bind-stale" });
    return false;
  }

  async #perform(
    operation: KernelOperation,
    places: readonly Place[],
  ): Promise<readonly BatchOutcome[]> {
    const { route, nameOf, timings } = this.#deps;
    const addresses = places.map((at) => leasedAddress(at, nameOf(at.linkIndex) ?? "", timings));
    try {
      if (operation === "unbind") return await route.deleteAddresses(addresses, this.#signal);
      if (operation === "move") return await route.moveAddresses(addresses, this.#signal);
      return await route.replaceAddresses(addresses, this.#signal);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      return places.map(() => failure);
    }
  }

  #report(operation: KernelOperation, at: Place, outcome: BatchOutcome, startedAt: number): void {
    const { log, metrics, onResult } = this.#deps;
    metrics.kernelWrote(operation, outcome === undefined ? "done" : "failed");
    if (outcome !== undefined) {
      log("warn", "kernelRefused", { operation, address: at.key, error: outcome });
    }
    switch (operation) {
      case "bind":
        return onResult(
          at.key,
          outcome === undefined ? { kind: "bound", at: startedAt } : { kind: "bind-failed" },
        );
      case "unbind":
        // One that could not be taken away goes by itself when its lifetime ends.
        return onResult(at.key, { kind: "unbound" });
      case "move":
        // Bound anew: where that took long, another may have claimed it.
        return onResult(at.key, outcome === undefined ? { kind: "bound", at: startedAt } : GONE);
      case "renew":
        if (outcome === undefined) onResult(at.key, { kind: "renewed", at: startedAt });
        return;
      default:
        return operation satisfies never;
    }
  }
}

const GONE: KernelEvent = { kind: "gone" };
