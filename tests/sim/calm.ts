import type { Timings } from "../../speaker/ownership/timings.ts";
import { calmFrames } from "./bounds.ts";
import type { History } from "./history.ts";
import { orderOf } from "./order.ts";
import { isSick, type Owners } from "./owners.ts";
import type { Report } from "./report.ts";
import type { World } from "./world.ts";

/** Frames are counted over so long. */
const CALM_WINDOW_MS = 10_000;

/** A world is calm when nothing happened for so long: longer than any burst. */
const CALM_AFTER_MS = 12_000;

/** In calm no more frames are sent than the protocol needs. */
export class Calm {
  readonly #world: World;
  readonly #owners: Owners;
  readonly #history: History;
  readonly #report: Report;
  readonly #timings: Timings;

  constructor(
    world: World,
    owners: Owners,
    history: History,
    report: Report,
    timings: Timings,
  ) {
    this.#world = world;
    this.#owners = owners;
    this.#history = history;
    this.#report = report;
    this.#timings = timings;
  }

  /** Begins to count. */
  count(): void {
    this.#countFramesFrom(0);
  }

  #countFramesFrom(before: number): void {
    const { queue } = this.#world;
    const since = queue.now;
    queue.after(CALM_WINDOW_MS, () => {
      const now = this.#sent();
      if (this.#isCalm(since)) this.#judgeFrames(now - before);
      this.#countFramesFrom(now);
    });
  }

  /** Whether nothing happened lately, and nothing is the matter. */
  #isCalm(since: number): boolean {
    const { addresses, machines } = this.#world;
    return this.#history.anyAt < since - CALM_AFTER_MS &&
      !machines.values().some((machine) => machine.isRefused) &&
      !addresses.values().some(({ domain }) => isSick(domain, this.#world));
  }

  /** Calm is cheap: `sent` is what all sent in the last window. */
  #judgeFrames(sent: number): void {
    const { machines, addresses, strangers } = this.#world;
    this.#report.calmFrames += sent;
    this.#report.calmNodeMs += machines.size * CALM_WINDOW_MS;
    const holders = machines.values().map((machine) => {
      const held = this.#owners.heldBy(machine).map((key) => addresses.get(key)?.domain);
      return new Set(held).size;
    });
    // A node wrongly thought silent is not counted among the watchers, until it is heard.
    const perGroup = this.#timings.watchersPerHolder + this.#history.wronglySilent;
    const watchers = Math.min(machines.size, perGroup * this.#eligibleGroups());
    const segment = {
      watchers,
      holders: holders.reduce((sum, count) => sum + count, 0),
      strangers: strangers.size,
      addresses: addresses.size,
      sought: addresses.keys().filter((key) => this.#isSought(key)).toArray().length,
      nodes: machines.size,
    };
    const most = calmFrames(segment, CALM_WINDOW_MS, this.#timings);
    if (sent <= most) return;
    const what = `${sent} in ${CALM_WINDOW_MS} ms, at most ${most}`;
    this.#report.violation("too many frames in calm", what);
  }

  #isSought(key: string): boolean {
    const { machines } = this.#world;
    return this.#owners.of(key).keys().some((owner) =>
      machines.values().some(({ agent }) => {
        const claimable = agent?.desired.claimable.get(key);
        return claimable?.preferences !== undefined && orderOf(claimable)[0] !== owner.name;
      })
    );
  }

  /** Nodes that may hold different addresses of a holder do not count the same candidates. */
  #eligibleGroups(): number {
    const groups = new Set<string>();
    for (const { agent } of this.#world.machines.values()) {
      const lists = new Set(agent?.desired.claimable.values().map(({ eligible }) => eligible));
      for (const eligible of lists) groups.add(textOf(eligible));
    }
    return groups.size;
  }

  #sent(): number {
    return this.#world.machines.values().reduce((sum, { sent }) => sum + sent, 0);
  }
}

const texts = new WeakMap<readonly string[], string>();

/** A text that is the same for the same names. */
function textOf(names: readonly string[]): string {
  const text = texts.get(names) ?? names.join();
  texts.set(names, text);
  return text;
}
