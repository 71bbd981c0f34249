import { quote } from "../config/tree.ts";
import { formatIp, type IpAddress } from "../ip/address.ts";
import { compareRange, type IpRange, rangeContains, rangesOverlap } from "../ip/range.ts";
import type { PoolSketch, Tenant } from "./left.ts";
import type { Note } from "./note.ts";
import { nameObject } from "./objects.ts";
import { withoutRanges } from "./ranges.ts";

/** Addresses that no pool here may have, and why. */
export interface Reserved {
  readonly range: IpRange;
  /** Follows "belong to": `Node n1`. */
  readonly owner: string;
}

/** Takes from each pool what an earlier one, or somebody else, has: no two pools may have an address in common. */
export function disjoin(
  sketches: readonly PoolSketch[],
  reserved: readonly Reserved[],
): { readonly pools: readonly PoolSketch[]; readonly notes: readonly Note[] } {
  const taken: Reserved[] = [...reserved];
  const pools: PoolSketch[] = [];
  const notes: Note[] = [];
  for (const sketch of sketches) {
    const owner = `pool ${quote(sketch.name)}`;
    const ranges: IpRange[] = [];
    for (const range of sketch.ranges) {
      notes.push(...noteOverlaps(sketch, range, taken.filter((each) => each.owner !== owner)));
      const left = withoutRanges(range, taken.map((each) => each.range));
      ranges.push(...left);
      taken.push(...left.map((each) => ({ range: each, owner })));
    }
    pools.push({ ...sketch, ranges });
  }
  return { pools, notes };
}

function noteOverlaps(
  { name, place }: PoolSketch,
  range: IpRange,
  taken: readonly Reserved[],
): readonly Note[] {
  const owners = new Set(
    taken.filter((each) => rangesOverlap(each.range, range)).map(({ owner }) => owner),
  );
  return [...owners].map((owner) => ({
    kind: "changed",
    place,
    message: `Pool ${quote(name)} does not have the addresses that belong to ${owner}`,
  }));
}

/** What tenants have beside the pools: of a pool that is not for them, or of none. */
export interface Adopted {
  readonly pools: readonly PoolSketch[];
  /** The pools without it. */
  readonly rest: readonly PoolSketch[];
  readonly notes: readonly Note[];
}

/**
 * Makes pools of the addresses that tenants have and that no pool could give them, one for each interface that
 * they name. Nobody gets an address of these unasked.
 *
 * @param fixed what belongs to pools that stay as they are
 */
export function adopt(
  pools: readonly PoolSketch[],
  tenants: readonly Tenant[],
  fixed: readonly IpRange[],
): Adopted {
  const groups = new Map<string, Tenant[]>();
  for (const tenant of tenants) {
    if (tenant.addresses.length === 0 || isAtHome(tenant, pools, fixed)) continue;
    const key = tenant.interface ?? "";
    groups.set(key, [...groups.get(key) ?? [], tenant]);
  }
  const taken: IpRange[] = [...fixed];
  const made: PoolSketch[] = [];
  const notes: Note[] = [];
  for (const [name, members] of groups) {
    const ranges = runsOf(members.flatMap(({ addresses }) => addresses))
      .flatMap((range) => withoutRanges(range, taken));
    notes.push(...members.flatMap((tenant) => noteInterface(tenant, taken)));
    taken.push(...ranges);
    const [first] = members;
    if (first !== undefined && ranges.length > 0) made.push(poolOf(name, ranges, first, pools));
  }
  const rest = pools.map((pool) => ({
    ...pool,
    ranges: pool.ranges.flatMap((range) => withoutRanges(range, taken)),
  })).filter(({ ranges }) => ranges.length > 0);
  return { pools: made, rest, notes: [...made.map(noteAdopted), ...notes] };
}

function poolOf(
  name: string,
  ranges: readonly IpRange[],
  { object }: Tenant,
  pools: readonly PoolSketch[],
): PoolSketch {
  const nodeSelectors = pools.flatMap(({ announcements }) => announcements)
    .flatMap((each) => each.nodeSelectors);
  return {
    name: name === "" ? "adopted" : `adopted-${name}`,
    place: object.place,
    ranges,
    autoAssign: false,
    namespaces: [],
    announcements: [{ interfaces: name === "" ? [] : [name], nodeSelectors }],
  };
}

function noteAdopted({ name, place, ranges }: PoolSketch): Note {
  const message = `Pool ${quote(name)} has the addresses in use that no other pool has for their ` +
    `Services: ${ranges.length} ${ranges.length === 1 ? "run" : "runs"} of them`;
  return { kind: "changed", place, message };
}

/** An address is announced as its pool is, and a Service that names no interface was first to have it. */
function noteInterface(
  { object, addresses, interface: name }: Tenant,
  taken: readonly IpRange[],
): readonly Note[] {
  const isTaken = addresses.some((each) => taken.some((range) => rangeContains(range, each)));
  if (name === undefined || !isTaken) return [];
  const message = `Interface ${quote(name)} of ${nameObject(object)}: its address is announced ` +
    "elsewhere too, as others that have it want; write an L2Advertisement for the pool";
  return [{ kind: "lost", place: object.place, message }];
}

/** Whether one pool has all that the tenant has, and is for it. */
function isAtHome(
  { addresses, service, interface: wanted }: Tenant,
  pools: readonly PoolSketch[],
  fixed: readonly IpRange[],
): boolean {
  const isFixed = addresses.every((address) => fixed.some((each) => rangeContains(each, address)));
  return isFixed ||
    pools.some(({ ranges, namespaces, announcements }) =>
      addresses.every((address) => ranges.some((range) => rangeContains(range, address))) &&
      (namespaces.length === 0 || namespaces.includes(service.meta.namespace)) &&
      (wanted === undefined || announcements.some(({ interfaces }) => interfaces.includes(wanted)))
    );
}

/** The addresses as ascending runs, each once. */
function runsOf(addresses: readonly IpAddress[]): readonly IpRange[] {
  const unique = [...new Map(addresses.map((each) => [formatIp(each), each])).values()]
    .map(({ family, value }) => ({ family, first: value, last: value }))
    .toSorted(compareRange);
  const runs: IpRange[] = [];
  for (const each of unique) {
    const last = runs.at(-1);
    if (last?.family === each.family && last.last + 1n === each.first) {
      runs[runs.length - 1] = { ...last, last: each.last };
    } else runs.push(each);
  }
  return runs;
}
