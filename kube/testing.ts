import type { Clock } from "../ops/clock.ts";
import type { Log, LogFields } from "../ops/log.ts";
import { KubeError } from "./errors.ts";
import type { Kube, KubeCall } from "./kube.ts";
import type { Json, JsonObject } from "./types.ts";

/** A clock for tests of waiting: time passes only by waits, which are over at once and written down. */
export interface QuickClock extends Clock {
  /** Length of each short wait, in order, in milliseconds. */
  readonly waits: readonly number[];
}

/**
 * Waits shorter than `longMs` are over at once and move the time on; longer ones, which guard calls and
 * streams, last until they are aborted.
 */
export function quickClock(longMs = 100_000): QuickClock {
  const waits: number[] = [];
  let time = 0;
  return {
    waits,
    now: () => time,
    nowWall: () => 1_700_000_000_000 + time,
    sleep: (ms, signal) => {
      if (ms >= longMs) return aborted(signal);
      if (!signal.aborted) waits.push(ms);
      time += ms;
      return Promise.resolve();
    },
  };
}

/** A clock that a test moves on: waits end in the order of their instants. Its functions may be handed on alone. */
export class VirtualClock implements Clock {
  #time = 0;
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  readonly now = (): number => this.#time;

  readonly nowWall = (): number => 1_700_000_000_000 + this.#time;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (signal.aborted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { at: this.#time + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    signal.addEventListener("abort", () => resolve(), { once: true });
    return promise.finally(() => this.#sleepers.delete(sleeper));
  };

  /** Lets `ms` pass, and everything happen that is due meanwhile. */
  async advance(ms: number): Promise<void> {
    const end = this.#time + ms;
    await settled();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#time = next.at;
      this.#sleepers.delete(next);
      next.wake();
      await settled();
    }
    this.#time = end;
  }

  /** Lets time stand still for those who wait, as for a process that is frozen. */
  freeze(ms: number): void {
    this.#time += ms;
  }

  #next(end: number): { readonly at: number; readonly wake: () => void } | undefined {
    const due = [...this.#sleepers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Resolves when every promise that could settle by itself has. */
function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 0);
  return promise;
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

/** One line of a scripted stream, or what happens instead. */
export type ScriptedLine = JsonObject | "drop" | "stand";

/** What a scripted server says to one call. */
export type ScriptedAnswer =
  | { readonly kind: "body"; readonly body: Json }
  /** `"drop"` breaks the stream, `"stand"` leaves it open; else it ends after the last line. */
  | { readonly kind: "stream"; readonly lines: readonly ScriptedLine[] }
  | { readonly kind: "status"; readonly status: number; readonly retryAfterSeconds?: number };

/** A `Kube` that answers as told, and the calls it was asked. */
export interface ScriptedKube extends Kube {
  readonly calls: readonly KubeCall[];
}

/** A `Kube` without a server: `answer` decides, by the call and its number from 0. */
export function scriptedKube(
  answer: (call: KubeCall, number: number) => ScriptedAnswer,
): ScriptedKube {
  const calls: KubeCall[] = [];
  const ask = (call: KubeCall): ScriptedAnswer => {
    calls.push(call);
    const given = answer(call, calls.length - 1);
    if (given.kind !== "status") return given;
    const { status, retryAfterSeconds } = given;
    const facts = { verb: call.method, path: call.path, reason: "Scripted", detail: "as told" };
    throw new KubeError({ ...facts, status, retryAfterSeconds });
  };
  return {
    calls,
    // deno-lint-ignore require-await -- rejects instead of throwing, as the real one does
    request: async (call, signal) => {
      signal.throwIfAborted();
      const given = ask(call);
      return given.kind === "body" ? given.body : null;
    },
    stream: async function* (call, signal): AsyncGenerator<Json> {
      const given = ask(call);
      if (given.kind !== "stream") return;
      for (const line of given.lines) {
        if (line === "stand") await aborted(signal);
        signal.throwIfAborted();
        if (line === "drop") throw new Error("the stream broke");
        if (line !== "stand") yield line;
      }
    },
  };
}

/** A log that keeps what was written. */
export function keptLog(): {
  readonly log: Log;
  readonly entries: readonly { level: string; event: string; fields: LogFields | undefined }[];
} {
  const entries: { level: string; event: string; fields: LogFields | undefined }[] = [];
  return { log: (level, event, fields) => void entries.push({ level, event, fields }), entries };
}

/** A log that keeps nothing. */
export const silentLog: Log = () => {};
