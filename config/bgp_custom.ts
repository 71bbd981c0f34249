import type { CustomResource } from "../kube/types.ts";
import { API_PROFILE_KEYS, readProfile } from "./bfd_profile.ts";
import { knownKeys, V1BETA1_PEER_KEYS, V1BETA2_PEER_KEYS } from "./bgp_keys.ts";
import { readPeer } from "./bgp_peer.ts";
import { parseCommunity, sortedCommunities } from "./community.ts";
import type { Community } from "./config.ts";
import { METALLB_V1BETA1, readNames, readSpec, type ResourceText, resourceText } from "./custom.ts";
import type { BgpDrafts, BgpRoute, Named, Parsed } from "./draft.ts";
import type { Fields, Reader } from "./reader.ts";
import { API_KEYS, readSelectors } from "./selector.ts";
import { quote } from "./tree.ts";

/** The version of BGPPeer that is stored; v1beta1 has fewer fields. */
export const METALLB_V1BETA2 = "metallb.io/v1beta2";

const UINT32_MAX = 0xffff_ffff;

/** Reads a BGPPeer that the API serves as v1beta2. */
export function parseBgpPeer(object: CustomResource): Parsed {
  return readBgpPeer(resourceText("BGPPeer", object, METALLB_V1BETA2), METALLB_V1BETA2);
}

/** Reads a BGPAdvertisement that the API serves. */
export function parseBgpAdvertisement(object: CustomResource): Parsed {
  return readBgpAdvertisement(resourceText("BGPAdvertisement", object));
}

/** Reads a BFDProfile that the API serves. */
export function parseBfdProfile(object: CustomResource): Parsed {
  return readBfdProfile(resourceText("BFDProfile", object));
}

/** Reads a Community that the API serves. */
export function parseCommunityObject(object: CustomResource): Parsed {
  return readCommunityObject(resourceText("Community", object));
}

/** Reads a BGPPeer from any place, by the fields of its version. */
export function readBgpPeer(text: ResourceText, apiVersion: string): Parsed {
  const { name, source, place, reader } = text;
  const what = `BGPPeer ${quote(name)}`;
  const keys = apiVersion === METALLB_V1BETA1 ? V1BETA1_PEER_KEYS : V1BETA2_PEER_KEYS;
  const fields = readSpec(text, knownKeys(keys), what);
  const peer = fields && readPeer(reader, fields, { name, source }, { keys, what });
  return partOf(text, what, { peers: peer === undefined ? [] : [{ peer, place }] });
}

/** Reads a BGPAdvertisement from any place; without a spec it is all pools to all peers. */
export function readBgpAdvertisement(text: ResourceText): Parsed {
  const { name, place, reader } = text;
  const what = `BGPAdvertisement ${quote(name)}`;
  const spec = text.spec ?? { kind: "null" as const };
  const fields = readSpec({ ...text, spec }, ADVERTISEMENT_KEYS, what);
  if (fields === undefined) return partOf(text, what, {});
  const { communities, aliases } = readCommunities(reader, fields);
  const advertisement = {
    name,
    place,
    route: readRoute(reader, fields, communities),
    aliases,
    poolNames: readNames(reader, fields.get("ipAddressPools")),
    poolSelectors: readSelectors(reader, fields.get("ipAddressPoolSelectors"), API_KEYS),
    nodeSelectors: readSelectors(reader, fields.get("nodeSelectors"), API_KEYS),
    serviceSelectors: readSelectors(reader, fields.get("serviceSelectors"), API_KEYS),
    peerNames: readNames(reader, fields.get("peers")),
    lengthPlaces: {
      IPv4: fields.get("aggregationLength"),
      IPv6: fields.get("aggregationLengthV6"),
    },
  };
  const { aggregationLength, aggregationLengthV6 } = advertisement.route;
  const isAggregated = aggregationLength !== 32 || aggregationLengthV6 !== 128;
  if (advertisement.serviceSelectors.length > 0 && isAggregated) {
    reader.error(
      fields.get("serviceSelectors") ?? place,
      `Cannot use ${what}: serviceSelectors and aggregationLength are mutually exclusive`,
    );
  }
  return partOf(text, what, { advertisements: [advertisement] });
}

/** Reads a BFDProfile from any place; without a spec all is as by default. */
export function readBfdProfile(text: ResourceText): Parsed {
  const { name, source, place, reader } = text;
  const what = `BFDProfile ${quote(name)}`;
  const spec = text.spec ?? { kind: "null" as const };
  const fields = readSpec({ ...text, spec }, Object.values(API_PROFILE_KEYS), what);
  const profile = fields && readProfile(reader, fields, { name, source }, API_PROFILE_KEYS);
  return partOf(text, what, { bfdProfiles: profile === undefined ? [] : [{ profile, place }] });
}

/** Reads a Community, which names any number of communities, from any place. */
export function readCommunityObject(text: ResourceText): Parsed {
  const { name, reader } = text;
  const what = `Community ${quote(name)}`;
  const spec = text.spec ?? { kind: "null" as const };
  const fields = readSpec({ ...text, spec }, ["communities"], what);
  const communities = reader.list(fields?.get("communities")).flatMap((spot) => {
    const entry = reader.fields(spot, ["name", "value"], `${quote(spot.name)} of ${what}`);
    return entry === undefined ? [] : readAlias(reader, entry) ?? [];
  });
  return partOf(text, what, { communities });
}

const ADVERTISEMENT_KEYS = [
  "ipAddressPools",
  "ipAddressPoolSelectors",
  "nodeSelectors",
  "serviceSelectors",
  "peers",
  "aggregationLength",
  "aggregationLengthV6",
  "localPref",
  "communities",
] as const;

const NO_DRAFTS: BgpDrafts = {
  origin: "object",
  peers: [],
  advertisements: [],
  bfdProfiles: [],
  communities: [],
};

/**
 * What an object about BGP comes to. One with a fault is left out as a whole. Served by the API, its faults are
 * warnings: what BGP lacks never keeps pools from working, and speakers that do not read it agree with the leader.
 */
function partOf({ reader }: ResourceText, what: string, drafts: Partial<BgpDrafts>): Parsed {
  const nothing = { pools: [], l2Advertisements: [] };
  if (reader.errorCount === 0) {
    return { ...nothing, bgp: { ...NO_DRAFTS, ...drafts }, problems: reader.problems };
  }
  if (reader.dialect !== "served") return { ...nothing, problems: reader.problems };
  const problems = reader.problems.map((problem) =>
    problem.severity === "warning" ? problem : {
      ...problem,
      severity: "warning" as const,
      message: `${problem.message}; ${what} has no effect`,
    }
  );
  return { ...nothing, problems };
}

function readRoute(
  reader: Reader,
  fields: Fields,
  communities: readonly Community[],
): BgpRoute {
  return {
    aggregationLength: reader.integer(fields.get("aggregationLength"), 1, 32) ?? 32,
    aggregationLengthV6: reader.integer(fields.get("aggregationLengthV6"), 1, 128) ?? 128,
    localPref: reader.integer(fields.get("localPref"), 0, UINT32_MAX) ?? 0,
    communities: sortedCommunities(communities),
  };
}

/** What has a colon is a community; the rest are names. */
function readCommunities(
  reader: Reader,
  fields: Fields,
): { readonly communities: readonly Community[]; readonly aliases: readonly Named[] } {
  const named = readNames(reader, fields.get("communities"));
  const communities = named.filter(({ name }) => name.includes(":")).flatMap(({ name, place }) => {
    const community = parseCommunity(name);
    if (community === undefined) {
      reader.error(place, `Cannot read community ${quote(name)}: ${COMMUNITY_FORMS}`);
    }
    return community ?? [];
  });
  return { communities, aliases: named.filter(({ name }) => !name.includes(":")) };
}

const COMMUNITY_FORMS = 'need two numbers from 0 to 65535 such as "64512:100", or a large ' +
  'community of three numbers from 0 to 4294967295 such as "large:64512:1:100"';

function readAlias(reader: Reader, entry: Fields): BgpDrafts["communities"][number] | undefined {
  const name = reader.text(entry.get("name")) ?? "";
  const value = reader.text(entry.get("value")) ?? "";
  const community = parseCommunity(value);
  if (name === "") {
    reader.error(
      entry.get("name") ?? entry.place,
      'Cannot use community: need a "name", have none',
    );
  } else if (/[:\s]/.test(name)) {
    const message = `Cannot use community name ${quote(name)}: need one without colon and blanks`;
    reader.error(entry.get("name") ?? entry.place, message);
  }
  const place = entry.get("value") ?? entry.place;
  if (community !== undefined) return { name, community, place };
  reader.error(
    place,
    `Cannot read community ${quote(name)}: ${COMMUNITY_FORMS}, have ${quote(value)}`,
  );
  return undefined;
}
