import { bitsOf, type Family } from "../ip/address.ts";
import { findTooNarrow } from "./bgp_aggregation.ts";
import { parseCommunity, sortedCommunities } from "./community.ts";
import type { Community } from "./config.ts";
import type { AddressDraft, BgpRoute } from "./draft.ts";
import type { Fields, Reader, Spot } from "./reader.ts";
import { quote } from "./tree.ts";

const ADVERTISEMENT_KEYS = [
  "aggregation-length",
  "aggregation-length-v6",
  "localpref",
  "communities",
] as const;

const UINT32_MAX = 0xffff_ffff;

/** How an address is advertised where nothing is said: alone. */
export const DEFAULT_ROUTE: BgpRoute = {
  aggregationLength: 32,
  aggregationLengthV6: 128,
  localPref: 0,
  communities: [],
};

/** What the checks of `bgp-advertisements` need to know of their pool. */
export interface PoolContext {
  /** `pool "default"` */
  readonly what: string;
  readonly protocol: "layer2" | "bgp" | undefined;
  readonly entries: readonly AddressDraft[];
  /** By name; `undefined` where its value could not be read, which was reported. */
  readonly communities: ReadonlyMap<string, Community | undefined>;
}

/**
 * Reads `bgp-advertisements` of a pool, and says of a bgp pool that it is not announced yet. A bgp pool without any
 * has one by default.
 */
export function readPoolAdvertisements(
  reader: Reader,
  fields: Fields,
  pool: PoolContext,
): readonly BgpRoute[] {
  const spot = fields.get("bgp-advertisements");
  const items = reader.list(spot);
  if (pool.protocol === "bgp") {
    reader.warning(
      fields.get("protocol") ?? fields.place,
      `Not honoured yet: addresses of ${pool.what} are assigned but not announced, ` +
        "because BGP is not spoken",
    );
  }
  if (pool.protocol === "layer2" && spot !== undefined && items.length > 0) {
    reader.error(
      spot,
      `Cannot use "bgp-advertisements" of ${pool.what}: its protocol is layer2; remove them or use bgp`,
    );
    return [];
  }
  const routes = items.flatMap((item) => readAdvertisement(reader, item, pool) ?? []);
  return pool.protocol === "bgp" && items.length === 0 ? [DEFAULT_ROUTE] : routes;
}

function readAdvertisement(reader: Reader, spot: Spot, pool: PoolContext): BgpRoute | undefined {
  const fields = reader.fields(spot, ADVERTISEMENT_KEYS, `advertisement ${quote(spot.name)}`);
  if (fields === undefined) return undefined;
  return {
    aggregationLength: readAggregation(reader, fields, "IPv4", pool),
    aggregationLengthV6: readAggregation(reader, fields, "IPv6", pool),
    localPref: reader.integer(fields.get("localpref"), 0, UINT32_MAX) ?? 0,
    communities: sortedCommunities(readCommunities(reader, fields.get("communities"), pool)),
  };
}

function readCommunities(
  reader: Reader,
  spot: Spot | undefined,
  pool: PoolContext,
): readonly Community[] {
  return reader.texts(spot).flatMap(({ text, spot: item }) => {
    if (pool.communities.has(text)) return pool.communities.get(text) ?? [];
    const community = parseCommunity(text);
    if (community?.kind === "standard") return [community];
    reader.error(
      item,
      `Cannot use community ${quote(text)} of ${pool.what}: need two numbers from 0 to 65535 ` +
        'such as "64512:100", or a name from "bgp-communities"',
    );
    return [];
  });
}

function readAggregation(
  reader: Reader,
  fields: Fields,
  family: Family,
  pool: PoolContext,
): number {
  const key = family === "IPv4" ? "aggregation-length" : "aggregation-length-v6";
  const spot = fields.get(key);
  const length = reader.integer(spot, 0, bitsOf(family));
  if (spot === undefined || length === undefined) return bitsOf(family);
  for (const { entry, need } of findTooNarrow(pool.entries, family, length)) {
    reader.error(
      spot,
      `Cannot use "${key}" ${length} of ${pool.what}: need at least ${need}, ` +
        `as addresses ${quote(entry.text)} have a prefix no wider than /${need}`,
    );
  }
  return length;
}
