import type { Timings } from "../../speaker/ownership/timings.ts";
import { BOUNDS } from "./bounds.ts";
import type { History } from "./history.ts";
import type { Machine } from "./machine.ts";
import { isSick, type Owners } from "./owners.ts";
import type { Report } from "./report.ts";
import type { World } from "./world.ts";

/** Whoever holds an address that a stranger comes to use, and hears it, lets go of it in a bounded time. */
export class Strangers {
  readonly #world: World;
  readonly #owners: Owners;
  readonly #report: Report;
  readonly #history: History;
  readonly #timings: Timings;

  constructor(world: World, owners: Owners, report: Report, history: History, timings: Timings) {
    this.#world = world;
    this.#owners = owners;
    this.#report = report;
    this.#history = history;
    this.#timings = timings;
  }

  /** A stranger announced the address just now. */
  came(key: string): void {
    const { queue, strangers } = this.#world;
    const cameAt = queue.now;
    const port = strangers.get(key);
    const boundMs = BOUNDS.overStranger.ms({ timings: this.#timings });
    queue.after(boundMs, () => {
      if (port === undefined || strangers.get(key) !== port) return;
      for (const [machine, since] of this.#owners.of(key)) {
        if (since > cameAt || !this.#couldHear(machine, key, cameAt)) continue;
        const what = `${machine.name} holds ${key}, which a stranger has for ${boundMs} ms`;
        this.#report.violation("held over a stranger", what);
      }
    });
  }

  /** Whether nothing kept the machine from hearing the stranger, or from knowing that it is one. */
  #couldHear(machine: Machine, key: string, cameAt: number): boolean {
    const domain = this.#world.addresses.get(key)?.domain ?? 0;
    const stranger = this.#world.strangers.get(key);
    const port = machine.port(domain);
    return stranger !== undefined && port !== undefined && machine.lookedAt !== undefined &&
      this.#history.domainAt(domain) <= cameAt && this.#history.machineAt(machine) < cameAt &&
      !isSick(domain, this.#world) && this.#world.wire.reaches(stranger, port) &&
      this.#world.wire.reaches(port, stranger);
  }
}
