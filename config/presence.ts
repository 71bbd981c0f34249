/**
 * What a speaker's presence Lease tells whoever assigns addresses: which ones strangers use. The one text
 * that speakers write for the leader.
 */
import { formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import { type Mac, parseMac } from "../ip/mac.ts";
import { isObject, objectsAt, stringAt } from "../kube/json.ts";
import type { Json, JsonObject } from "../kube/types.ts";
import { compareText } from "./problem.ts";

/** Label of every presence Lease, so that these can be watched, and no other Leases. */
export const PRESENCE_LABEL = "lanlord.dev/presence";

/** Annotation of a presence Lease: the addresses that its node sees, or saw lately, in the hands of strangers. */
export const CONFLICTS_ANNOTATION = "lanlord.dev/conflicts";

/** One address that a station uses which is no node of ours. */
export interface ConflictReport {
  readonly address: IpAddress;
  /** The station that was heard last. */
  readonly mac: Mac;
  /** Name of the node's interface that heard it. */
  readonly interface: string;
  /** RFC 3339, by the node's clock. */
  readonly since: string;
  /** Since when nobody answers any more, RFC 3339; absent while somebody does. */
  readonly over: string | undefined;
}

/** At most so many conflicts are told by one node. */
export const REPORTS_MAX = 64;

/**
 * The conflicts as the annotation's text, in order of address: the newest where there are more than
 * `REPORTS_MAX`, with the number of those left out. The same conflicts give the same text.
 */
export function formatConflicts(reports: readonly ConflictReport[]): string {
  const newest = reports.toSorted((a, b) => compareText(b.since, a.since)).slice(0, REPORTS_MAX);
  const conflicts = newest.map(({ address, mac, interface: face, since, over }): JsonObject => ({
    address: formatIp(address),
    mac,
    interface: face,
    since,
    ...(over === undefined ? {} : { over }),
  })).toSorted((a, b) => compareText(`${a["address"]}`, `${b["address"]}`));
  const more = reports.length - newest.length;
  return JSON.stringify(more === 0 ? { conflicts } : { conflicts, more });
}

/** The conflicts that the annotation's text tells of; what cannot be read is left out. */
export function parseConflicts(text: string): readonly ConflictReport[] {
  const value = parseJson(text);
  if (!isObject(value)) return [];
  return objectsAt(value, "conflicts").flatMap((entry) => parseReport(entry) ?? []);
}

function parseReport(entry: JsonObject): ConflictReport | undefined {
  const address = parseIp(stringAt(entry, "address") ?? "");
  const mac = parseMac(stringAt(entry, "mac") ?? "");
  if (address === undefined || mac === undefined) return undefined;
  return {
    address,
    mac,
    interface: stringAt(entry, "interface") ?? "",
    since: stringAt(entry, "since") ?? "",
    over: stringAt(entry, "over"),
  };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    // Somebody else's text: it tells of nothing.
    return null;
  }
}
