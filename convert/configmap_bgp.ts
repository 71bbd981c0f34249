import { parseDuration } from "../config/duration.ts";
import { compareText } from "../config/problem.ts";
import type { Place } from "../config/reader.ts";
import type { Tree } from "../config/tree.ts";
import type { Json, JsonObject } from "../kube/types.ts";
import type { Names } from "./names.ts";
import type { Note } from "./note.ts";
import { type Origin, present, resourceOf } from "./resource.ts";
import { booleanIn, itemsIn, numberIn, recordIn, textIn, textsIn } from "./values.ts";

/** `bfd-profiles` as BFDProfiles, and the names that they have now. */
export function convertProfiles(
  tree: Tree,
  origin: Origin,
  names: Names,
): { readonly objects: readonly JsonObject[]; readonly newNames: ReadonlyMap<string, string> } {
  const profiles = itemsIn(tree, "bfd-profiles");
  const newNames = names.takeAll("BFDProfile", profiles.map((each) => textIn(each, "name") ?? ""));
  const objects = profiles.map((profile) => {
    const text = textIn(profile, "name") ?? "";
    return resourceOf("BFDProfile", newNames.get(text) ?? text, origin, {
      receiveInterval: numberIn(profile, "receive-interval"),
      transmitInterval: numberIn(profile, "transmit-interval"),
      detectMultiplier: numberIn(profile, "detect-multiplier"),
      echoInterval: numberIn(profile, "echo-interval"),
      echoMode: booleanIn(profile, "echo-mode"),
      passiveMode: booleanIn(profile, "passive-mode"),
      minimumTtl: numberIn(profile, "minimum-ttl"),
    });
  });
  return { objects, newNames };
}

/** `bgp-communities` as one Community, its names sorted; a name that it cannot have stands nowhere any more. */
export function convertCommunities(
  tree: Tree,
  origin: Origin,
  names: Names,
): readonly JsonObject[] {
  const aliases = Object.entries(recordIn(tree, "bgp-communities"))
    .filter(([name]) => isPossibleAlias(name));
  if (aliases.length === 0) return [];
  const communities = aliases
    .toSorted(([a], [b]) => compareText(a, b))
    .map(([name, value]) => ({ name, value }));
  return [resourceOf("Community", names.take("Community", "communities"), origin, { communities })];
}

/** The communities of an advertisement, each once: as written, or the value of a name that a Community cannot have. */
export function communitiesOf(tree: Tree, advertisement: Tree): readonly string[] {
  const values = new Map(Object.entries(recordIn(tree, "bgp-communities")));
  const texts = textsIn(advertisement, "communities");
  return [...new Set(texts.map((text) => isPossibleAlias(text) ? text : values.get(text) ?? text))];
}

/** What the schema of Community takes for a name. */
function isPossibleAlias(name: string): boolean {
  return /^[^:\s]{1,253}$/.test(name);
}

/** What the schema of BGPPeer takes for `peerPort`, in MetalLB as here. */
const MAX_PEER_PORT = 16_384;

/** `peers` as BGPPeers `peer1`, `peer2` and so on; those with a port that a BGPPeer cannot have are left out. */
export function convertPeers(
  tree: Tree,
  origin: Origin,
  names: Names,
  profiles: ReadonlyMap<string, string>,
): readonly JsonObject[] {
  return itemsIn(tree, "peers").flatMap((peer, i) => {
    if (!hasPossiblePort(peer)) return [];
    const profile = textIn(peer, "bfd-profile") || undefined;
    const selectors = itemsIn(peer, "node-selectors").map(selectorOf);
    return [resourceOf("BGPPeer", names.take("BGPPeer", `peer${i + 1}`), origin, {
      myASN: numberIn(peer, "my-asn"),
      peerASN: numberIn(peer, "peer-asn"),
      peerAddress: textIn(peer, "peer-address"),
      // The ConfigMap's 0 means the default, as leaving it out does here.
      peerPort: numberIn(peer, "peer-port") || undefined,
      sourceAddress: textIn(peer, "source-address") || undefined,
      holdTime: holdTimeOf(peer),
      keepaliveTime: textIn(peer, "keepalive-time"),
      routerID: textIn(peer, "router-id") || undefined,
      nodeSelectors: selectors.length === 0 ? undefined : selectors,
      password: textIn(peer, "password") || undefined,
      bfdProfile: profile === undefined ? undefined : profiles.get(profile) ?? profile,
      ebgpMultiHop: booleanIn(peer, "ebgp-multihop"),
    })];
  });
}

/** A note for each peer that is left out. */
export function notePeers(tree: Tree, place: Place): readonly Note[] {
  return itemsIn(tree, "peers").filter((peer) => !hasPossiblePort(peer)).map((peer) => {
    const message =
      `Peer ${textIn(peer, "peer-address") ?? ""} is left out: a BGPPeer takes a port up to ` +
      `${MAX_PEER_PORT}, and it has ${
        textIn(peer, "peer-port") ?? ""
      }; let the router listen on another`;
    return { kind: "lost", place: { ...place, ...peer.at && { at: peer.at } }, message };
  });
}

function hasPossiblePort(peer: Tree): boolean {
  return (numberIn(peer, "peer-port") ?? 0) <= MAX_PEER_PORT;
}

/** Written out, because the default of a BGPPeer is another; whole seconds, as MetalLB cuts them. */
function holdTimeOf(peer: Tree): string {
  const text = textIn(peer, "hold-time") ?? "90s";
  return `${Math.trunc((parseDuration(text) ?? 0) / 1_000)}s`;
}

function selectorOf(selector: Tree): JsonObject {
  const labels = recordIn(selector, "match-labels");
  const expressions = itemsIn(selector, "match-expressions").map(expressionOf);
  return present({
    matchLabels: Object.keys(labels).length === 0 ? undefined : labels,
    matchExpressions: expressions.length === 0 ? undefined : expressions,
  });
}

function expressionOf(expression: Tree): Json {
  const values = textsIn(expression, "values");
  return present({
    key: textIn(expression, "key"),
    operator: textIn(expression, "operator"),
    values: values.length === 0 ? undefined : values,
  });
}
