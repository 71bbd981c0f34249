import { type ConflictReport, formatConflicts } from "../../config/presence.ts";
import type { Clock } from "../../ops/clock.ts";
import { Alarm } from "../alarm.ts";

export interface ConflictTellerDeps {
  readonly clock: Clock;
  readonly reports: () => readonly ConflictReport[];
  /** Takes what is to be told, see `Presence.setConflicts`. */
  readonly tell: (text: string | undefined) => void;
}

/** From one telling to the next, at least: every node of the cluster hears of each. */
const PACE_MS = 1_000;

/** Tells of conflicts when they change: at once, but not faster than its pace. */
export class ConflictTeller implements Disposable {
  readonly #deps: ConflictTellerDeps;
  readonly #alarm: Alarm;
  #toldAt = -Infinity;

  constructor(deps: ConflictTellerDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock.now, () => this.tellNow());
  }

  /** There may be something new to tell. */
  request(): void {
    const now = this.#deps.clock.now();
    const dueAt = this.#toldAt + PACE_MS;
    if (now >= dueAt) this.tellNow();
    else this.#alarm.set(dueAt);
  }

  /** Tells what there is, without waiting. */
  tellNow(): void {
    const { clock, reports, tell } = this.#deps;
    this.#toldAt = clock.now();
    const all = reports();
    tell(all.length === 0 ? undefined : formatConflicts(all));
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }
}
