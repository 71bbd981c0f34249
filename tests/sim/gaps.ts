import type { Timings } from "../../speaker/ownership/timings.ts";
import { type BoundName, BOUNDS, type Circumstances } from "./bounds.ts";
import type { Machine } from "./machine.ts";
import { orderOf } from "./order.ts";
import { isFit, isRefusedIn, isSick, type Owners } from "./owners.ts";
import type { Report } from "./report.ts";
import type { World } from "./world.ts";

interface Due {
  readonly at: number;
  readonly bound: BoundName;
}

interface Gap {
  readonly since: number;
  readonly island: number;
}

/** No address that a fit node may hold stays unanswered for longer than what made it so allows. */
export class Gaps {
  readonly #world: World;
  readonly #owners: Owners;
  readonly #report: Report;
  readonly #timings: Timings;
  readonly #due = new Map<string, Due>();
  /** By address and island. */
  readonly #gaps = new Map<string, Map<number, Gap>>();
  readonly #strangerLeftAt = new Map<string, number>();

  constructor(world: World, owners: Owners, report: Report, timings: Timings) {
    this.#world = world;
    this.#owners = owners;
    this.#report = report;
    this.#timings = timings;
  }

  /** Something happened that may keep the address unanswered for a while from now on. */
  allow(key: string, bound: BoundName, holder?: Machine): void {
    for (const fit of this.#fitIslands(key).values()) {
      const circumstances = this.#circumstances(key, fit, holder);
      this.#extend(key, bound, circumstances);
      // Who has not found the holder yet is not ready to follow it: it is still about a claim of its own.
      if (FOLLOWS.has(bound) && !this.#isReady(key, fit)) {
        this.#extend(key, "reorder", circumstances);
      }
      // One that does not trust its link, or whose kernel will not bind, probes in its turn: others wait for it.
      if (isRefusedIn(this.#domainOf(key), this.#world)) {
        this.#extend(key, "refused", circumstances);
      }
      const sinceMs = this.#world.queue.now - (this.#strangerLeftAt.get(key) ?? -Infinity);
      if (sinceMs < STRANGER_REMEMBERED_MS) this.#extend(key, "stranger", circumstances);
    }
  }

  /** A stranger left the address: whoever saw it there finds out by and by. */
  noteStrangerLeft(key: string): void {
    this.#strangerLeftAt.set(key, this.#world.queue.now);
  }

  /** Whether somebody answers wherever somebody could. */
  isAnswered(key: string): boolean {
    if (this.#isPlainlyAnswered(key)) return true;
    return [...this.#fitIslands(key).keys()].every((island) => this.#isAnsweredOn(key, island));
  }

  /** Looks whether the address is answered for, after anything that may have changed that. */
  review(key: string): void {
    const gaps = this.#gapsOf(key);
    if (gaps.size === 0 && this.#isPlainlyAnswered(key)) return;
    const islands = this.#fitIslands(key);
    const hadGaps = gaps.size > 0;
    for (const [island, { since }] of gaps) {
      const isAnswered = this.#isAnsweredOn(key, island);
      if (islands.has(island) && !isAnswered) continue;
      gaps.delete(island);
      const lastedMs = this.#world.queue.now - since;
      const bound = this.#due.get(key)?.bound;
      if (isAnswered && bound !== undefined) this.#report.gap(bound, lastedMs);
    }
    // What was allowed is used up: the next time needs a cause of its own.
    if (hadGaps && gaps.size === 0 && this.#isPlainlyAnswered(key)) this.#due.delete(key);
    for (const island of islands.keys()) {
      if (gaps.has(island) || this.#isAnsweredOn(key, island)) continue;
      const gap = { since: this.#world.queue.now, island };
      gaps.set(island, gap);
      this.#checkWhenDue(key, gap);
    }
  }

  #gapsOf(key: string): Map<number, Gap> {
    const known = this.#gaps.get(key) ?? new Map<number, Gap>();
    this.#gaps.set(key, known);
    return known;
  }

  /** Whether one owner is awake where everybody hears everybody: the common case, seen at a glance. */
  #isPlainlyAnswered(key: string): boolean {
    return !this.#world.isCut(this.#domainOf(key)) && this.#isAnsweredOn(key, 0);
  }

  #extend(key: string, bound: BoundName, circumstances: Circumstances): void {
    const at = this.#world.queue.now + BOUNDS[bound].ms(circumstances);
    const known = this.#due.get(key);
    if (known === undefined || known.at < at) this.#due.set(key, { at, bound });
  }

  #isReady(key: string, fit: readonly Machine[]): boolean {
    const order = orderOf(fit[0]?.agent?.desired.claimable.get(key));
    const first = order.find((name) => fit.some((machine) => machine.name === name));
    const machine = fit.find(({ name }) => name === first);
    return machine?.agent?.table.entry(key)?.state?.kind === "occupied";
  }

  #checkWhenDue(key: string, gap: Gap): void {
    const { queue } = this.#world;
    const due = this.#due.get(key);
    const at = Math.max(due?.at ?? 0, gap.since + LEAST_MS);
    queue.at(at, () => {
      if (this.#gapsOf(key).get(gap.island) !== gap) return;
      if ((this.#due.get(key)?.at ?? 0) > queue.now) return this.#checkWhenDue(key, gap);
      const allowed = due === undefined ? "nothing" : `${due.bound}: ${BOUNDS[due.bound].what}`;
      const lastedMs = Math.round(queue.now - gap.since);
      this.#report.violation("unanswered", `${key} for ${lastedMs} ms; allowed by ${allowed}`);
    });
  }

  #isAnsweredOn(key: string, island: number): boolean {
    const domain = this.#domainOf(key);
    return this.#owners.of(key).keys().some((machine) => {
      const port = machine.port(domain);
      return port?.island === island && this.#world.wire.isAwake(port);
    });
  }

  /** The islands with nodes that could claim the address, and those nodes. */
  #fitIslands(key: string): ReadonlyMap<number, readonly Machine[]> {
    const world = this.#world;
    const domain = this.#domainOf(key);
    const islands = new Map<number, Machine[]>();
    if (world.strangers.has(key) || isSick(domain, world)) return islands;
    for (const machine of world.machines.values()) {
      if (!isFit(machine, key, domain, world)) continue;
      const island = machine.port(domain)?.island ?? 0;
      const fit = islands.get(island) ?? [];
      fit.push(machine);
      islands.set(island, fit);
    }
    return islands;
  }

  #circumstances(key: string, fit: readonly Machine[], holder?: Machine): Circumstances {
    const order = orderOf(fit[0]?.agent?.desired.claimable.get(key));
    const names = new Set(fit.map(({ name }) => name));
    const others = order.filter((name) => name !== holder?.name);
    const unfit = others.filter((name) => !names.has(name)).length;
    return {
      timings: this.#timings,
      rank: others.findIndex((name) => names.has(name)),
      isWatched: unfit < this.#timings.watchersPerHolder,
      eligible: order.length,
      held: this.#world.addresses.size,
    };
  }

  #domainOf(key: string): number {
    return this.#world.addresses.get(key)?.domain ?? 0;
  }
}

/** After these somebody is expected to follow the holder. */
const FOLLOWS: ReadonlySet<BoundName> = new Set(["crash", "expiry", "handOver"]);

/** Longer than anybody takes to find out that a stranger left. */
const STRANGER_REMEMBERED_MS = 60_000;

/** An address that moves in order is unanswered for so long. */
const LEAST_MS = 30;
