/** A simulated segment with very many nodes and addresses, in which every address has its holder from the start. */
import { parseIp } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";
import { rankNodes } from "../speaker/ownership/rank.ts";
import type { Place } from "../speaker/ownership/table_action.ts";
import { DEFAULT_TIMINGS } from "../speaker/ownership/timings.ts";
import type { Machine } from "../tests/sim/machine.ts";
import { PROTOCOL } from "../tests/sim/protocol.ts";
import { Random } from "../tests/sim/random.ts";
import { Speech } from "../tests/sim/speech.ts";
import type { Frame, Port } from "../tests/sim/wire.ts";
import { World } from "../tests/sim/world.ts";

/** What happened on the segment in one phase. */
export interface Traffic {
  readonly ms: number;
  /** Frames sent by each node: questions, probes and announcements, and its kernel's answers. */
  readonly sent: ReadonlyMap<string, number>;
  /** Frames that came to each node. */
  readonly heard: ReadonlyMap<string, number>;
  readonly frames: number;
  readonly broadcasts: number;
  /** Most broadcasts in 100 ms. */
  readonly peak: number;
  /** Time that each node's table took of a core, in ms. */
  readonly tableMs: ReadonlyMap<string, number>;
}

/** How long every node has had to look at the API and to trust its link, at the start. */
const SETTLE_MS = 1_500;

const PEAK_MS = 100;

export class ScaleLan {
  readonly world: World;
  /** Addresses that nobody answers for, and since when. */
  readonly unanswered = new Map<string, number>();
  /** How long addresses were unanswered, in ms. */
  readonly gaps: number[] = [];
  readonly #places: readonly Place[];
  readonly #sent = new Map<string, number>();
  readonly #unicastHeard = new Map<string, number>();
  readonly #broadcastBy = new Map<string, number>();
  readonly #tableMs = new Map<string, number>();
  readonly #broadcastAt: number[] = [];
  readonly #nodeOfMac = new Map<Mac, string>();

  constructor(nodes: number, addresses: number) {
    this.#places = Array.from({ length: addresses }, (_, i) => placeOf(i));
    const scenario = {
      seed: 1,
      nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i + 1}`, domains: [0] })),
      addresses: this.#places.map(({ key }) => ({ key, domain: 0 })),
      durationMs: Infinity,
      schedule: [],
    };
    const ignore = (): void => {};
    this.world = new World(scenario, PROTOCOL, {
      onBound: (_, key) => this.#onBound(key),
      onGone: (_, key) => this.unanswered.set(key, this.world.queue.now),
      onAction: ignore,
      onFrozen: ignore,
      onLateRenewal: ignore,
      onLooked: ignore,
    });
    for (const { name, ports: [port] } of this.world.machines.values()) {
      if (port !== undefined) this.#nodeOfMac.set(port.mac, name);
    }
    this.#settle();
    this.world.wire.witness = (from, frame, to) => this.#count(from, frame, to);
    for (const machine of this.world.machines.values()) this.#time(machine);
  }

  /** The nodes with the most addresses first. */
  get holders(): readonly string[] {
    const held = [...this.world.machines.values()].map(({ name, kernel }) => ({
      name,
      size: kernel.addresses.size,
    }));
    return held.toSorted((a, b) => b.size - a.size).map(({ name }) => name);
  }

  crash(nodes: readonly string[]): void {
    for (const node of nodes) this.world.apply({ kind: "crash", node });
  }

  /** Lets time pass, and counts. */
  run(ms: number): Traffic {
    const maps = [this.#sent, this.#unicastHeard, this.#broadcastBy, this.#tableMs];
    for (const map of maps) map.clear();
    this.#broadcastAt.length = 0;
    this.world.queue.runUntil(this.world.queue.now + ms);
    const running = [...this.world.machines.values()].filter(({ isOn }) => isOn);
    const names = running.map(({ name }) => name);
    const of = (map: ReadonlyMap<string, number>, name: string): number => map.get(name) ?? 0;
    const broadcasts = this.#broadcastAt.length;
    const heard = names.map((name) => {
      const count = of(this.#unicastHeard, name) + broadcasts - of(this.#broadcastBy, name);
      return [name, count] as const;
    });
    return {
      ms,
      sent: new Map(names.map((name) => [name, of(this.#sent, name)])),
      heard: new Map(heard),
      frames: this.#sent.values().reduce((sum, count) => sum + count, 0),
      broadcasts,
      peak: peakOf(this.#broadcastAt),
      tableMs: new Map(names.map((name) => [name, of(this.#tableMs, name)])),
    };
  }

  /** Every address is held by the first in its order, and everybody knows. */
  #settle(): void {
    const { queue, machines } = this.world;
    const random = new Random(2);
    const names = [...machines.keys()];
    const speech = new Speech();
    const held = this.#places.map((at) => {
      const holder = machines.get(rankNodes(names, at.key)[0] ?? "");
      holder?.kernel.replace(at.key, at.linkIndex, 0);
      // Announced at one time or another in the minute before.
      const before = random.between(0, DEFAULT_TIMINGS.refreshMs);
      const now = holder?.agent?.process.now ?? 0;
      holder?.agent?.table.adopt(at, now, now - before);
      return { at, holder };
    });
    queue.runUntil(500);
    for (const { at, holder } of held) {
      const [packet] = holder?.ports[0] === undefined ? [] : speech.announce(holder.ports[0], at);
      for (const machine of packet === undefined ? [] : machines.values()) {
        if (packet === undefined || machine === holder) continue;
        machine.agent?.process.receive({ packet, key: at.key, kind: "announcement" }, at.linkIndex);
      }
    }
    queue.runUntil(SETTLE_MS);
  }

  #onBound(key: string): void {
    const since = this.unanswered.get(key);
    this.unanswered.delete(key);
    if (since !== undefined) this.gaps.push(this.world.queue.now - since);
  }

  #count({ owner }: Port, _frame: Frame, to: Mac | undefined): void {
    add(this.#sent, owner, 1);
    if (to === undefined) {
      this.#broadcastAt.push(this.world.queue.now);
      add(this.#broadcastBy, owner, 1);
      return;
    }
    add(this.#unicastHeard, this.#nodeOfMac.get(to) ?? "", 1);
  }

  /** Adds up the time that a node's table takes. */
  #time({ name, agent }: Machine): void {
    if (agent === undefined) return;
    const { table } = agent;
    const timed = <Args extends readonly unknown[], Result>(
      call: (...args: Args) => Result,
    ): (...args: Args) => Result =>
    (...args) => {
      const startedAt = performance.now();
      const result = call(...args);
      add(this.#tableMs, name, performance.now() - startedAt);
      return result;
    };
    table.onPacket = timed(table.onPacket.bind(table));
    table.onKernel = timed(table.onKernel.bind(table));
    table.wake = timed(table.wake.bind(table));
    table.nextWake = timed(table.nextWake.bind(table));
  }
}

/** `10.0.1.0` and the next 60,000. */
function placeOf(i: number): Place {
  const key = `10.0.${1 + (i >> 8)}.${i & 0xff}`;
  const address = parseIp(key);
  if (address === undefined) throw new RangeError(`Cannot number address: want 0-65000, have ${i}`);
  return { key, address, linkIndex: 1 };
}

function peakOf(instants: readonly number[]): number {
  let most = 0;
  for (let [first, last] = [0, 0]; last < instants.length; last++) {
    while ((instants[last] ?? 0) - (instants[first] ?? 0) > PEAK_MS) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function add(map: Map<string, number>, key: string, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}
