import type { Place } from "../../speaker/ownership/table_action.ts";
import type { KernelEvent } from "../../speaker/ownership/table_entry.ts";
import type { Timeline } from "./event_queue.ts";
import type { Kernel } from "./kernel.ts";
import type { Random } from "./random.ts";

/** What is asked of the kernel for one address. */
type Operation = "bind" | "unbind" | "renew";

export interface WriterOptions {
  readonly queue: Timeline;
  readonly random: Random;
  readonly kernel: Kernel;
  readonly localNow: () => number;
  readonly mayWrite: (operation: "bind" | "renew", key: string) => boolean;
  readonly onResult: (key: string, event: KernelEvent) => void;
  /** Does something in the process as soon as it runs: never, when it has ended. */
  readonly inProcess: (run: () => void) => void;
  /** Called between the decision to write and the write. */
  readonly beforeWrite: () => void;
}

interface Task {
  readonly operation: Operation;
  readonly at: Place;
}

/** What the process is told. */
type Outcome = "bound" | "bind-failed" | "unbound" | "renewed" | "nothing";

const SUCCESSES = { bind: "bound", unbind: "unbound", renew: "renewed" } as const;

/** As `KernelWriter` says: what cannot be unbound goes by itself. */
const FAILURES = { bind: "bind-failed", unbind: "unbound", renew: "nothing" } as const;

const BATCH = 256;

/** The process's writes to its kernel: in order, in batches, one under way, renewals last; as `KernelWriter`. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #renewing = new Set<string>();
  #urgent: Task[] = [];
  #renewals: Task[] = [];
  #isBusy = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  bind(at: Place): void {
    this.#urgent.push({ operation: "bind", at });
    this.#start();
  }

  unbind(at: Place): void {
    this.#urgent.push({ operation: "unbind", at });
    this.#start();
  }

  renew(at: Place): void {
    if (this.#renewing.has(at.key)) return;
    this.#renewing.add(at.key);
    this.#renewals.push({ operation: "renew", at });
    this.#start();
  }

  #start(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    // What is asked for in the same turn goes into one batch.
    this.#options.queue.after(0, () => this.#options.inProcess(() => this.#next()));
  }

  #next(): void {
    const queue = this.#urgent.length > 0 ? this.#urgent : this.#renewals;
    const operation = queue[0]?.operation;
    if (operation === undefined) {
      this.#isBusy = false;
      return;
    }
    let count = 0;
    while (count < BATCH && queue[count]?.operation === operation) count++;
    const startedAt = this.#options.localNow();
    const batch = queue.splice(0, count).filter((task) => this.#isStillWanted(task));
    if (batch.length === 0) return this.#next();
    this.#write(operation, batch, startedAt);
  }

  #write(operation: Operation, batch: readonly Task[], startedAt: number): void {
    const { queue, random, inProcess, beforeWrite, kernel } = this.#options;
    beforeWrite();
    queue.after(random.between(0.01, 0.1), () =>
      inProcess(() => {
        const isRefused = kernel.refuses;
        for (const { at } of batch) {
          if (isRefused) {
            if (operation === "unbind") kernel.orphan(at.key);
          } else if (operation === "unbind") kernel.remove(at.key, "unbound");
          else kernel.replace(at.key, at.linkIndex, startedAt);
        }
        const tookMs = random.between(0.1, 1) + batch.length * 0.06;
        const outcome = isRefused ? FAILURES[operation] : SUCCESSES[operation];
        queue.after(tookMs, () => inProcess(() => this.#report(outcome, batch, startedAt)));
      }));
  }

  #report(kind: Outcome, batch: readonly Task[], startedAt: number): void {
    for (const { at } of batch) {
      if (kind === "nothing") continue;
      const event = kind === "bound" || kind === "renewed" ? { kind, at: startedAt } : { kind };
      this.#options.onResult(at.key, event);
    }
    this.#next();
  }

  #isStillWanted({ operation, at }: Task): boolean {
    if (operation === "unbind") return true;
    if (operation === "renew") this.#renewing.delete(at.key);
    if (this.#options.mayWrite(operation, at.key)) return true;
    if (operation === "bind") this.#options.onResult(at.key, { kind: "bind-stale" });
    return false;
  }
}
