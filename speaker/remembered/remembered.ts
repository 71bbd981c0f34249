/**
 * What the API said last, as text for the next start: one JSON document of about 90 bytes for each address,
 * 0.9 MB for 10,000 with one Service each.
 */
import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { ObjectReference } from "../../kube/types.ts";
import type { Desired } from "../desired/claimable.ts";
import type { Preferences } from "../ownership/rank.ts";

/** The form of the text; another one is not read. */
export const REMEMBERED_VERSION = 1;

/** What a memory is about: it is of no use to anybody else. */
export interface RememberedScope {
  /** This node's name. */
  readonly node: string;
  /** Where the configuration is. */
  readonly namespace: string;
  /** Of the Services that are served; empty: those without one. */
  readonly lbClass: string;
  /** The kernel's boot_id: links and addresses are other ones after a reboot. */
  readonly bootId: string;
}

/** An address that this node may hold; as `Claimable`, with what outlives a process. */
export interface RememberedAddress {
  /** Canonical text of the address. */
  readonly key: string;
  readonly address: IpAddress;
  /** Name of the link to announce it on. */
  readonly link: string;
  /** The eligible nodes, in order of name: one array for all addresses that have the same. */
  readonly eligible: readonly string[];
  /** Who is preferred; absent where nobody is. One Map for all addresses that have the same. */
  readonly preferences?: Preferences;
  /** The Services that use it, without their versions. */
  readonly services: readonly ObjectReference[];
}

/** What an earlier run knew of the API; as `Desired`. */
export interface Remembered {
  readonly addresses: readonly RememberedAddress[];
  /** All addresses that were assigned, those of `addresses` among them. */
  readonly assigned: ReadonlySet<string>;
  readonly nodeOfMac: ReadonlyMap<Mac, string>;
}

/** What is to be remembered. */
export interface RememberedInput {
  readonly scope: RememberedScope;
  readonly desired: Desired;
  /** Names of links by index. */
  readonly linkNames: ReadonlyMap<number, string>;
}

/** Addresses in one piece of text: a millisecond of work at most. */
const PIECE = 500;

/**
 * The text of `desired`, in pieces, so that packets get their turn between two of them. The same for the same
 * content; what an API object's version alone changes is no other content. An address on a link without a name
 * is left out.
 *
 * ```json
 * {"version":1,"scope":{"node":"n1","namespace":"metallb-system","lbClass":"","bootId":"…"},
 *  "macs":[["02:00:00:00:00:01","n1"]],"links":["eth0"],"eligible":[["n1","n2"]],
 *  "elsewhere":["192.168.0.201"],
 *  "addresses":[["192.168.0.200",0,0,[["default","whoami","<uid>"]]]]}
 * ```
 * `links` and `eligible` are tables; an address names its link and its nodes by their place there. `elsewhere`
 * are those that are assigned, but not for this node. Where nodes are preferred, there is a table of these as well,
 * `"preferences":[[["n1",10]]]`, and an address that has some names its place behind the Services.
 */
export function* formatRemembered(
  { scope, desired, linkNames }: RememberedInput,
): Generator<string> {
  const indexes = [...new Set(desired.claimable.values().map(({ linkIndex }) => linkIndex))]
    .filter((index) => linkNames.has(index));
  const links = indexes.map((index) => linkNames.get(index));
  const linkPlaces = new Map(indexes.map((index, place) => [index, place]));
  const sets = [...new Set(desired.claimable.values().map(({ eligible }) => eligible))];
  const setPlaces = new Map(sets.map((eligible, place) => [eligible, place]));
  const preferred = [...new Set(desired.claimable.values().map(({ preferences }) => preferences))]
    .filter((preferences) => preferences !== undefined);
  const preferredPlaces = new Map(preferred.map((preferences, place) => [preferences, place]));
  const { node, namespace, lbClass, bootId } = scope;
  const head = JSON.stringify({
    version: REMEMBERED_VERSION,
    scope: { node, namespace, lbClass, bootId },
    macs: [...desired.nodeOfMac],
    links,
    eligible: sets,
    ...preferred.length === 0 ? {} : { preferences: preferred.map((each) => [...each]) },
    elsewhere: [...desired.assigned].filter((key) => !desired.claimable.has(key)),
  });
  yield `${head.slice(0, -1)},"addresses":[`;
  let rows: string[] = [];
  let separator = "\n";
  for (
    const { key, linkIndex, eligible, services, preferences } of desired.claimable.values()
  ) {
    const link = linkPlaces.get(linkIndex);
    if (link === undefined) continue;
    const users = services.map(({ namespace, name, uid }) => [namespace, name, uid]);
    const row = [key, link, setPlaces.get(eligible), users];
    rows.push(JSON.stringify(preferences ? [...row, preferredPlaces.get(preferences)] : row));
    if (rows.length < PIECE) continue;
    yield separator + rows.join(",\n");
    separator = ",\n";
    rows = [];
  }
  yield `${rows.length === 0 ? "" : separator}${rows.join(",\n")}\n]}\n`;
}
