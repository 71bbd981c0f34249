import type { Sight } from "./observe.ts";

/** What MetalLB did when the scenarios were played before it. */
export interface MetallbRecord {
  /** The release, with a `v`. */
  readonly version: string;
  /** What was seen after each step, by name of the scenario. */
  readonly seen: Readonly<Record<string, readonly Sight[]>>;
}

/** Where the record is kept, from the repository's root. */
export const RECORD_FILE = "tests/parity/metallb.json";

const URL_OF_FILE = new URL("metallb.json", import.meta.url);

/** Reads the record that is kept. */
export async function readRecord(): Promise<MetallbRecord> {
  return JSON.parse(await Deno.readTextFile(URL_OF_FILE));
}

/** Replaces the record that is kept. */
export async function writeRecord(record: MetallbRecord): Promise<void> {
  await Deno.writeTextFile(URL_OF_FILE, `${JSON.stringify(record, undefined, 1)}\n`);
}
