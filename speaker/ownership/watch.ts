/**
 * How one node watches one holder: it asks for one of the holder's addresses at a time; after a missing
 * answer it asks everybody for several; and when nobody answers, the holder is silent. Pure.
 */
import { DEFAULT_TIMINGS, type Timings } from "./timings.ts";

/** What the watch of one holder is at. Instants are in ms, monotonic. */
export type Watch =
  /** Asks next at `askAt`; others' probes are no reason to look before `calmUntil`. */
  | { readonly kind: "resting"; readonly askAt: number; readonly calmUntil: number }
  /** Waits until `until` for the answer for `address`. */
  | {
    readonly kind: "asking";
    readonly address: string;
    readonly until: number;
    readonly askAt: number;
    readonly calmUntil: number;
  }
  /** Has asked everybody `round` times; goes on at `nextAt`. */
  | {
    readonly kind: "suspecting";
    readonly round: number;
    readonly nextAt: number;
    /** All addresses asked for in this suspicion. */
    readonly asked: ReadonlySet<string>;
    readonly unanswered: ReadonlySet<string>;
    readonly isAlive: boolean;
  };

/** What happens to a watch. */
export type WatchEvent =
  | { readonly kind: "timer" }
  /** The holder used this address as sender. */
  | { readonly kind: "answered"; readonly address: string }
  /** Another of our nodes broadcast a probe for an address of this holder. */
  | { readonly kind: "told"; readonly address: string };

/** What a watch wants done. */
export type WatchAction =
  /** A probe to the holder alone. */
  | { readonly kind: "ask"; readonly address: string }
  /** A probe to everybody. */
  | { readonly kind: "probe"; readonly address: string }
  /** The holder answers for nothing any more; `asked` are the addresses that everybody was asked for. */
  | { readonly kind: "silent"; readonly asked: ReadonlySet<string> }
  /** The holder is alive, but does not answer for this address. */
  | { readonly kind: "missing"; readonly address: string };

/** What a watch has to know of its holder while it decides. */
export interface HolderView {
  /** From one question to the next. */
  readonly intervalMs: number;
  /** Whether it is no node of ours. */
  readonly isStranger: boolean;
  /** Whether the holder is still believed to hold the address. */
  holds(address: string): boolean;
  /** The address whose turn it is; absent when the holder has none. */
  next(): string | undefined;
  /** Some of the holder's addresses that this node would claim first; never more than the bound. */
  mine(): readonly string[];
  /** Some of the holder's addresses that are not in `asked`; never more than the bound. */
  others(asked: ReadonlySet<string>): readonly string[];
}

/** A watch that asks for the first time at `askAt`. */
export function startWatch(askAt: number): Watch {
  return { kind: "resting", askAt, calmUntil: -Infinity };
}

/** When the watch wants its `timer` event. */
export function watchWakeAt(watch: Watch): number {
  if (watch.kind === "resting") return watch.askAt;
  return watch.kind === "asking" ? watch.until : watch.nextAt;
}

const NOTHING: readonly WatchAction[] = [];

/** Decides what one event means for one watch. */
export function stepWatch(
  watch: Watch,
  event: WatchEvent,
  now: number,
  holder: HolderView,
  timings: Timings = DEFAULT_TIMINGS,
): readonly [Watch, readonly WatchAction[]] {
  switch (watch.kind) {
    case "resting":
      if (event.kind === "timer" && now >= watch.askAt) return ask(watch, now, holder, timings);
      if (event.kind === "told") return told(watch, event.address, now, holder, timings);
      return [watch, NOTHING];
    case "asking":
      if (event.kind === "answered" && event.address === watch.address) {
        return [rest(watch), NOTHING];
      }
      if (event.kind === "told") return told(watch, event.address, now, holder, timings);
      if (event.kind !== "timer" || now < watch.until) return [watch, NOTHING];
      if (!holder.holds(watch.address)) return [rest(watch), NOTHING];
      return suspect(new Set([watch.address, ...holder.mine()]), now, timings);
    case "suspecting":
      if (event.kind === "answered") return acquit(watch, event.address, now, holder, timings);
      if (event.kind === "timer" && now >= watch.nextAt) return insist(watch, now, holder, timings);
      return [watch, NOTHING];
    default:
      return watch satisfies never;
  }
}

type Step = readonly [Watch, readonly WatchAction[]];
type Calm = Extract<Watch, { kind: "resting" | "asking" }>;
type Suspecting = Extract<Watch, { kind: "suspecting" }>;

function rest(watch: Calm): Watch {
  return { kind: "resting", askAt: watch.askAt, calmUntil: watch.calmUntil };
}

function ask(watch: Calm, now: number, holder: HolderView, timings: Timings): Step {
  const askAt = now + holder.intervalMs;
  const { calmUntil } = watch;
  const address = holder.next();
  if (address === undefined) return [{ kind: "resting", askAt, calmUntil }, NOTHING];
  const until = now + timings.answerWithinMs;
  return [{ kind: "asking", address, until, askAt, calmUntil }, [{ kind: "ask", address }]];
}

/**
 * Whoever would claim first has to look for itself at once; the next ranks look when the first should
 * have claimed. A holder just found alive is left alone, so that one deaf node cannot stir up all others.
 *
 * A stranger alone is asked first: a probe to everybody, of a node that has just given up an address to a
 * stranger, would be taken for the signal that the address is free.
 */
function told(
  watch: Calm,
  address: string,
  now: number,
  holder: HolderView,
  timings: Timings,
): Step {
  if (now < watch.calmUntil) return [watch, NOTHING];
  const mine = holder.mine();
  if (mine.length > 0 && holder.isStranger) return askAtOnce(watch, address, now, timings);
  if (mine.length > 0) return suspect(new Set(mine), now, timings);
  if (watch.kind === "asking" || !holder.holds(address)) return [watch, NOTHING];
  const askAt = Math.min(watch.askAt, now + timings.rankStepMs);
  return [{ kind: "resting", askAt, calmUntil: now + timings.rankStepMs }, NOTHING];
}

function askAtOnce(watch: Calm, address: string, now: number, timings: Timings): Step {
  if (watch.kind === "asking") return [watch, NOTHING];
  const until = now + timings.answerWithinMs;
  const calmUntil = now + timings.rankStepMs;
  return [{ kind: "asking", address, until, askAt: watch.askAt, calmUntil }, [
    { kind: "ask", address },
  ]];
}

function suspect(
  asked: ReadonlySet<string>,
  now: number,
  timings: Timings,
): readonly [Suspecting, readonly WatchAction[]] {
  const nextAt = now + timings.suspectIntervalMs;
  return [
    { kind: "suspecting", round: 1, nextAt, asked, unanswered: asked, isAlive: false },
    Array.from(asked, (address) => ({ kind: "probe", address })),
  ];
}

function insist(watch: Suspecting, now: number, holder: HolderView, timings: Timings): Step {
  const open = [...watch.unanswered].filter((address) => holder.holds(address));
  if (watch.round < timings.suspectRounds && open.length > 0) {
    const nextAt = now + timings.suspectIntervalMs;
    return [
      { ...watch, round: watch.round + 1, nextAt },
      open.map((address) => ({ kind: "probe", address })),
    ];
  }
  if (!watch.isAlive && open.length > 0) {
    return [calm(now, holder, timings), [{ kind: "silent", asked: watch.asked }]];
  }
  return sweep(watch, open, now, holder, timings);
}

/**
 * A living holder has lost `open`: its process does not renew them any more, and the others go one after the
 * other. So they are looked at in one go, as long as more are missing.
 */
function sweep(
  watch: Suspecting,
  open: readonly string[],
  now: number,
  holder: HolderView,
  timings: Timings,
): Step {
  const missing = open.map((address) => ({ kind: "missing", address }) as const);
  const others = holder.others(watch.asked);
  if (missing.length === 0 || others.length === 0) return [calm(now, holder, timings), missing];
  const [next, probes] = suspect(new Set(others), now, timings);
  const asked = watch.asked.union(new Set(others));
  return [{ ...next, asked, isAlive: true }, [...missing, ...probes]];
}

function acquit(
  watch: Suspecting,
  address: string,
  now: number,
  holder: HolderView,
  timings: Timings,
): Step {
  const unanswered = new Set(watch.unanswered);
  unanswered.delete(address);
  if (unanswered.size === 0) return [calm(now, holder, timings), NOTHING];
  return [{ ...watch, unanswered, isAlive: true }, NOTHING];
}

function calm(now: number, holder: HolderView, timings: Timings): Watch {
  return {
    kind: "resting",
    askAt: now + holder.intervalMs,
    calmUntil: now + timings.toldAgainMs,
  };
}
