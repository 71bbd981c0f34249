import { bitsOf, type Family } from "../ip/address.ts";
import { type IpRange, rangeSize } from "../ip/range.ts";
import type { AddressDraft } from "./draft.ts";
import type { Fields, Reader, Spot } from "./reader.ts";
import { quote } from "./tree.ts";

const ADVERTISEMENT_KEYS = [
  "aggregation-length",
  "aggregation-length-v6",
  "localpref",
  "communities",
] as const;

const UINT32_MAX = 0xffff_ffff;

/** What the checks of `bgp-advertisements` need to know of their pool. */
export interface PoolContext {
  /** `pool "default"` */
  readonly what: string;
  readonly protocol: "layer2" | "bgp" | undefined;
  readonly entries: readonly AddressDraft[];
  readonly communities: ReadonlySet<string>;
}

/** Checks `bgp-advertisements` of a pool, and says of a bgp pool that it is not announced yet. */
export function readPoolAdvertisements(reader: Reader, fields: Fields, pool: PoolContext): void {
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
    return;
  }
  for (const item of items) readAdvertisement(reader, item, pool);
}

function readAdvertisement(reader: Reader, spot: Spot, pool: PoolContext): void {
  const fields = reader.fields(spot, ADVERTISEMENT_KEYS, `advertisement ${quote(spot.name)}`);
  if (fields === undefined) return;
  readAggregation(reader, fields, "IPv4", pool);
  readAggregation(reader, fields, "IPv6", pool);
  reader.integer(fields.get("localpref"), 0, UINT32_MAX);
  for (const { text, spot: item } of reader.texts(fields.get("communities"))) {
    if (isCommunity(text) || pool.communities.has(text)) continue;
    reader.error(
      item,
      `Cannot use community ${quote(text)} of ${pool.what}: need two numbers from 0 to 65535 ` +
        'such as "64512:100", or a name from "bgp-communities"',
    );
  }
}

function readAggregation(
  reader: Reader,
  fields: Fields,
  family: Family,
  pool: PoolContext,
): void {
  const key = family === "IPv4" ? "aggregation-length" : "aggregation-length-v6";
  const spot = fields.get(key);
  const length = reader.integer(spot, 0, bitsOf(family));
  if (spot === undefined || length === undefined) return;
  for (const entry of pool.entries.filter(({ range }) => range.family === family)) {
    const widest = widestPrefixLength(entry.range);
    if (length >= widest) continue;
    reader.error(
      spot,
      `Cannot use "${key}" ${length} of ${pool.what}: need at least ${widest}, ` +
        `as addresses ${quote(entry.text)} have a prefix no wider than /${widest}`,
    );
  }
}

/** The length of the widest CIDR block that lies within the range. */
function widestPrefixLength(range: IpRange): number {
  const bits = bitsOf(range.family);
  let size = 1n;
  while (size * 2n <= rangeSize(range)) size *= 2n;
  // A block starts at a multiple of its size, so the widest is this size or half of it.
  const start = (range.first + size - 1n) / size * size;
  if (start + size - 1n > range.last) size /= 2n;
  return bits - (size.toString(2).length - 1);
}

/** RFC 1997: two 16-bit numbers. */
export function isCommunity(text: string): boolean {
  const match = /^(\d{1,5}):(\d{1,5})$/.exec(text);
  return match !== null && Number(match[1]) <= 65_535 && Number(match[2]) <= 65_535;
}
