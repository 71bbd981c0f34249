/** Reads what `formatRemembered` wrote. The file may have been cut short or edited: nothing of it is believed. */
import { formatIp, type IpAddress, parseIp } from "../../ip/address.ts";
import { type Mac, parseMac } from "../../ip/mac.ts";
import type { ObjectReference } from "../../kube/types.ts";
import type { Preferences } from "../ownership/rank.ts";
import {
  type Remembered,
  REMEMBERED_VERSION,
  type RememberedAddress,
  type RememberedScope,
} from "./remembered.ts";

/** A memory, or why there is none. */
export type RememberedReading =
  | { readonly kind: "remembered"; readonly remembered: Remembered }
  | { readonly kind: "unusable"; readonly why: string };

/** Reads a whole memory or nothing of it. Never throws. */
export function parseRemembered(text: string, scope: RememberedScope): RememberedReading {
  const fields = fieldsOf(parseJson(text));
  if (fields === undefined) return unusable("it is no JSON object");
  const version = fields.get("version");
  if (version !== REMEMBERED_VERSION) return unusable(`want version 1, found ${show(version)}`);
  const foreign = differingScope(fieldsOf(fields.get("scope")), scope);
  if (foreign !== undefined) return unusable(foreign);
  const nodeOfMac = parseMacs(fields.get("macs"));
  if (nodeOfMac === undefined) return unusable('"macs" is not a list of MAC and node');
  const links = parseDistinct(fields.get("links"));
  if (links === undefined) return unusable('"links" is not a list of names');
  const eligible = parseEach(fields.get("eligible"), parseNodes);
  if (eligible === undefined) return unusable('"eligible" is not a list of lists of nodes');
  const elsewhere = parseDistinct(fields.get("elsewhere"));
  if (!elsewhere?.every((key) => parseKey(key) !== undefined)) {
    return unusable('"elsewhere" is not a list of addresses');
  }
  const preferences = parseEach(fields.get("preferences") ?? [], parsePreferences);
  if (preferences === undefined) {
    return unusable('"preferences" is not a list of lists of node and weight');
  }
  const tables = { links, eligible, preferences, node: scope.node };
  const addresses = parseEach(fields.get("addresses"), (value) => parseAddress(value, tables));
  if (addresses === undefined) {
    return unusable('"addresses" is not a list of address, link, nodes and Services');
  }
  const assigned = new Set([...addresses.map(({ key }) => key), ...elsewhere]);
  if (assigned.size < addresses.length + elsewhere.length) {
    return unusable("an address is there twice");
  }
  return { kind: "remembered", remembered: { addresses, assigned, nodeOfMac } };
}

function unusable(why: string): RememberedReading {
  return { kind: "unusable", why };
}

/** What the memory is about instead of this. */
function differingScope(
  found: ReadonlyMap<string, unknown> | undefined,
  { node, namespace, lbClass, bootId }: RememberedScope,
): string | undefined {
  for (const [name, want] of Object.entries({ node, namespace, lbClass, bootId })) {
    const value = found?.get(name);
    if (value !== want) return `want ${name} ${show(want)}, found ${show(value)}`;
  }
  return undefined;
}

interface Tables {
  readonly links: readonly string[];
  readonly eligible: readonly (readonly string[])[];
  readonly preferences: readonly Preferences[];
  /** This node. */
  readonly node: string;
}

function parseAddress(value: unknown, tables: Tables): RememberedAddress | undefined {
  const [text, linkPlace, setPlace, users, preferredPlace, ...rest] = listOf(value) ?? [];
  const key = textOf(text);
  const address = key === undefined ? undefined : parseKey(key);
  const link = at(tables.links, linkPlace);
  const eligible = at(tables.eligible, setPlace);
  const services = parseEach(users, parseService);
  if (key === undefined || address === undefined || rest.length > 0) return undefined;
  if (link === undefined || services === undefined) return undefined;
  if (eligible?.includes(tables.node) !== true) return undefined;
  const found = { key, address, link, eligible, services };
  if (preferredPlace === undefined) return found;
  const preferences = at(tables.preferences, preferredPlace);
  return preferences === undefined ? undefined : { ...found, preferences };
}

function parseService(value: unknown): ObjectReference | undefined {
  const texts = parseEach(value, textOf);
  if (texts?.length !== 3) return undefined;
  const [namespace = "", name = "", uid = ""] = texts;
  return { apiVersion: "v1", kind: "Service", namespace, name, uid };
}

function parseMacs(value: unknown): ReadonlyMap<Mac, string> | undefined {
  const pairs = parseEach(value, (pair) => {
    const [text, node, ...rest] = parseEach(pair, textOf) ?? [];
    const mac = text === undefined ? undefined : parseMac(text);
    if (mac === undefined || node === undefined || rest.length > 0) return undefined;
    return [mac, node] as const;
  });
  const nodes = new Map(pairs);
  return nodes.size === pairs?.length ? nodes : undefined;
}

function parsePreferences(value: unknown): Preferences | undefined {
  const pairs = parseEach(value, (pair) => {
    const [node, weight, ...rest] = listOf(pair) ?? [];
    if (typeof node !== "string" || typeof weight !== "number") return undefined;
    return weight > 0 && rest.length === 0 ? [node, weight] as const : undefined;
  });
  const preferences = new Map(pairs);
  return preferences.size === pairs?.length ? preferences : undefined;
}

/** Names of nodes, each once, in order. */
function parseNodes(value: unknown): readonly string[] | undefined {
  const names = parseEach(value, textOf);
  return names?.every((name, i) => i === 0 || (names[i - 1] ?? "") < name) ? names : undefined;
}

function parseDistinct(value: unknown): readonly string[] | undefined {
  const texts = parseEach(value, textOf);
  return new Set(texts).size === texts?.length ? texts : undefined;
}

/** An address in its canonical text: as anything else it would be another key. */
function parseKey(text: string): IpAddress | undefined {
  const address = parseIp(text);
  return address !== undefined && formatIp(address) === text ? address : undefined;
}

/** All or nothing. */
function parseEach<T>(
  value: unknown,
  parse: (item: unknown) => T | undefined,
): readonly T[] | undefined {
  const list = listOf(value);
  if (list === undefined) return undefined;
  const parsed: T[] = [];
  for (const item of list) {
    const found = parse(item);
    if (found === undefined) return undefined;
    parsed.push(found);
  }
  return parsed;
}

function at<T>(table: readonly T[], place: unknown): T | undefined {
  return typeof place === "number" ? table[place] : undefined;
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut short, or never ours: the caller says so.
    return undefined;
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "none";
}
