import type { Config, Pool } from "../config/config.ts";
import { equalIp, type IpAddress } from "../ip/address.ts";
import type { SetAside } from "./allocate.ts";
import { insertByAge } from "./by_age.ts";
import { type Choice, choose } from "./choose.ts";
import { depart, type Relocation } from "./departure.ts";
import type { Occupancy } from "./occupancy.ts";
import type { Queue } from "./queues.ts";
import { compareAge, type Request } from "./request.ts";

/** What some Services are served with. */
export interface Serving {
  readonly config: Config;
  readonly occupancy: Occupancy;
  readonly setAside: SetAside;
  /** What a Service may keep of what it holds. */
  readonly keptBy: (request: Request) => readonly IpAddress[];
}

/** Who is to be served. */
export interface Due {
  /** Those who ask for addresses by name, by age. */
  readonly named: readonly Request[];
  /** The others, by age. Whoever has an address that a stranger uses is among these or those by name. */
  readonly others: readonly Request[];
  /** Those who wait, and for whom there may be something now. */
  readonly called: Called;
}

/** Queues for which there may be something. */
export interface Called {
  readonly queues: ReadonlySet<Queue>;
  /** Pools of which addresses were given back. */
  readonly freed: ReadonlySet<Pool>;
}

/** What was chosen for one Service. */
export interface Served {
  readonly request: Request;
  readonly choice: Choice;
  readonly relocation: Relocation | undefined;
}

/**
 * Serves those whose turn it is as `allocate` serves all: by name before the others, and by age. The rest
 * of the Services have what they have. Of each queue only the first is served, and the next one when that
 * one got something: what is chosen is occupied and nothing is given back, so what the first could not have
 * none behind it can.
 */
export function serve(it: Serving, { named, others, called }: Due): readonly Served[] {
  const choices = named.map((request) => choiceOf(it, request, it.keptBy(request)));
  const tenants = [
    ...named.map((request, i) => ({ request, addresses: choices[i]?.addresses ?? [] })),
    ...others.map((request) => ({ request, addresses: it.keptBy(request) })),
  ].toSorted((a, b) => compareAge(a.request, b.request));
  const relocations = depart({ ...it, ...it.setAside }, tenants);
  const served: Served[] = named.flatMap((request, i) => {
    const choice = choices[i];
    return choice === undefined
      ? []
      : [{ request, choice, relocation: relocations.get(request.key) }];
  });
  return [...served, ...serveLine(it, others, called, relocations)];
}

/** A place in a queue. */
interface Place {
  readonly queue: Queue;
  readonly index: number;
}

function serveLine(
  it: Serving,
  others: readonly Request[],
  { queues, freed }: Called,
  relocations: ReadonlyMap<string, Relocation>,
): readonly Served[] {
  const placeOf = new Map<string, Place>();
  const first: Request[] = [];
  for (const queue of queues) {
    const [request] = queue.requests;
    if (request === undefined) continue;
    placeOf.set(request.key, { queue, index: 0 });
    first.push(request);
  }
  const line = [...others, ...first].toSorted(compareAge);
  const served: Served[] = [];
  // The line grows while it is walked.
  for (const [i, request] of line.entries()) {
    const place = placeOf.get(request.key);
    if (place !== undefined && !mayGet(it.occupancy, place.queue, freed)) continue;
    const kept = it.keptBy(request);
    const relocation = relocations.get(request.key);
    const choice = choiceOf(it, request, relocation?.addresses ?? kept);
    if (place !== undefined) {
      if (!hasNew(choice.addresses, kept)) continue;
      const { queue, index } = place;
      const next = queue.requests[index + 1];
      if (next !== undefined) {
        placeOf.set(next.key, { queue, index: index + 1 });
        insertByAge(line, next, i + 1);
      }
    }
    served.push({ request, choice, relocation });
  }
  return served;
}

/** False where it is certain that there is nothing for this queue: neither free any more, nor to be shared. */
function mayGet(
  occupancy: Occupancy,
  { pools, sharingKey }: Queue,
  freed: ReadonlySet<Pool>,
): boolean {
  if (occupancy.isShared(sharingKey)) return true;
  for (const pool of freed) if (pools.has(pool) && occupancy.hasFree(pool)) return true;
  return false;
}

/** Whether some of the addresses are not among those that are kept. */
export function hasNew(addresses: readonly IpAddress[], kept: readonly IpAddress[]): boolean {
  return addresses.some((address) => !kept.some((each) => equalIp(each, address)));
}

function choiceOf(
  { config, occupancy }: Serving,
  request: Request,
  kept: readonly IpAddress[],
): Choice {
  const choice = choose(config, occupancy, request, kept);
  for (const address of choice.addresses) {
    if (!kept.some((each) => equalIp(each, address))) occupancy.occupy(request, address);
  }
  return choice;
}
