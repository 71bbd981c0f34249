import { bitsOf, type Family, parseIp } from "../ip/address.ts";
import { type IpRange, rangeSize } from "../ip/range.ts";
import { explainAddress } from "./addresses.ts";
import type { AddressDraft } from "./draft.ts";
import { parseDuration } from "./duration.ts";
import type { Fields, Reader, Spot } from "./reader.ts";
import { CONFIG_MAP_KEYS, readSelectors } from "./selector.ts";
import { quote, type Tree } from "./tree.ts";

const UINT32_MAX = 0xffff_ffff;

const PEER_KEYS = [
  "peer-address",
  "peer-asn",
  "my-asn",
  "peer-port",
  "hold-time",
  "keepalive-time",
  "router-id",
  "source-address",
  "node-selectors",
  "password",
  "bfd-profile",
  "ebgp-multihop",
] as const;

const PROFILE_KEYS = [
  "name",
  "receive-interval",
  "transmit-interval",
  "detect-multiplier",
  "echo-interval",
  "echo-mode",
  "passive-mode",
  "minimum-ttl",
] as const;

const ADVERTISEMENT_KEYS = [
  "aggregation-length",
  "aggregation-length-v6",
  "localpref",
  "communities",
] as const;

/**
 * Checks `peers`, `bgp-communities` and `bfd-profiles` by MetalLB's rules, and says of each section in use that it
 * has no effect yet. Gives the names of the communities.
 */
export function readBgpSections(reader: Reader, top: Fields): ReadonlySet<string> {
  const profiles = readProfiles(reader, top.get("bfd-profiles"));
  const peers = reader.list(top.get("peers"));
  for (const [i, spot] of peers.entries()) readPeer(reader, spot, `peer #${i + 1}`, profiles);
  const communities = readCommunities(reader, top.get("bgp-communities"));
  for (const key of ["peers", "bgp-communities", "bfd-profiles"]) {
    const spot = top.get(key);
    if (spot === undefined || isEmpty(spot.tree)) continue;
    const place = { ...spot, at: spot.keyAt ?? spot.at };
    reader.warning(place, `Not honoured yet: "${key}" is checked, but BGP is not spoken`);
  }
  return communities;
}

function isEmpty(tree: Tree): boolean {
  return tree.kind === "list"
    ? tree.items.length === 0
    : tree.kind === "map" && tree.entries.length === 0;
}

function readPeer(
  reader: Reader,
  spot: Spot,
  what: string,
  profiles: ReadonlySet<string>,
): void {
  const fields = reader.fields(spot, PEER_KEYS, what);
  if (fields === undefined) return;
  const myAsn = readAsn(reader, fields, "my-asn", what);
  const peerAsn = readAsn(reader, fields, "peer-asn", what);
  readPeerAddress(reader, fields, what);
  for (const key of ["router-id", "source-address"]) readOptionalAddress(reader, fields, key);
  reader.integer(fields.get("peer-port"), 0, 65_535);
  readTimers(reader, fields);
  readSelectors(reader, fields.get("node-selectors"), CONFIG_MAP_KEYS);
  reader.text(fields.get("password"));
  const multihop = fields.get("ebgp-multihop");
  if (reader.boolean(multihop) && multihop && myAsn !== undefined && myAsn === peerAsn) {
    reader.error(multihop, `Cannot use "ebgp-multihop" of ${what}: both ASNs are ${myAsn}`);
  }
  const profile = fields.get("bfd-profile");
  const profileName = reader.text(profile);
  if (profile && profileName && !profiles.has(profileName)) {
    reader.error(
      profile,
      `Cannot use "bfd-profile" of ${what}: "bfd-profiles" has no ${quote(profileName)}`,
    );
  }
}

function readAsn(reader: Reader, fields: Fields, key: string, what: string): number | undefined {
  const spot = fields.get(key);
  if (spot !== undefined) return reader.integer(spot, 1, UINT32_MAX);
  reader.error(
    fields.place,
    `Cannot use ${what}: need "${key}" from 1 to ${UINT32_MAX}, have none`,
  );
  return undefined;
}

function readPeerAddress(reader: Reader, fields: Fields, what: string): void {
  if (fields.get("peer-address") === undefined) {
    reader.error(fields.place, `Cannot use ${what}: need "peer-address", have none`);
  } else readOptionalAddress(reader, fields, "peer-address");
}

function readOptionalAddress(reader: Reader, fields: Fields, key: string): void {
  const spot = fields.get(key);
  const text = reader.text(spot);
  if (spot === undefined || text === undefined || parseIp(text) !== undefined) return;
  reader.error(spot, `Cannot read "${key}": ${explainAddress(text)}`);
}

/** RFC 4271 section 4.2: the hold time is 0 or at least three seconds. */
function readTimers(reader: Reader, fields: Fields): void {
  const hold = readDuration(reader, fields, "hold-time");
  const keepalive = readDuration(reader, fields, "keepalive-time");
  const spot = fields.get("hold-time");
  const seconds = Math.trunc((hold ?? 90_000) / 1_000);
  if (spot !== undefined && seconds !== 0 && seconds < 3) {
    reader.error(spot, `Cannot use "hold-time": need 0 or at least 3s, have ${reader.text(spot)}`);
  }
  const keepaliveSpot = fields.get("keepalive-time");
  if (keepaliveSpot !== undefined && keepalive !== undefined && keepalive > seconds * 1_000) {
    reader.error(
      keepaliveSpot,
      `Cannot use "keepalive-time": need at most the hold time ${seconds}s, have ${
        reader.text(keepaliveSpot)
      }`,
    );
  }
}

function readDuration(reader: Reader, fields: Fields, key: string): number | undefined {
  const spot = fields.get(key);
  const text = reader.text(spot);
  if (spot === undefined || text === undefined) return undefined;
  const duration = parseDuration(text);
  if (duration === undefined) {
    reader.error(
      spot,
      `Cannot read "${key}": need a duration such as 90s or 1m30s, have ${quote(text)}`,
    );
  }
  return duration;
}

function readProfiles(reader: Reader, spot: Spot | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [i, item] of reader.list(spot).entries()) {
    const fields = reader.fields(item, PROFILE_KEYS, `BFD profile #${i + 1}`);
    if (fields === undefined) continue;
    const name = reader.text(fields.get("name")) ?? "";
    if (name === "") {
      reader.error(item, `Cannot use BFD profile #${i + 1}: need a "name", have none`);
    }
    if (names.has(name)) {
      reader.error(fields.get("name") ?? item, `Cannot use BFD profile name ${quote(name)} twice`);
    }
    if (name !== "") names.add(name);
    for (const key of ["receive-interval", "transmit-interval", "echo-interval"]) {
      reader.integer(fields.get(key), 10, 60_000);
    }
    reader.integer(fields.get("detect-multiplier"), 2, 255);
    reader.integer(fields.get("minimum-ttl"), 1, 254);
    for (const key of ["echo-mode", "passive-mode"]) reader.boolean(fields.get(key));
  }
  return names;
}

function readCommunities(reader: Reader, spot: Spot | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  for (const entry of reader.entries(spot, '"bgp-communities"')) {
    const text = reader.text(entry);
    if (text !== undefined && !isCommunity(text)) {
      reader.error(
        entry,
        `Cannot read community ${quote(entry.key)}: need two numbers from 0 to 65535 such as ` +
          `"64512:100", have ${quote(text)}`,
      );
    }
    names.add(entry.key);
  }
  return names;
}

/** RFC 1997: two 16-bit numbers. */
function isCommunity(text: string): boolean {
  const match = /^(\d{1,5}):(\d{1,5})$/.exec(text);
  return match !== null && Number(match[1]) <= 65_535 && Number(match[2]) <= 65_535;
}

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
