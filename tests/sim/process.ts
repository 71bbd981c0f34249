import type { Timeline } from "./event_queue.ts";
import type { NodeClock } from "./node_clock.ts";
import type { Random } from "./random.ts";
import type { Frame } from "./wire.ts";

export interface ProcessOptions {
  readonly queue: Timeline;
  readonly random: Random;
  readonly clock: NodeClock;
  readonly onFrame: (frame: Frame, linkIndex: number) => void;
  readonly onAlarm: () => void;
}

/** Frames that a socket keeps for a process that does not read them. */
const SOCKET_FRAMES = 2_000;

/** A timer rings so much after the whole millisecond that it rings at. */
const TIMER_LATE_MS = 1;

/**
 * An event loop: it runs what comes at once, later while it is busy or frozen, never when it has ended.
 * What waited comes in any order when it goes on, only frames stay in theirs; before an alarm all frames
 * that have arrived are read, as the engine does.
 */
export class Process {
  /** How long it may be busy after each thing that it does. */
  slowMs = 0;
  readonly #options: ProcessOptions;
  #isFrozen = false;
  #hasEnded = false;
  #freezesAtWrite = false;
  #busyUntil = -Infinity;
  #frames: (readonly [Frame, number])[] = [];
  #tasks: (() => void)[] = [];
  #alarmAt = Infinity;
  #isAlarmDue = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  /** This machine's clock. */
  get now(): number {
    return this.#options.clock.local(this.#options.queue.now);
  }

  get isRunning(): boolean {
    return !this.#isFrozen && !this.#hasEnded;
  }

  /** Whether it does what comes at once. */
  get isPrompt(): boolean {
    return !this.#hasEnded && !this.#mustWait && this.slowMs === 0;
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** Freezes it at its next write to the kernel, between the decision and the write. */
  freezeAtWrite(): void {
    this.#freezesAtWrite = true;
  }

  /** A write was decided and comes next. Returns whether the process froze before it. */
  reachWrite(): boolean {
    if (!this.#freezesAtWrite) return false;
    this.#freezesAtWrite = false;
    this.#isFrozen = true;
    return true;
  }

  thaw(): void {
    this.#freezesAtWrite = false;
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    this.#goOn();
  }

  end(): void {
    this.#hasEnded = true;
    this.#frames = [];
    this.#tasks = [];
  }

  /** Keeps the loop busy with something else. */
  stall(ms: number): void {
    const { queue } = this.#options;
    this.#busyUntil = Math.max(this.#busyUntil, queue.now + ms);
    queue.at(this.#busyUntil, () => this.#goOn());
  }

  receive(frame: Frame, linkIndex: number): void {
    if (this.#hasEnded) return;
    if (this.#mustWait) {
      if (this.#frames.length < SOCKET_FRAMES) this.#frames.push([frame, linkIndex]);
      return;
    }
    this.#options.onFrame(frame, linkIndex);
    this.#tire();
  }

  run(task: () => void): void {
    if (this.#hasEnded) return;
    if (this.#mustWait) {
      this.#tasks.push(task);
      return;
    }
    task();
    this.#tire();
  }

  /** Sets the one alarm, to an instant of this machine's clock; `undefined` is never. As `Alarm`. */
  setAlarm(local: number | undefined): void {
    const { queue, clock, random } = this.#options;
    const localNow = clock.local(queue.now);
    if (this.#isAlarmDue || local === this.#alarmAt) return;
    this.#alarmAt = local ?? Infinity;
    if (local === undefined) return;
    const delayMs = Math.max(0, Math.ceil(local - localNow)) + random.between(0.01, TIMER_LATE_MS);
    queue.at(clock.global(localNow + delayMs), () => {
      if (this.#alarmAt !== local || this.#isAlarmDue || this.#hasEnded) return;
      this.#isAlarmDue = true;
      if (!this.#mustWait) this.#ring();
    });
  }

  get #mustWait(): boolean {
    return this.#isFrozen || this.#busyUntil > this.#options.queue.now;
  }

  #ring(): void {
    this.#isAlarmDue = false;
    this.#alarmAt = Infinity;
    this.#options.onAlarm();
    this.#tire();
  }

  #tire(): void {
    if (this.slowMs > 0) this.stall(this.#options.random.between(0, this.slowMs));
  }

  #goOn(): void {
    if (this.#hasEnded || this.#mustWait) return;
    const frames = this.#frames;
    const tasks = this.#tasks;
    this.#frames = [];
    this.#tasks = [];
    const isAlarmDue = this.#isAlarmDue;
    const read = (): void => {
      for (const [frame, linkIndex] of frames.splice(0)) this.#options.onFrame(frame, linkIndex);
    };
    const ring = (): void => {
      read();
      this.#ring();
    };
    const work = [read, ...tasks, ...isAlarmDue ? [ring] : []];
    if (work.length === 1 && frames.length === 0) return;
    for (const each of this.#options.random.shuffle(work)) each();
    this.#tire();
  }
}
