import type { BoundName } from "./bounds.ts";

/** A rule that the protocol broke. */
export interface Violation {
  readonly atMs: number;
  readonly rule: string;
  readonly what: string;
}

/** How long something lasted, each time. */
export type Durations = Map<BoundName, number[]>;

/** What a run, or many, came to: data that can go from one thread to another. */
export interface Findings {
  readonly violations: readonly Violation[];
  readonly gaps: Durations;
  readonly overlaps: Durations;
  /** How often each kind of fault came. */
  readonly faults: ReadonlyMap<string, number>;
  /** Addresses that went from one node to another. */
  readonly moves: number;
  readonly frames: number;
  readonly nodeMs: number;
  /** Frames and time in calm. */
  readonly calmFrames: number;
  readonly calmNodeMs: number;
  readonly events: number;
}

/** Findings that are being made. */
export class Report implements Findings {
  readonly violations: Violation[] = [];
  readonly gaps: Durations = new Map();
  readonly overlaps: Durations = new Map();
  readonly faults = new Map<string, number>();
  moves = 0;
  frames = 0;
  nodeMs = 0;
  calmFrames = 0;
  calmNodeMs = 0;
  events = 0;
  readonly #now: () => number;

  /** @param now ms since the run began */
  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  violation(rule: string, what: string): void {
    this.violations.push({ atMs: this.#now(), rule, what });
  }

  fault(kind: string): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
  }

  gap(bound: BoundName, ms: number): void {
    append(this.gaps, bound, [ms]);
  }

  overlap(bound: BoundName, ms: number): void {
    append(this.overlaps, bound, [ms]);
  }

  /** Takes in what another run came to. */
  add(other: Findings): void {
    for (const violation of other.violations) this.violations.push(violation);
    for (const [bound, values] of other.gaps) append(this.gaps, bound, values);
    for (const [bound, values] of other.overlaps) append(this.overlaps, bound, values);
    for (const [kind, count] of other.faults) {
      this.faults.set(kind, (this.faults.get(kind) ?? 0) + count);
    }
    this.moves += other.moves;
    this.frames += other.frames;
    this.nodeMs += other.nodeMs;
    this.calmFrames += other.calmFrames;
    this.calmNodeMs += other.calmNodeMs;
    this.events += other.events;
  }
}

function append(durations: Durations, bound: BoundName, values: readonly number[]): void {
  const known = durations.get(bound) ?? [];
  for (const value of values) known.push(value);
  durations.set(bound, known);
}
