import type { BatchOutcome, Route } from "../../netlink/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { AddressWriter, Left } from "../kernel/address_writer.ts";
import type { Place } from "../ownership/table_action.ts";
import type { KernelEvent } from "../ownership/table_entry.ts";

export interface RespondWriterDeps {
  readonly route: Route;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes in what has been heard already; called directly before an address is held. */
  readonly catchUp: () => void;
  /** Whether the address may still be held; asked directly before it is. */
  readonly mayWrite: (operation: "bind", key: string, now: number) => boolean;
  readonly onResult: (key: string, event: KernelEvent) => void;
}

/**
 * Holds addresses by answering for them: that the table holds one is all there is to it. Results come in the next
 * turn, in the order asked for, as from the kernel.
 */
export class RespondWriter implements AddressWriter {
  readonly keptIn = "process";
  readonly #deps: RespondWriterDeps;
  readonly #signal: AbortSignal;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: RespondWriterDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  bind({ key }: Place): void {
    this.#later(() => {
      const { catchUp, mayWrite, onResult, clock } = this.#deps;
      catchUp();
      const now = clock.now();
      onResult(
        key,
        mayWrite("bind", key, now) ? { kind: "bound", at: now } : { kind: "bind-stale" },
      );
    });
  }

  unbind({ key }: Place): void {
    this.#later(() => this.#deps.onResult(key, { kind: "unbound" }));
  }

  /** Nothing of it is in a list. */
  move(): void {}

  renew({ key }: Place): void {
    this.#later(() => {
      const { onResult, clock } = this.#deps;
      onResult(key, { kind: "renewed", at: clock.now() });
    });
  }

  /** What was bound is answered from here on: the kernel shall not go on with it when it has been given up. */
  takeUp(left: readonly Left[]): void {
    for (const { at, isHeld } of left) if (isHeld) this.renew(at);
    if (left.length > 0) this.#later(() => this.#clear(left));
  }

  async idle(): Promise<void> {
    let last;
    do {
      last = this.#last;
      await last;
    } while (last !== this.#last);
  }

  async #clear(left: readonly Left[]): Promise<void> {
    const { route, log } = this.#deps;
    const addresses = left.map(({ address }) => address);
    const outcomes = await route.deleteAddresses(addresses, this.#signal)
      .catch((error): readonly BatchOutcome[] => addresses.map(() => error));
    const kept = left.filter((_, i) => outcomes[i] !== undefined);
    if (kept.length === 0 || this.#signal.aborted) return;
    log("warn", "boundAddressesStay", {
      addresses: kept.map(({ at }) => at.key).slice(0, NAMED),
      count: kept.length,
      error: outcomes.find((outcome) => outcome !== undefined),
      remedy:
        "an earlier run with --l2 bind left them in the kernel; they go by themselves within 30 s, or " +
        "remove them with `ip address del`",
    });
  }

  #later(work: () => void | Promise<void>): void {
    this.#last = this.#last.then(work);
  }
}

/** How many addresses a line of the log names. */
const NAMED = 8;
