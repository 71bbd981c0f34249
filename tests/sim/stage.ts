import assert from "node:assert/strict";
import type { TableAction } from "../../speaker/ownership/table_action.ts";
import { Monitor } from "./monitor.ts";
import { PROTOCOL } from "./protocol.ts";
import type { Fault } from "./scenario.ts";
import { World } from "./world.ts";

export interface StageOptions {
  /** Names of nodes. */
  readonly nodes: readonly string[];
  /** `10.0.1.<n>` or `fd00:1::1:<n>`, each of a Service of its own. */
  readonly addresses: readonly string[];
  /** @default 1 */
  readonly seed?: number;
}

/** One thing that a node wanted done, and when. */
export interface StageEvent {
  readonly at: number;
  readonly node: string;
  readonly action: TableAction;
}

/** A cluster on one segment for stories that are written by hand. The invariants hold here too. */
export class Stage {
  readonly world: World;
  /** Everything that the nodes wanted done. */
  readonly events: StageEvent[] = [];
  readonly #monitor: Monitor;

  constructor({ nodes, addresses, seed = 1 }: StageOptions) {
    const scenario = {
      seed,
      nodes: nodes.map((name) => ({ name, domains: [0] })),
      addresses: addresses.map((key) => ({ key, domain: 0 })),
      durationMs: Infinity,
      schedule: [],
    };
    let monitor: Monitor | undefined;
    this.world = new World(scenario, PROTOCOL, {
      onBound: (machine, key) => monitor?.onBound(machine, key),
      onGone: (machine, key, why) => monitor?.onGone(machine, key, why),
      onAction: (machine, action) => {
        this.events.push({ at: this.now, node: machine.name, action });
        monitor?.onAction(machine, action);
      },
      onLateRenewal: (machine, key) => monitor?.onLateRenewal(machine, key),
      onFrozen: (machine) => monitor?.onFrozen(machine),
      onLooked: (machine) => monitor?.onLooked(machine),
    });
    this.#monitor = monitor = new Monitor(this.world);
  }

  get now(): number {
    return this.world.queue.now;
  }

  /** How many frames all speakers have sent. */
  get frames(): number {
    return this.world.machines.values().reduce((sum, { sent }) => sum + sent, 0);
  }

  apply(...faults: readonly Fault[]): void {
    for (const fault of faults) this.#monitor.apply(fault);
  }

  /** Lets time pass. `check` is called at every step. @throws AssertionError when a rule is broken */
  run(ms: number, check: () => void = () => {}): void {
    this.world.queue.runUntil(this.now + ms, () => {
      check();
      return true;
    });
    assert.deepEqual(this.#monitor.report.violations, []);
  }

  /** The nodes whose kernel answers for an address. */
  answering(key: string): readonly string[] {
    const { machines } = this.world;
    return machines.values().filter(({ kernel }) => kernel.has(key)).map(({ name }) => name)
      .toArray();
  }

  /** What a node makes of an address. */
  stateOf(node: string, key: string): string | undefined {
    return this.world.machines.get(node)?.agent?.table.entry(key)?.state?.kind;
  }

  /** How often a node, or any, wanted this done. */
  count(kind: TableAction["kind"]): number {
    return this.events.filter(({ action }) => action.kind === kind).length;
  }
}
