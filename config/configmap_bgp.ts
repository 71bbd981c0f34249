import { parseIp } from "../ip/address.ts";
import { explainAddress } from "./addresses.ts";
import { isCommunity } from "./configmap_advertisements.ts";
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
