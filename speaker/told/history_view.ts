/** Ownership as JSON for people: what this node knows of each address now, and what became of it. */
import { keyOf } from "../../kube/resource.ts";
import type { JsonObject } from "../../kube/types.ts";
import type { DesiredAndNot } from "../desired/desired.ts";
import type { History, HistoryEntry } from "./history.ts";
import type { Ownership, Station } from "../ownership/ownership_state.ts";

/** What is shown. */
export interface OwnershipViewInput {
  /** This node's name. */
  readonly node: string;
  readonly history: History;
  /** Absent before the API was seen. */
  readonly desired: DesiredAndNot | undefined;
  /** What this node knows of an address; absent where it takes no part. */
  readonly stateOf: (address: string) => Ownership | undefined;
  /** Ms, monotonic. */
  readonly now: number;
  /** The same instant in ms since 1970. */
  readonly nowWall: number;
}

/** Addresses in one piece of text: a millisecond of work at most. */
const PIECE = 10;

/**
 * One JSON object, as pieces of text: with thousands of addresses the reader shall come back for more, and
 * leave the loop to more urgent things in between.
 */
export function* formatOwnership(input: OwnershipViewInput): Generator<string> {
  const { node, history, desired, nowWall } = input;
  const addresses = new Set([
    ...desired?.claimable.keys() ?? [],
    ...desired?.notHere.keys() ?? [],
    ...history.addresses(),
  ]);
  const head = JSON.stringify({ node, at: timeOf(nowWall) }).slice(0, -1);
  yield `${head},"addresses":[`;
  let lines: string[] = [];
  let separator = "\n";
  for (const address of addresses) {
    lines.push(JSON.stringify(viewOf(address, input)));
    if (lines.length < PIECE) continue;
    yield separator + lines.join(",\n");
    separator = ",\n";
    lines = [];
  }
  yield `${lines.length === 0 ? "" : separator}${lines.join(",\n")}\n]}\n`;
}

function viewOf(address: string, input: OwnershipViewInput): JsonObject {
  const { history, desired, stateOf, now, nowWall } = input;
  const timeAt = (at: number): string => timeOf(nowWall - (now - at));
  const state = stateOf(address);
  const since = history.announcedSince(address);
  const claimable = desired?.claimable.get(address);
  const notHere = desired?.notHere.get(address);
  const services = (claimable ?? notHere)?.services ?? [];
  return {
    address,
    services: services.map(keyOf),
    state: state?.kind ?? "none",
    ...state?.kind === "occupied" ? { holder: stationView(state.by) } : {},
    ...since === undefined ? {} : { announcedSince: timeAt(since) },
    ...notHere === undefined ? {} : { notEligible: notHere.why.kind },
    history: history.of(address).map((entry) => entryView(entry, timeAt)),
  };
}

/** A station by its MAC, and by name where it is a node of ours. */
function stationView({ mac, node }: Station): JsonObject {
  return node === undefined ? { mac } : { mac, node };
}

function entryView(
  { news, at, lastAt, times }: HistoryEntry,
  timeAt: (at: number) => string,
): JsonObject {
  const { kind, ...rest } = news;
  const fields = Object.entries(rest).filter(([, value]) => value !== undefined);
  return {
    at: timeAt(at),
    event: kind,
    ...Object.fromEntries(fields),
    ...times === 1 ? {} : { times, lastAt: timeAt(lastAt) },
  };
}

/** RFC 3339 with milliseconds. */
function timeOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
