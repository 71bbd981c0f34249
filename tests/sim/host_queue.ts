import type { EventQueue, Timeline } from "./event_queue.ts";
import type { NodeClock } from "./node_clock.ts";

interface Held {
  readonly at: number;
  readonly stoppedMs: number;
  readonly run: () => void;
}

/**
 * What one machine does, and when: nothing while it is paused. Afterwards what was due comes at once if its
 * clock ran on, and as much later as the clock stood still if it did not.
 */
export class HostQueue implements Timeline {
  readonly #queue: EventQueue;
  readonly #clock: NodeClock;
  #isPaused = false;
  #held: Held[] = [];

  constructor(queue: EventQueue, clock: NodeClock) {
    this.#queue = queue;
    this.#clock = clock;
  }

  get now(): number {
    return this.#queue.now;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(clock: "stops" | "runs"): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (clock === "stops") this.#clock.stop(this.now);
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#clock.go(this.now);
    for (const { at, stoppedMs, run } of this.#held.splice(0)) {
      this.at(at + this.#clock.stoppedMs - stoppedMs, run);
    }
  }

  at(at: number, run: () => void): void {
    const { stoppedMs } = this.#clock;
    this.#queue.at(at, () => {
      if (this.#isPaused) this.#held.push({ at, stoppedMs, run });
      else if (this.#clock.stoppedMs > stoppedMs) {
        this.at(at + this.#clock.stoppedMs - stoppedMs, run);
      } else run();
    });
  }

  after(ms: number, run: () => void): void {
    this.at(this.now + ms, run);
  }
}
