import type { Timings } from "../../speaker/ownership/timings.ts";
import { type BoundName, BOUNDS } from "./bounds.ts";
import type { History } from "./history.ts";
import type { Machine } from "./machine.ts";
import { isSick, type Owners, reachEachOther } from "./owners.ts";
import type { Report } from "./report.ts";
import type { World } from "./world.ts";

interface Pair {
  readonly since: number;
  readonly bound: BoundName;
}

/** An owner that has held for so long, undisturbed, was there to be heard by whoever claims. */
const SETTLED_MS = 1_200;

/** What was heard so long ago may still be acted on. */
const LATELY_MS = 2_000;

/** What another said before it let go in order may be heard after that. */
const UNDER_WAY_MS = 2;

/** No two nodes that reach each other both answer for an address, but for a bounded time after a cause. */
export class Pairs {
  readonly #world: World;
  readonly #owners: Owners;
  readonly #report: Report;
  readonly #history: History;
  readonly #timings: Timings;
  readonly #pairs = new Map<string, Pair>();
  /** When nodes came to reach each other again in a domain. */
  readonly #healedAt = new Map<number, number>();
  /** When an address last had two owners. */
  readonly #overlapAt = new Map<string, number>();

  constructor(
    world: World,
    owners: Owners,
    report: Report,
    history: History,
    timings: Timings,
  ) {
    this.#world = world;
    this.#owners = owners;
    this.#report = report;
    this.#history = history;
    this.#timings = timings;
  }

  /** Islands of a domain came or went, or frames got lost there: owners may not have heard of each other. */
  noteHealed(domain: number): void {
    this.#healedAt.set(domain, this.#world.queue.now);
  }

  /**
   * The switch forwards for a machine again. One whose process began meanwhile took the link for one that was
   * up all the time, heard nobody, and claimed: that was a partition.
   */
  noteOpened(machine: Machine | undefined, domain: number): void {
    const held = machine === undefined ? [] : this.#owners.heldBy(machine);
    const isHolder = held.some((key) => this.#world.addresses.get(key)?.domain === domain);
    if (isHolder) this.noteHealed(domain);
  }

  /** Whether somebody else uses the address, or did lately, as far as could be heard. */
  isShared(machine: Machine, key: string): boolean {
    const { queue, strangers, addresses } = this.#world;
    const domain = addresses.get(key)?.domain ?? 0;
    // A process that goes on reads what was said while it was stopped.
    const heardMs = queue.now - this.#history.processAt(machine) < LATELY_MS
      ? this.#timings.validSeconds * 1_000
      : UNDER_WAY_MS;
    return strangers.has(key) || queue.now - this.#history.domainAt(domain) < LATELY_MS ||
      this.#owners.of(key).keys().some((owner) => owner !== machine) ||
      queue.now - (this.#overlapAt.get(key) ?? -Infinity) < heardMs ||
      this.#isBelievedHeld(key, machine);
  }

  /** Whether another process goes by it that it holds the address, its kernel's word or not. */
  #isBelievedHeld(key: string, but: Machine): boolean {
    return this.#world.machines.values().some((machine) =>
      machine !== but && machine.agent?.table.entry(key)?.state?.kind === "held"
    );
  }

  /** A kernel has the address that did not have it before: nobody else's shall have answered. */
  claimed(machine: Machine, key: string): void {
    const { queue } = this.#world;
    const domain = this.#world.addresses.get(key)?.domain ?? 0;
    const calmSince = Math.max(this.#history.domainAt(domain), this.#history.processAt(machine));
    if (queue.now - calmSince < SETTLED_MS) return;
    // Where there are two already, the one that hands over speaks for the other as well.
    if (queue.now - (this.#overlapAt.get(key) ?? -Infinity) < SETTLED_MS) return;
    if (this.#owners.of(key).size > 2) return;
    for (const [other, since] of this.#owners.of(key)) {
      if (other === machine || queue.now - since < SETTLED_MS) continue;
      if (other.kernel.isOrphan(key) || machine.kernel.isOrphan(key)) continue;
      if (queue.now - this.#history.machineAt(other) < SETTLED_MS) continue;
      if (!reachEachOther(machine, other, domain, this.#world)) continue;
      const what = `${machine.name} claimed ${key} while ${other.name} answered for it`;
      this.#report.violation("claimed over an owner", what);
    }
  }

  /** Looks who answers, after anything that may have changed it. */
  review(key: string): void {
    const domain = this.#world.addresses.get(key)?.domain ?? 0;
    const owners = this.#owners.of(key);
    if (owners.size <= 1 && this.#pairs.size === 0) return;
    const found = new Set<string>();
    if (owners.size > 1 && !isSick(domain, this.#world)) {
      const machines = [...owners.keys()].sort((a, b) => a.name < b.name ? -1 : 1);
      for (const [i, a] of machines.entries()) {
        for (const b of machines.slice(i + 1)) {
          if (!reachEachOther(a, b, domain, this.#world)) continue;
          const id = `${key} ${a.name} ${b.name}`;
          found.add(id);
          if (!this.#pairs.has(id)) this.#begin(id, key, a, b);
        }
      }
    }
    for (const [id, { since, bound }] of this.#pairs) {
      if (!id.startsWith(`${key} `) || found.has(id)) continue;
      this.#pairs.delete(id);
      this.#overlapAt.set(key, this.#world.queue.now);
      this.#report.overlap(bound, this.#world.queue.now - since);
    }
  }

  #begin(id: string, key: string, a: Machine, b: Machine): void {
    const { queue } = this.#world;
    const pair = { since: queue.now, bound: this.#causeOf(key, a, b) };
    this.#pairs.set(id, pair);
    this.#check(id, pair, a, b);
    if (pair.bound === "race") this.#checkTurns(key, a, b);
  }

  /** Two that know the same take turns, and do not claim at once. */
  #checkTurns(key: string, a: Machine, b: Machine): void {
    const { queue, cluster, addresses } = this.#world;
    const domain = addresses.get(key)?.domain ?? 0;
    const calmSince = Math.max(
      this.#history.machineAt(a),
      this.#history.machineAt(b),
      this.#history.domainAt(domain),
    );
    const eligible = a.agent?.desired.claimable.get(key)?.eligible ?? [];
    const knowTheSame = a.lookedAt === cluster.state && b.lookedAt === cluster.state &&
      this.#history.wronglySilent === 0;
    if (!knowTheSame || eligible.length > this.#timings.rankStepsMax) return;
    if (queue.now - calmSince < SETTLED_MS) return;
    this.#report.violation("claimed at once", `${key} by ${a.name} and ${b.name}`);
  }

  #causeOf(key: string, a: Machine, b: Machine): BoundName {
    const domain = this.#world.addresses.get(key)?.domain ?? 0;
    const owners = this.#owners.of(key);
    if (a.kernel.isOrphan(key) || b.kernel.isOrphan(key)) return "orphan";
    const first = Math.min(owners.get(a) ?? 0, owners.get(b) ?? 0);
    const last = Math.max(owners.get(a) ?? 0, owners.get(b) ?? 0);
    if ((this.#healedAt.get(domain) ?? -Infinity) > first - SETTLED_MS) return "heal";
    const late = (owners.get(a) ?? 0) > (owners.get(b) ?? 0) ? a : b;
    return last - this.#history.processAt(late) < SETTLED_MS ? "lateWrite" : "race";
  }

  #check(id: string, pair: Pair, a: Machine, b: Machine): void {
    const { queue, addresses } = this.#world;
    const key = id.slice(0, id.indexOf(" "));
    const domain = addresses.get(key)?.domain ?? 0;
    const boundMs = BOUNDS[pair.bound].ms({
      timings: this.#timings,
      rank: 0,
      isWatched: true,
      eligible: 0,
      held: 0,
    });
    const calmSince = (): number =>
      pair.bound === "race" ? pair.since : Math.max(
        pair.since,
        this.#knowingSince(a),
        this.#knowingSince(b),
        this.#history.domainAt(domain),
      );
    queue.at(Math.max(calmSince() + boundMs, queue.now + 1), () => {
      if (this.#pairs.get(id) !== pair) return;
      if (pair.bound !== "race" && calmSince() + boundMs > queue.now) {
        return this.#check(id, pair, a, b);
      }
      const lastedMs = Math.round(queue.now - pair.since);
      this.#report.violation("two owners", `${id} for ${lastedMs} ms (${pair.bound})`);
    });
  }

  /** A process that never heard of the API takes nodes for strangers, and lets go to none: not bounded. */
  #knowingSince(machine: Machine): number {
    const { queue, cluster } = this.#world;
    const isUnknown = machine.agent !== undefined && machine.lookedAt === undefined;
    // One that is no node any more, and has not seen that, is a stranger to those that have.
    const isStrange = !cluster.state.presences.has(machine.name) &&
      machine.lookedAt?.presences.has(machine.name) === true;
    if (isUnknown || isStrange) return queue.now;
    return this.#history.machineAt(machine);
  }
}
