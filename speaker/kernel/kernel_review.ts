import { formatIp } from "../../ip/address.ts";
import type { InterfaceAddress, Route } from "../../netlink/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { AddressWriter } from "./address_writer.ts";
import { Alarm } from "../alarm.ts";
import { misplaced } from "./lease.ts";
import type { NodeNetwork } from "./node_network.ts";
import type { Table } from "../ownership/table.ts";
import type { Place } from "../ownership/table_action.ts";

export interface KernelReviewDeps {
  readonly route: Route;
  readonly clock: Clock;
  readonly log: Log;
  readonly network: NodeNetwork;
  readonly table: Table;
  readonly writer: Pick<AddressWriter, "keptIn" | "idle" | "unbind" | "move">;
  /** An address that is held was not found in the kernel. */
  readonly onMissing: (at: Place) => void;
  /** The node's interfaces were read anew; `cameUp`: those that came up since they were last told of. */
  readonly onInterfaces: (cameUp: readonly number[]) => void;
}

/**
 * Whoever takes addresses away may not be done: `ip addr flush` looks again until none is left, and fails when
 * ours is back each time. So they come back when it has been quiet for this long.
 */
const QUIET_MS = 20;

/** But not later than this, lest the others take this node for dead. */
const QUIET_MOST_MS = 60;

/**
 * Compares the kernel's addresses with the table: takes away what is not held, misses what is, and puts ours
 * behind the node's own. One review at a time; what is asked for meanwhile is one more.
 */
export class KernelReview implements AsyncDisposable {
  readonly #deps: KernelReviewDeps;
  readonly #signal: AbortSignal;
  #running: Promise<void> | undefined;
  #isAskedFor = false;
  readonly #alarm: Alarm;
  /** When the first address was missed that no review has looked for yet. */
  #missedAt: number | undefined;

  constructor(deps: KernelReviewDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#alarm = new Alarm(deps.clock.now, () => this.start());
  }

  /** Asks for a review when nobody takes addresses away any more: one of ours is missed since `now`. */
  startWhenQuiet(now: number): void {
    this.#missedAt ??= now;
    this.#alarm.set(Math.min(now + QUIET_MS, this.#missedAt + QUIET_MOST_MS));
  }

  /** Asks for a review: now, or after the one that is under way. */
  start(): void {
    this.#isAskedFor = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no review is under way; none is begun later. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#alarm[Symbol.dispose]();
    this.#isAskedFor = false;
    await this.#running;
  }

  /** Reads links and addresses into the network, and returns those that Lanlord bound. */
  async load(): Promise<readonly InterfaceAddress[]> {
    const { addresses } = await this.#read();
    return addresses.filter((address) => this.#deps.network.isLeased(address));
  }

  async #run(): Promise<void> {
    while (this.#isAskedFor && !this.#signal.aborted) {
      this.#isAskedFor = false;
      try {
        await this.#reviewOnce();
      } catch (error) {
        if (!this.#signal.aborted) this.#deps.log("warn", "kernelNotReviewed", { error });
      }
    }
  }

  async #reviewOnce(): Promise<void> {
    const { clock, writer, table, network } = this.#deps;
    await writer.idle();
    this.#missedAt = undefined;
    const startedAt = clock.now();
    const { addresses, cameUp } = await this.#read();
    this.#deps.onInterfaces(cameUp);
    const present = new Set<string>();
    for (const address of addresses.filter((other) => network.isLeased(other))) {
      const at = placeOf(address);
      present.add(`${at.linkIndex} ${at.key}`);
      if (!this.#isBoundOn(at)) writer.unbind(at);
    }
    for (const { at, state } of writer.keptIn === "kernel" ? [...table.held()] : []) {
      if (present.has(`${at.linkIndex} ${at.key}`) || state.since > startedAt) continue;
      this.#deps.onMissing(at);
    }
    for (const address of misplaced(addresses, (index) => network.nameOf(index))) {
      writer.move(placeOf(address));
    }
    await writer.idle();
  }

  async #read(): Promise<
    { readonly addresses: readonly InterfaceAddress[]; readonly cameUp: readonly number[] }
  > {
    const { route, network } = this.#deps;
    const links = await route.listLinks(this.#signal);
    const addresses = await route.listAddresses(this.#signal);
    return { addresses, cameUp: network.load(links, addresses) };
  }

  /** Whether the table has the address on this link, comes to have it, or is about to take it away. */
  #isBoundOn({ linkIndex, key }: Place): boolean {
    const entry = this.#deps.table.entry(key);
    const kind = entry?.state?.kind;
    return entry?.at.linkIndex === linkIndex &&
      (kind === "held" || kind === "claiming" || kind === "leaving");
  }
}

function placeOf({ address, linkIndex }: InterfaceAddress): Place {
  return { key: formatIp(address), address, linkIndex };
}
