/** Which EndpointSlices are watched by which watch, so that few are looked at and few watches are begun anew. */

/** What one watch selects: the EndpointSlices of Services of these names, whatever their namespace. */
export type Chunk = ReadonlySet<string>;

/** All EndpointSlices of the cluster. */
export const ALL_SLICES = "all";

/** What the watches select that there are, or shall be. */
export type Chunks = readonly Chunk[] | typeof ALL_SLICES;

/** The label that names an EndpointSlice's Service. */
const SERVICE_NAME = "kubernetes.io/service-name";

/** The longest selector of one watch. Proxies in front of API servers take lines of 8 KiB at least. */
const CHUNK_CHARACTERS = 6_000;

/** With more than this in all, some thousand names, everything is watched; no more before half of it is left. */
const NAMED_CHARACTERS = 24_000;

/** What a comma is in a URL. */
const COMMA_CHARACTERS = 3;

/**
 * The chunks to have, given those there are: every wanted name is in one of them. A chunk that stays is the same
 * object. Names are added in a chunk of their own, which takes in chunks up to twice as long: so chunks are few, and a
 * name gets into another one a number of times that grows with the logarithm of how many there are. Names that are no
 * longer wanted stay until their chunk is taken in, or less than half of it is wanted.
 */
export function planChunks(current: Chunks, wanted: ReadonlySet<string>): Chunks {
  const characters = charactersOf(wanted);
  if (characters > NAMED_CHARACTERS) return ALL_SLICES;
  if (current === ALL_SLICES) {
    return characters > NAMED_CHARACTERS / 2 ? ALL_SLICES : split(wanted);
  }
  const isWorthIt = (chunk: Chunk): boolean =>
    2 * charactersOf(chunk.intersection(wanted)) >= charactersOf(chunk);
  const kept = current.filter(isWorthIt);
  const missing = new Set(wanted);
  for (const chunk of kept) for (const name of chunk) missing.delete(name);
  if (missing.size === 0) return kept;
  return takeIn(kept, missing, wanted);
}

/** The label selector of a chunk; names are Service names, so that nothing in them has a meaning here. */
export function selectorOf(chunk: Chunk): string {
  return `${SERVICE_NAME} in (${[...chunk].toSorted().join(",")})`;
}

function takeIn(
  kept: readonly Chunk[],
  missing: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
): readonly Chunk[] {
  let added = missing;
  const others: Chunk[] = [];
  for (const chunk of kept.toSorted((a, b) => charactersOf(a) - charactersOf(b))) {
    const live = chunk.intersection(wanted);
    const [size, more] = [charactersOf(added), charactersOf(live)];
    if (more <= 2 * size && more + size <= CHUNK_CHARACTERS) added = added.union(live);
    else others.push(chunk);
  }
  return [...others, ...split(added)];
}

function split(names: ReadonlySet<string>): readonly Chunk[] {
  const chunks: Set<string>[] = [];
  let room = 0;
  for (const name of [...names].toSorted()) {
    const size = name.length + COMMA_CHARACTERS;
    if (room < size) {
      chunks.push(new Set());
      room = CHUNK_CHARACTERS;
    }
    chunks.at(-1)?.add(name);
    room -= size;
  }
  return chunks;
}

function charactersOf(names: ReadonlySet<string>): number {
  let sum = 0;
  for (const name of names) sum += name.length + COMMA_CHARACTERS;
  return sum;
}
