import {
  type Cache,
  type EndpointSlice,
  type RunningCache,
  type Selection,
} from "../../kube/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import { ALL_SLICES, type Chunk, type Chunks, planChunks, selectorOf } from "./slice_chunks.ts";

export interface SliceWatchesDeps {
  readonly clock: Clock;
  /** Begins a watch that ends when the signal aborts. */
  readonly start: (selection: Selection, signal: AbortSignal) => RunningCache<EndpointSlice>;
  /** "Look again." */
  readonly onChange: () => void;
}

/** After a watch was begun, the next waits so long: Services that come one by one are asked for together. */
const PAUSE_MS = 500;

/**
 * Watches the EndpointSlices of the Services that are asked for, and few others. A watch that takes the place of
 * others has seen everything before these end, so that what was known stays known.
 */
export class SliceWatches {
  readonly #deps: SliceWatchesDeps;
  readonly #signal: AbortSignal;
  /** By what they select; what is not in the plan any more ends when all that is has been seen. */
  readonly #running = new Map<Chunk | typeof ALL_SLICES, Running>();
  readonly #endings = new Set<Promise<void>>();
  #plan: Chunks = [];
  #isPausing = false;

  constructor(deps: SliceWatchesDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Sees to it that the slices of Services of these names, and no others, are in sight soon. */
  want(names: ReadonlySet<string>): void {
    this.#endReplaced();
    if (this.#isPausing) return;
    const plan = planChunks(this.#plan, names);
    const isNew = selectionsOf(plan).map((selection) => this.#begin(selection)).includes(true);
    this.#plan = plan;
    if (isNew) this.#pause();
    else this.#endReplaced();
  }

  /** Whether the slices of every Service of this name have been seen. */
  isKnown(name: string): boolean {
    return this.#running.entries().some(([selection, { cache }]) =>
      cache.isSynced && (selection === ALL_SLICES || selection.has(name))
    );
  }

  /** All slices in sight; one may be there twice, as it was and as it is, while a watch takes another's place. */
  *slices(): Iterable<EndpointSlice> {
    for (const { cache } of this.#running.values()) {
      if (cache.isSynced) yield* cache.objects.values();
    }
  }

  /** Resolves when every watch has stopped, after the signal aborted. */
  async ended(): Promise<void> {
    await Promise.all(this.#endings);
  }

  /** Whether there was none yet. */
  #begin(selection: Chunk | typeof ALL_SLICES): boolean {
    if (this.#running.has(selection)) return false;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const labelSelector = selection === ALL_SLICES ? {} : { labelSelector: selectorOf(selection) };
    const cache = this.#deps.start(labelSelector, signal);
    this.#running.set(selection, { cache, stop });
    this.#endings.add(cache.ended);
    cache.ended.then(() => this.#endings.delete(cache.ended));
    return true;
  }

  #endReplaced(): void {
    const planned = new Set(selectionsOf(this.#plan));
    if (![...planned].every((selection) => this.#running.get(selection)?.cache.isSynced)) return;
    for (const [selection, { stop }] of this.#running) {
      if (planned.has(selection)) continue;
      stop.abort();
      this.#running.delete(selection);
    }
  }

  async #pause(): Promise<void> {
    this.#isPausing = true;
    await this.#deps.clock.sleep(PAUSE_MS, this.#signal);
    this.#isPausing = false;
    if (!this.#signal.aborted) this.#deps.onChange();
  }
}

interface Running {
  readonly cache: Cache<EndpointSlice>;
  readonly stop: AbortController;
}

function selectionsOf(chunks: Chunks): readonly (Chunk | typeof ALL_SLICES)[] {
  return chunks === ALL_SLICES ? [ALL_SLICES] : chunks;
}
