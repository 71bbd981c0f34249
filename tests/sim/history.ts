import type { Machine } from "./machine.ts";
import { isSick } from "./owners.ts";
import type { World } from "./world.ts";

/** When what was last disturbed: what lasts is counted from there. */
export class History {
  readonly #processes = new Map<Machine, number>();
  readonly #machines = new Map<Machine, number>();
  readonly #domains = new Map<number, number>();
  readonly #silent = new Set<string>();
  readonly #world: World;
  #any = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Something happened to a process: it was stopped, slow, ended or begun. */
  noteProcess(machine: Machine): void {
    this.#processes.set(machine, this.#now);
    this.noteMachine(machine);
  }

  /** Something happened to a machine: its process, its links, its power, what it knows. */
  noteMachine(machine: Machine): void {
    this.#machines.set(machine, this.#now);
    this.noteAny();
  }

  /** Something happened to a segment. */
  noteDomain(domain: number): void {
    this.#domains.set(domain, this.#now);
    this.noteAny();
  }

  noteAny(): void {
    this.#any = this.#now;
  }

  /** Somebody finds a node silent. */
  noteSilent(node: string): void {
    this.#silent.add(node);
  }

  /** Everybody hears a node. */
  noteHeard(node: string): void {
    this.#silent.delete(node);
  }

  /** How many nodes that run may be thought silent by somebody. */
  get wronglySilent(): number {
    return this.#silent.values().filter((node) => this.#world.machines.get(node)?.isOn).toArray()
      .length;
  }

  get anyAt(): number {
    return this.#any;
  }

  /** Now, while the process is in trouble. */
  processAt(machine: Machine): number {
    if (!machine.isPrompt) return this.#now;
    return this.#processes.get(machine) ?? -Infinity;
  }

  machineAt(machine: Machine): number {
    return Math.max(this.#machines.get(machine) ?? -Infinity, this.processAt(machine));
  }

  /** Now, while frames get lost there. */
  domainAt(domain: number): number {
    return isSick(domain, this.#world) ? this.#now : this.#domains.get(domain) ?? -Infinity;
  }

  get #now(): number {
    return this.#world.queue.now;
  }
}
