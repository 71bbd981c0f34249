import type { JsonObject } from "../kube/types.ts";
import type { Announcement, PoolSketch } from "./left.ts";
import type { Names } from "./names.ts";
import { formatEntry } from "./ranges.ts";
import { type Origin, resourceOf } from "./resource.ts";

/** Pools as custom resources. */
export interface WrittenPools {
  readonly objects: readonly JsonObject[];
  /** The names that objects can have, by those of the sketches. */
  readonly newNames: ReadonlyMap<string, string>;
}

/** What the schema of IPAddressPool takes in `addresses`. */
const MAX_ENTRIES = 1024;

/**
 * Writes pools that have no address in common, those with very many runs in parts, and one L2Advertisement for all
 * that are announced alike.
 */
export function writePools(
  all: readonly PoolSketch[],
  origin: Origin,
  names: Names,
): WrittenPools {
  const sketches = all.flatMap(inParts);
  const newNames = names.takeAll("IPAddressPool", sketches.map(({ name }) => name));
  const nameOf = ({ name }: PoolSketch): string => newNames.get(name) ?? name;
  const pools = sketches.map((sketch) =>
    resourceOf("IPAddressPool", nameOf(sketch), origin, {
      addresses: sketch.ranges.map(formatEntry),
      autoAssign: sketch.autoAssign ? undefined : false,
      serviceAllocation: sketch.namespaces.length === 0
        ? undefined
        : { namespaces: sketch.namespaces },
    })
  );
  const alike = new Map<string, { readonly how: Announcement; readonly pools: string[] }>();
  for (const sketch of sketches) {
    for (const how of sketch.announcements) {
      const key = JSON.stringify([how.interfaces, how.nodeSelectors]);
      const group = alike.get(key) ?? { how, pools: [] };
      group.pools.push(nameOf(sketch));
      alike.set(key, group);
    }
  }
  const advertisements = [...alike.values()].map(({ how, pools }) => {
    const name = names.take("L2Advertisement", ["layer2", ...how.interfaces].join("-"));
    return resourceOf("L2Advertisement", name, origin, {
      ipAddressPools: pools,
      interfaces: how.interfaces.length === 0 ? undefined : how.interfaces,
      nodeSelectors: how.nodeSelectors.length === 0 ? undefined : how.nodeSelectors,
    });
  });
  return { objects: [...pools, ...advertisements], newNames };
}

/** The pool, or as many as it takes: the second is called `lan-2`. */
function inParts(sketch: PoolSketch): readonly PoolSketch[] {
  const count = Math.ceil(sketch.ranges.length / MAX_ENTRIES);
  return Array.from({ length: count }, (_, i) => ({
    ...sketch,
    name: i === 0 ? sketch.name : `${sketch.name}-${i + 1}`,
    ranges: sketch.ranges.slice(i * MAX_ENTRIES, (i + 1) * MAX_ENTRIES),
  }));
}
