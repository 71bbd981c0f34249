import type { JsonObject } from "../../kube/types.ts";
import { numberAt, textAt } from "./json.ts";
import type { Matches } from "./select.ts";
import { badRequest, expired } from "./status.ts";
import type { Store } from "./store.ts";

/** Which objects of a kind are wanted. */
export interface Query {
  readonly storage: string;
  readonly namespace: string | undefined;
  readonly matches: Matches;
  /** At most this many objects; absent: all. */
  readonly limit: number | undefined;
  /** The token of the page before; empty for the first. */
  readonly from: string;
}

/** A page of a list. */
export interface Page {
  readonly objects: readonly JsonObject[];
  /** The revision that the list stands for: that of its first page. */
  readonly revision: number;
  /** For the next page; empty on the last. */
  readonly next: string;
  /** How many follow, before selectors. */
  readonly remaining: number;
}

/**
 * Lists objects in the order of their keys. Later pages hold what is there now, under the revision of
 * the first: a watch from that revision tells the rest.
 *
 * @throws ApiError 400 for a token that is none, 410 for one that is older than the history.
 */
export function readPage(store: Store, query: Query): Page {
  const token = query.from === "" ? undefined : parseToken(query.from);
  if (token !== undefined && store.since(query.storage, token.revision) === undefined) {
    throw expired(TOO_OLD);
  }
  const keys = store.keys(query.storage);
  const prefix = query.namespace === undefined ? "" : `${query.namespace}/`;
  const objects: JsonObject[] = [];
  const revision = token?.revision ?? store.revision;
  let index = firstAfter(keys, token?.key ?? prefix, token === undefined);
  let last = "";
  for (; index < keys.length; index++) {
    const key = keys[index] ?? "";
    if (!key.startsWith(prefix)) break;
    const object = store.get(query.storage, key);
    if (object === undefined || !query.matches(object)) continue;
    if (objects.length === query.limit) break;
    objects.push(object);
    last = key;
  }
  const isCut = objects.length === query.limit && (keys[index] ?? "").startsWith(prefix) &&
    index < keys.length;
  const next = isCut ? btoa(JSON.stringify({ rv: revision, start: last })) : "";
  return { objects, revision, next, remaining: isCut ? keys.length - index : 0 };
}

const TOO_OLD = "The provided continue parameter is too old to display a consistent list result. " +
  "You can start a new list without the continue parameter.";

interface Token {
  readonly revision: number;
  readonly key: string;
}

function parseToken(text: string): Token {
  try {
    const json: JsonObject = JSON.parse(atob(text));
    const revision = numberAt(json, "rv");
    if (revision !== undefined) return { revision, key: textAt(json, "start") };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
  }
  throw badRequest("continue key is not valid");
}

/** The index of the first key after another, or at it. */
function firstAfter(keys: readonly string[], key: string, isInclusive: boolean): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = keys[middle] ?? "";
    if (found < key || (!isInclusive && found === key)) low = middle + 1;
    else high = middle;
  }
  return low;
}
