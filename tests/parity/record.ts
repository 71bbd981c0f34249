import type { Observed, Sight } from "./observe.ts";

/** What MetalLB did when the scenarios were played before it. */
export interface MetallbRecord {
  /** The release, with a `v`. */
  readonly version: string;
  /** What was seen after each step, by name of the scenario. */
  readonly seen: Readonly<Record<string, readonly Sight[]>>;
}

/** Where the record is kept, from the repository's root. */
export const RECORD_FILE = "tests/parity/metallb.json";

/** What a step changed: by Service what it has and the news about it; null where it is gone. */
type Delta = Readonly<Record<string, Observed | null>>;

type Change = readonly [string, Observed | null];

interface Kept {
  readonly version: string;
  readonly seen: Readonly<Record<string, readonly Delta[]>>;
}

const URL_OF_FILE = new URL("metallb.json", import.meta.url);

/** Reads the record that is kept. */
export async function readRecord(): Promise<MetallbRecord> {
  const { version, seen }: Kept = JSON.parse(await Deno.readTextFile(URL_OF_FILE));
  return { version, seen: mapValues(seen, sightsOf) };
}

/** Replaces the record that is kept. */
export async function writeRecord({ version, seen }: MetallbRecord): Promise<void> {
  const kept: Kept = { version, seen: mapValues(seen, deltasOf) };
  await Deno.writeTextFile(URL_OF_FILE, `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** What each step changed in what is seen. */
export function deltasOf(sights: readonly Sight[]): readonly Delta[] {
  return sights.map((sight, i) => {
    const before = sights[i - 1] ?? {};
    const gone = Object.keys(before).filter((key) => !(key in sight));
    const changed = Object.entries(sight).flatMap(([key, { has, told }]) => {
      const news = told.filter((text) => !before[key]?.told.includes(text));
      const isSame = has === before[key]?.has && news.length === 0;
      return isSame ? [] : [[key, { has, told: news }] satisfies Change];
    });
    const all: readonly Change[] = [...changed, ...gone.map((key): Change => [key, null])];
    return Object.fromEntries(all.toSorted(([a], [b]) => a < b ? -1 : 1));
  });
}

/** What was seen after each step, from what the steps changed. */
export function sightsOf(deltas: readonly Delta[]): readonly Sight[] {
  const sights: Sight[] = [];
  for (const delta of deltas) {
    const before = sights.at(-1) ?? {};
    const kept = Object.entries(before).filter(([key]) => delta[key] !== null);
    const changed = Object.entries(delta).flatMap(([key, now]) => {
      if (now === null) return [];
      const told = [...before[key]?.told ?? [], ...now.told].toSorted();
      return [[key, { has: now.has, told }]];
    });
    sights.push(Object.fromEntries([...kept, ...changed]));
  }
  return sights;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
