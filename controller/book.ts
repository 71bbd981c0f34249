import type { Config } from "../config/config.ts";
import type { IpAddress } from "../ip/address.ts";
import { allocate, asksByName, type Decision, decisionOf } from "./allocate.ts";
import { Holdings, type HoldingsOptions, type Input } from "./holdings.ts";
import type { MoveAllowance } from "./move_limit.ts";
import { Occupancy } from "./occupancy.ts";
import { type Action, planForeign, planOne } from "./plan.ts";
import { PoolUse } from "./pool_use.ts";
import type { Quarantine } from "./quarantine.ts";
import { compareAge, type Request } from "./request.ts";
import { hasNew, serve, type Served } from "./serve.ts";
import type { PoolUsage } from "./usage.ts";
import { Waiting } from "./waiting.ts";

/** What stays the same for as long as a book lives: when it changes, a new book is begun. */
export interface BookOptions extends HoldingsOptions {
  readonly config: Config | undefined;
  readonly quarantine: Quarantine;
}

/** What a look needs to know of the time. */
export interface Look {
  readonly allowance: MoveAllowance;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * All Services and what each has from now on, kept up to date change by change: a changed Service costs a
 * decision about itself, about those that hold the same addresses, and about those for whom it may have
 * made room. Whatever the changes and their order, decisions and actions are those that `decide` makes of
 * the same Services at once. Mutable, free of I/O.
 */
export class Book {
  readonly #options: BookOptions;
  /** Between looks it has what was decided last. */
  readonly #occupancy: Occupancy;
  readonly #holdings: Holdings;
  readonly #waiting: Waiting;
  readonly #use: PoolUse;
  readonly #decisions = new Map<string, Decision>();
  readonly #actions = new Map<string, Action>();
  /** Who was given what its status does not show: what they have is decided anew in each look. */
  readonly #tentative = new Set<string>();
  /** What came since the last look. */
  #inputs = new Map<string, Input>();

  constructor(options: BookOptions) {
    const { config = NO_POOLS, quarantine } = options;
    this.#options = options;
    this.#occupancy = new Occupancy(config.pools, quarantine);
    this.#holdings = new Holdings(this.#occupancy, options);
    this.#waiting = new Waiting(config, this.#occupancy);
    this.#use = new PoolUse(config);
  }

  /** By `namespace/name`, for the Services that are ours, as of the last look. */
  get decisions(): ReadonlyMap<string, Decision> {
    return this.#decisions;
  }

  /** What must be written as of the last look, in the order of `plan`. */
  get actions(): readonly Action[] {
    const ranked = Array.from(this.#actions, ([key, action]) => {
      const role = this.#holdings.get(key)?.role;
      return { key, action, request: role?.kind === "ours" ? role.request : undefined };
    });
    return ranked.toSorted(compareTurns).map(({ action }) => action);
  }

  /** Whether Services wait to be moved away from a stranger, as many as may were moved lately. */
  get hasDelayedMoves(): boolean {
    return this.#tenants().some((key) =>
      this.#decisions.get(key)?.stays.some(({ reason }) => reason === "move-delayed")
    );
  }

  /** The pools whose use may have changed since this was last asked; at first all. */
  takeChangedUse(): readonly PoolUsage[] {
    return this.#use.takeChanged();
  }

  /** A Service changed, came or went. It counts from the next look on. */
  put(key: string, input: Input): void {
    this.#inputs.set(key, input);
  }

  /** Decides about what changed and what hangs on it. */
  look(look: Look): void {
    const undone = this.#occupancy.rollback();
    const inputs = this.#inputs;
    this.#inputs = new Map();
    const { keys, addresses } = this.#holdings.update(inputs);
    const touched = [...undone, ...addresses];
    const due = new Set([...keys, ...this.#tentative]);
    for (const key of this.#tenants()) due.add(key);
    this.#callNamed(due, touched);
    const requests: Request[] = [];
    for (const key of due) {
      const role = this.#holdings.get(key)?.role;
      if (role?.kind === "ours") {
        this.#waiting.leave(key);
        requests.push(role.request);
      } else {
        this.#forget(key);
      }
    }
    this.#occupancy.begin();
    this.#serve(requests.toSorted(compareAge), touched, look);
  }

  /** Those who have an address that a stranger uses: they may have to leave it at any look. */
  #tenants(): readonly string[] {
    const { quarantine } = this.#options;
    if (quarantine.size === 0) return [];
    return [...quarantine.values()].flatMap(({ address, isActive }) =>
      isActive ? this.#occupancy.usersOf(address) : []
    );
  }

  /** Who asks for an address by name is told who else has it, and who asks for it as well. */
  #callNamed(due: Set<string>, touched: readonly IpAddress[]): void {
    const addresses = [...touched];
    for (const key of due) addresses.push(...this.#wantedBy(key));
    // The list grows while it is walked.
    for (const address of addresses) {
      for (const key of this.#waiting.namedFor(address)) {
        if (due.has(key)) continue;
        due.add(key);
        addresses.push(...this.#wantedBy(key));
      }
    }
  }

  #wantedBy(key: string): readonly IpAddress[] {
    const role = this.#holdings.get(key)?.role;
    return role?.kind === "ours" && role.request.wish.kind === "wish"
      ? role.request.wish.addresses
      : [];
  }

  #serve(requests: readonly Request[], touched: readonly IpAddress[], look: Look): void {
    const { config, quarantine } = this.#options;
    if (config === undefined) {
      const decisions = allocate(undefined, requests);
      for (const { key } of requests) this.#record(key, decisions.get(key), look);
      return;
    }
    const serving = {
      config,
      occupancy: this.#occupancy,
      setAside: { quarantine, allowance: look.allowance },
      keptBy: ({ key }: Request): readonly IpAddress[] => this.#holdings.keptBy(key),
    };
    const served = serve(serving, {
      named: requests.filter(asksByName),
      others: requests.filter((request) => !asksByName(request)),
      called: this.#waiting.calledBy(touched),
    });
    for (const each of served) this.#settle(each, look);
  }

  #settle({ request, choice, relocation }: Served, look: Look): void {
    const { key } = request;
    const { kept, cleared } = this.#holdings.get(key)?.adoption ?? NOTHING;
    const decision = decisionOf(this.#occupancy, choice, cleared, relocation);
    this.#record(key, decision, look);
    this.#waiting.leave(key);
    if (hasNew(decision.addresses, kept)) this.#tentative.add(key);
    else {
      this.#tentative.delete(key);
      if (decision.refusal !== undefined) this.#waiting.add(request, kept);
    }
  }

  #record(key: string, decision: Decision | undefined, { now }: Look): void {
    const before = this.#decisions.get(key)?.addresses ?? [];
    this.#use.replace(before, decision?.addresses ?? []);
    const service = this.#holdings.get(key)?.service;
    const action = service && decision && planOne(service, decision, now);
    setOrDelete(this.#decisions, key, decision);
    setOrDelete(this.#actions, key, action);
  }

  /** A Service is gone, or not ours. */
  #forget(key: string): void {
    this.#waiting.leave(key);
    this.#tentative.delete(key);
    this.#use.replace(this.#decisions.get(key)?.addresses ?? [], []);
    this.#decisions.delete(key);
    const known = this.#holdings.get(key);
    const action = known === undefined || known.role.kind === "ours"
      ? undefined
      : planForeign(known.service, known.role.kind, this.#options);
    setOrDelete(this.#actions, key, action);
  }
}

const NO_POOLS: Config = { pools: [], l2Advertisements: [] };

const NOTHING = { kept: [], cleared: [] };

interface Turn {
  readonly key: string;
  readonly request: Request | undefined;
}

/** Services that are not ours first, by key; then those who ask by name; then the others, each by age. */
function compareTurns(a: Turn, b: Turn): number {
  if (a.request !== undefined && b.request !== undefined) {
    return Number(asksByName(b.request)) - Number(asksByName(a.request)) ||
      compareAge(a.request, b.request);
  }
  if (a.request !== undefined || b.request !== undefined) return a.request === undefined ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function setOrDelete<V>(map: Map<string, V>, key: string, value: V | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}
