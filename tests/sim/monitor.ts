import type { TableAction } from "../../speaker/ownership/table_action.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../speaker/ownership/timings.ts";
import { type BoundName, BOUNDS } from "./bounds.ts";
import { Calm } from "./calm.ts";
import { Gaps } from "./gaps.ts";
import { History } from "./history.ts";
import type { Departure } from "./kernel.ts";
import type { Machine, Witness } from "./machine.ts";
import { orderOf } from "./order.ts";
import { isSick, Owners } from "./owners.ts";
import { Pairs } from "./pairs.ts";
import { Report } from "./report.ts";
import { type Fault, formatFault } from "./scenario.ts";
import { Strangers } from "./strangers.ts";
import type { World } from "./world.ts";

/** The invariants, checked at every step of a world. */
export class Monitor implements Witness {
  readonly report: Report;
  readonly #world: World;
  readonly #timings: Timings;
  readonly #owners = new Owners();
  readonly #history: History;
  readonly #gaps: Gaps;
  readonly #pairs: Pairs;
  readonly #strangers: Strangers;
  readonly #trace: (line: string) => void;
  readonly #lastOwner = new Map<string, Machine>();
  /** Why a machine's process let go of an address, by machine and address. */
  readonly #reasons = new Map<string, string>();
  /** What a machine might hold at its last look. */
  readonly #known = new Map<Machine, ReadonlySet<string>>();
  readonly #announcedAt = new Map<string, number>();
  /** How many nodes there were at a machine's last look. */
  readonly #nodesKnown = new Map<Machine, number>();
  /** What a machine's next look at the API may take time for. */
  readonly #expecting = new Map<Machine, BoundName>();

  /** @param timings what is allowed to last follows from these, whatever the agents have */
  constructor(world: World, trace = (_line: string): void => {}, timings = DEFAULT_TIMINGS) {
    this.#world = world;
    this.#timings = timings;
    const report = this.report = new Report(() => world.queue.now);
    this.#trace = (line) => trace(`${world.queue.now.toFixed(1).padStart(10)}  ${line}`);
    this.#history = new History(world);
    this.#gaps = new Gaps(world, this.#owners, report, timings);
    this.#pairs = new Pairs(world, this.#owners, report, this.#history, timings);
    this.#strangers = new Strangers(world, this.#owners, report, this.#history, timings);
    new Calm(world, this.#owners, this.#history, report, timings).count();
    for (const machine of world.machines.values()) this.#expecting.set(machine, "start");
  }

  /** Applies a fault, and knows what follows from it. */
  apply(fault: Fault): void {
    this.report.fault(fault.kind);
    this.#trace(`-- ${formatFault(fault)}`);
    this.#noteBefore(fault);
    this.#world.apply(fault);
    this.#noteAfter(fault);
    for (const key of this.#world.addresses.keys()) this.#review(key);
  }

  onBound(machine: Machine, key: string): void {
    this.#trace(`${machine.name} has ${key}`);
    this.#history.noteAny();
    this.#owners.add(key, machine, this.#world.queue.now);
    this.#pairs.claimed(machine, key);
    const last = this.#lastOwner.get(key);
    if (last !== undefined && last !== machine) this.report.moves++;
    this.#lastOwner.set(key, machine);
    this.#review(key);
    this.#checkAnnounced(machine, key);
  }

  onGone(machine: Machine, key: string, why: Departure): void {
    const reason = this.#reasons.get(`${machine.name} ${key}`);
    const word = why === "unbound" ? reason ?? "gave way" : why;
    this.#trace(`${machine.name} has ${key} no more: ${word}`);
    this.#history.noteAny();
    this.#owners.remove(key, machine);
    this.#reasons.delete(`${machine.name} ${key}`);
    this.#checkCause(machine, key, word);
    const isHelpless = why !== "power" && !machine.isPrompt;
    this.#gaps.allow(key, isHelpless ? "expiry" : boundAfter(word), machine);
    this.#review(key);
  }

  onAction(machine: Machine, action: TableAction): void {
    if (action.kind === "silent") {
      if (action.node !== undefined) this.#history.noteSilent(action.node);
      this.#trace(`${machine.name} finds ${action.node ?? action.mac} silent`);
      return;
    }
    const id = `${machine.name} ${action.at.key}`;
    const isToAll = action.kind === "announce" ||
      action.kind === "probe" && action.to === undefined;
    const isHeard = machine.ports.length === 1 &&
      !machine.ports.some(({ domain }) => this.#world.isCut(domain) || isSick(domain, this.#world));
    if (isToAll && isHeard) this.#history.noteHeard(machine.name);
    if (action.kind === "announce") this.#announcedAt.set(id, this.#world.queue.now);
    if (action.kind === "released") this.#onReleased(machine, action.at.key, action.reason);
    if (action.kind === "claimed") this.#reasons.delete(id);
    if (action.kind === "probe" && action.to !== undefined) return;
    this.#trace(`${machine.name} ${action.kind} ${action.at.key}`);
  }

  onFrozen(machine: Machine): void {
    this.#trace(`${machine.name} freezes`);
    this.#noteAgain(machine, "goesOn");
  }

  /** What is over is over, whatever the kernel still has. */
  onLateRenewal(machine: Machine, key: string): void {
    this.report.violation("renewed after its end", `${machine.name} renewed ${key}`);
  }

  onLooked(machine: Machine): void {
    this.#noteNodes(machine);
    const expected = this.#expecting.get(machine);
    const known = this.#known.get(machine) ?? new Set();
    this.#expecting.delete(machine);
    this.#known.set(machine, new Set(machine.agent?.desired.claimable.keys() ?? []));
    this.#history.noteMachine(machine);
    for (const key of this.#world.addresses.keys()) {
      if (!this.#gaps.isAnswered(key)) {
        this.#gaps.allow(key, expected ?? (known.has(key) ? "reorder" : "claim"));
        // It may be the first fit node since the holder went.
        if (known.has(key)) this.#gaps.allow(key, "goesOn");
      }
      this.#review(key);
    }
    this.#checkEligible(machine);
  }

  /** Nodes that are none any more, or again, are strangers to those who know it, or cease to be. */
  #noteNodes(machine: Machine): void {
    const nodes = machine.lookedAt?.presences.size;
    const before = this.#nodesKnown.get(machine) ?? nodes;
    if (nodes === undefined) return;
    this.#nodesKnown.set(machine, nodes);
    if (nodes === before) return;
    for (const key of this.#world.addresses.keys()) this.#noteStranger(key);
  }

  #noteStranger(key: string): void {
    this.#gaps.noteStrangerLeft(key);
    this.#gaps.allow(key, "stranger");
  }

  #review(key: string): void {
    this.#gaps.review(key);
    this.#pairs.review(key);
  }

  /** What can be told only while it has not happened yet. */
  #noteBefore(fault: Fault): void {
    const machine = "node" in fault ? this.#world.machines.get(fault.node) : undefined;
    if (machine === undefined) return;
    if (fault.kind === "thaw") this.#history.noteProcess(machine);
    this.#history.noteMachine(machine);
  }

  #noteAfter(fault: Fault): void {
    const machine = "node" in fault ? this.#world.machines.get(fault.node) : undefined;
    switch (fault.kind) {
      case "crash":
        return this.#noteProcess(machine, "crash");
      case "kill":
      case "freeze":
      case "freeze-at-write":
        return this.#noteProcess(machine, "goesOn");
      case "release":
        return this.#noteProcess(machine, "handOver");
      case "restart":
      case "boot":
        return this.#noteStart(machine, fault);
      case "thaw":
      case "slow":
        return this.#noteProcess(machine, "goesOn");
      case "stall":
        this.#noteProcess(machine, "goesOn");
        this.#world.queue.after(fault.ms + 0.01, () => this.#noteAgain(machine, "goesOn"));
        return;
      case "pause":
        return this.#notePause(machine);
      case "resume":
        this.#notePause(machine);
        return this.#noteAgain(machine, "goesOn");
      case "refuse-writes":
      case "refuse-sends":
        return this.#noteProcess(machine, "refused");
      case "take-writes":
      case "take-sends":
        if (machine !== undefined) this.#expect(machine, "refused");
        return this.#noteAgain(machine, "refused");
      case "remove":
      case "add":
        for (const key of this.#world.addresses.keys()) this.#noteStranger(key);
        return this.#history.noteAny();
      case "unplug":
        return this.#noteLink(machine, fault.domain, "crash");
      case "plug":
        this.#noteLink(machine, fault.domain, "linkUp");
        this.#world.queue.after(fault.silentMs + 0.01, () => {
          this.#pairs.noteOpened(machine, fault.domain);
          this.#noteAgain(machine, "linkUp");
        });
        return;
      case "cut":
      case "heal":
      case "loss":
      case "one-way":
      case "both-ways":
        return this.#noteDomain(fault.domain);
      case "take-away":
        return this.#noteProcess(machine, "takenAway");
      case "stranger":
      case "stranger-leaves":
        this.#history.noteDomain(this.#world.addresses.get(fault.address)?.domain ?? 0);
        if (fault.kind === "stranger") this.#strangers.came(fault.address);
        return this.#noteStranger(fault.address);
      default:
        this.#history.noteAny();
    }
  }

  #noteStart(machine: Machine | undefined, fault: Fault): void {
    this.#noteProcess(machine, "start");
    if (fault.kind !== "boot") return;
    this.#world.queue.after(fault.silentMs + 0.01, () => this.#noteAgain(machine, "start"));
  }

  #noteProcess(machine: Machine | undefined, bound: BoundName): void {
    if (machine === undefined) return;
    this.#history.noteProcess(machine);
    if (bound === "start") this.#expect(machine, bound);
    this.#allowUnanswered(bound, bound === "crash" ? machine : undefined);
  }

  #noteAgain(machine: Machine | undefined, bound: BoundName): void {
    this.#noteProcess(machine, bound);
    for (const key of this.#world.addresses.keys()) this.#review(key);
  }

  /** For the others a machine that stands still is cut off; what it has, it has again when it goes on. */
  #notePause(machine: Machine | undefined): void {
    if (machine === undefined) return;
    for (const { domain } of machine.ports) {
      this.#pairs.noteHealed(domain);
      // Its kernel answers what waited, for addresses whose time was up while it stood still.
      this.#history.noteDomain(domain);
    }
    for (const key of this.#owners.heldBy(machine)) this.#gaps.allow(key, "crash", machine);
    this.#noteProcess(machine, "goesOn");
  }

  #noteLink(machine: Machine | undefined, domain: number, bound: BoundName): void {
    if (machine === undefined) return;
    this.#noteCutOff(machine, domain);
    this.#history.noteMachine(machine);
    if (bound === "linkUp") this.#expect(machine, bound);
    for (const key of this.#owners.heldBy(machine)) {
      if (this.#world.addresses.get(key)?.domain === domain) this.#gaps.allow(key, bound, machine);
    }
    this.#allowUnanswered(bound);
  }

  /** A process that does not run cannot let go when its link goes down: for the others that is a partition. */
  #noteCutOff(machine: Machine, domain: number): void {
    const leaseMs = this.#timings.validSeconds * 1_000 + 1_500;
    if (this.#world.queue.now - this.#history.processAt(machine) > leaseMs) return;
    this.#pairs.noteHealed(domain);
  }

  /** What is not claimed before a link is trusted is claimed then. */
  #expect(machine: Machine, bound: BoundName): void {
    this.#expecting.set(machine, bound);
    const { queue } = this.#world;
    for (const { doubtUntil } of machine.ports) {
      queue.at(doubtUntil + 0.01, () => {
        this.#allowUnanswered(bound);
        for (const key of this.#world.addresses.keys()) this.#review(key);
      });
    }
  }

  #noteDomain(domain: number): void {
    this.#history.noteDomain(domain);
    this.#pairs.noteHealed(domain);
    for (const address of this.#world.addresses.values()) {
      if (address.domain !== domain) continue;
      this.#gaps.allow(address.key, "crash", this.#lastOwner.get(address.key));
      this.#gaps.allow(address.key, "goesOn");
    }
  }

  #allowUnanswered(bound: BoundName, holder?: Machine): void {
    for (const key of this.#world.addresses.keys()) {
      if (this.#gaps.isAnswered(key)) continue;
      this.#gaps.allow(key, bound, holder);
    }
  }

  /**
   * Only what may not be held any more is handed over, and only what another uses is left to it; other causes
   * are judged when the kernel lets go, which may be much later.
   */
  #onReleased(machine: Machine, key: string, reason: string): void {
    this.#reasons.set(`${machine.name} ${key}`, reason);
    const isCaused = this.#isCaused(machine, key, reason);
    if (isCaused) return;
    this.report.violation("let go without a cause", `${machine.name} of ${key}: ${reason}`);
  }

  #isCaused(machine: Machine, key: string, reason: string): boolean {
    const claimable = machine.agent?.desired.claimable.get(key);
    switch (reason) {
      case "hand-over":
      case "unassigned":
        return claimable === undefined;
      case "preferred":
        return orderOf(claimable)[0] !== machine.name;
      case "conflict":
        return this.#pairs.isShared(machine, key);
      default:
        return true;
    }
  }

  /** Nothing is let go of without a cause. */
  #checkCause(machine: Machine, key: string, word: string): void {
    const { queue } = this.#world;
    const leaseMs = this.#timings.validSeconds * 1_000 + 1_500;
    if (machine.kernel.isOrphan(key)) return;
    const isTroubled = queue.now - this.#history.processAt(machine) < leaseMs;
    const isCaused = {
      power: true,
      "taken-away": true,
      expired: isTroubled,
      lapsed: isTroubled,
      "gave way": isTroubled || this.#pairs.isShared(machine, key) ||
        machine.agent?.desired.claimable.has(key) !== true,
    }[word] ?? true;
    if (isCaused) return;
    this.report.violation("let go without a cause", `${machine.name} of ${key}: ${word}`);
  }

  /** Whoever binds an address says so at once. */
  #checkAnnounced(machine: Machine, key: string): void {
    const { queue } = this.#world;
    const boundAt = queue.now;
    const boundMs = BOUNDS.unannounced.ms();
    queue.after(boundMs, () => {
      const announcedAt = this.#announcedAt.get(`${machine.name} ${key}`) ?? -Infinity;
      if (announcedAt >= boundAt || this.#owners.of(key).get(machine) !== boundAt) return;
      if (this.#history.processAt(machine) > boundAt - 1_000) return;
      this.report.violation("unannounced", `${machine.name} bound ${key}, ${boundMs} ms ago`);
    });
  }

  /** Whoever knows that it may not hold an address does not. */
  #checkEligible(machine: Machine): void {
    const { queue } = this.#world;
    const lookedAt = queue.now;
    const state = machine.lookedAt;
    queue.after(BOUNDS.ineligible.ms(), () => {
      const { agent } = machine;
      if (
        agent === undefined || machine.lookedAt !== state ||
        this.#history.processAt(machine) > lookedAt - 1_000
      ) return;
      for (const key of this.#owners.heldBy(machine)) {
        const boundAt = this.#owners.of(key).get(machine) ?? 0;
        const mayHold = state?.mayHold(machine.name, key) ?? true;
        if (mayHold || boundAt > lookedAt || machine.kernel.isOrphan(key)) continue;
        this.report.violation("held by an ineligible node", `${machine.name} holds ${key}`);
      }
    });
  }
}

function boundAfter(word: string): BoundName {
  switch (word) {
    case "hand-over":
    case "preferred":
    case "unassigned":
      return "handOver";
    case "taken-away":
      return "takenAway";
    case "expired":
    case "lapsed":
      return "expiry";
    default:
      return "crash";
  }
}
