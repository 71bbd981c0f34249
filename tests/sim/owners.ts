import type { Machine } from "./machine.ts";
import type { World } from "./world.ts";

/** Who has each address in its kernel, and since when. */
export class Owners {
  readonly #owners = new Map<string, Map<Machine, number>>();

  add(key: string, machine: Machine, at: number): void {
    const owners = this.#owners.get(key) ?? new Map<Machine, number>();
    this.#owners.set(key, owners.set(machine, at));
  }

  remove(key: string, machine: Machine): void {
    this.#owners.get(key)?.delete(machine);
  }

  of(key: string): ReadonlyMap<Machine, number> {
    return this.#owners.get(key) ?? NOBODY;
  }

  /** The addresses that a machine has. */
  heldBy(machine: Machine): readonly string[] {
    return [...this.#owners].filter(([, owners]) => owners.has(machine)).map(([key]) => key);
  }
}

const NOBODY: ReadonlyMap<Machine, number> = new Map();

/** Whether frames get through both ways between two machines in a domain, as far as chance permits. */
export function reachEachOther(a: Machine, b: Machine, domain: number, world: World): boolean {
  const [from, to] = [a.port(domain), b.port(domain)];
  return from !== undefined && to !== undefined && world.wire.reaches(from, to) &&
    world.wire.reaches(to, from);
}

/** Whether frames get lost in the domain by chance, or one way. */
export function isSick(domain: number, world: World): boolean {
  return (world.wire.loss.get(domain) ?? 0) > 0 ||
    world.wire.portsIn(domain).some(({ deafTo }) => deafTo.size > 0);
}

/** Whether some node of the domain cannot ask or bind, or does not trust its link yet after that. */
export function isRefusedIn(domain: number, { machines, queue }: World): boolean {
  return machines.values().some((machine) => {
    const port = machine.port(domain);
    return port !== undefined &&
      (machine.kernel.refuses || port.refuses || port.distrustedUntil > queue.now);
  });
}

/** Whether nothing keeps a machine from claiming the address, now. */
export function isFit(machine: Machine, key: string, domain: number, world: World): boolean {
  const { agent } = machine;
  const port = machine.port(domain);
  return machine.isOn && agent !== undefined && port !== undefined &&
    machine.isPrompt &&
    machine.lookedAt === world.cluster.state && agent.desired.claimable.has(key) &&
    world.wire.isAwake(port) && port.distrustedUntil <= world.queue.now &&
    (port.doubtUntil <= world.queue.now || agent.table.entry(key)?.state !== undefined);
}
