import type { Handover } from "../../demo/wire/sightings.ts";
import { type Mac, parseMac } from "../../ip/mac.ts";

/** One question to everybody on the wire for one address, and who answered it before the next question. */
export interface Sight {
  /** When the question was sent: ms since 1970, in fractions. */
  readonly at: number;
  /** Those that answered, each once. */
  readonly macs: readonly Mac[];
}

/** One question for each of several addresses, sent together. */
export interface Round {
  readonly at: number;
  /** Who answered, by the place of the address among those that are asked for. */
  readonly macs: readonly (readonly Mac[])[];
}

/** A time in which two machines answered for one address. */
export interface Double {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly macs: readonly Mac[];
}

/** A round as one line. */
export function formatRound({ at, macs }: Round): string {
  return JSON.stringify([at, macs]);
}

/** Reads a line of `formatRound`. @throws SyntaxError for anything else */
export function parseRound(line: string): Round {
  const value: unknown = JSON.parse(line);
  const [at, lists] = Array.isArray(value) ? value : [];
  if (typeof at !== "number" || !Array.isArray(lists)) {
    throw new SyntaxError(`Cannot read a round: want [at, macs], have "${line}"`);
  }
  const macsOf = (list: unknown): readonly Mac[] =>
    Array.isArray(list) ? list.flatMap((mac) => parseMac(String(mac)) ?? []) : [];
  return { at, macs: lists.map(macsOf) };
}

/**
 * Every change of who answers alone. Where two answer the same question the one before counts as the owner for as
 * long as it answers.
 */
export function handovers(sights: readonly Sight[]): readonly Handover[] {
  const found: Handover[] = [];
  let last: { readonly mac: Mac; readonly at: number } | undefined;
  for (const { at, macs } of sights) {
    const [first] = macs;
    if (first === undefined) continue;
    const isSame = last !== undefined && macs.includes(last.mac);
    if (last !== undefined && !isSame) {
      found.push({ from: last.mac, to: first, lastAt: last.at, firstAt: at });
    }
    last = { mac: last !== undefined && isSame ? last.mac : first, at };
  }
  return found;
}

/** How many questions nobody answered. */
export function unanswered(sights: readonly Sight[]): number {
  return sights.filter(({ macs }) => macs.length === 0).length;
}

/**
 * The longest time from the last answered question before unanswered ones to the first answered one after them, in ms;
 * 0 where every question between the first answered one and the last is answered.
 */
export function longestSilenceMs(sights: readonly Sight[]): number {
  let longest = 0;
  let before: { readonly place: number; readonly at: number } | undefined;
  for (const [place, { at, macs }] of sights.entries()) {
    if (macs.length === 0) continue;
    if (before !== undefined && place - before.place > 1) {
      longest = Math.max(longest, at - before.at);
    }
    before = { place, at };
  }
  return longest;
}

/**
 * The times in which two or more answered, as one as long as not more than `joinMs` lie between two such questions:
 * one of the answers may be lost.
 */
export function doubles(sights: readonly Sight[], joinMs = 100): readonly Double[] {
  const found: Double[] = [];
  for (const { at, macs } of sights) {
    if (macs.length < 2) continue;
    const last = found.at(-1);
    if (last !== undefined && at - last.lastAt <= joinMs) {
      found[found.length - 1] = { ...last, lastAt: at, macs: union(last.macs, macs) };
    } else {
      found.push({ firstAt: at, lastAt: at, macs });
    }
  }
  return found;
}

function union(a: readonly Mac[], b: readonly Mac[]): readonly Mac[] {
  return [...new Set([...a, ...b])];
}
