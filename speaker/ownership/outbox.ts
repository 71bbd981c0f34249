import type { Mac } from "../../ip/mac.ts";
import { Pace } from "./pace.ts";
import type { Place, TableAction } from "./table_action.ts";
import type { Timings } from "./timings.ts";

/** What the table wants done, in order, until it is taken; counts the frames among it. Mutable, free of I/O. */
export class Outbox {
  readonly #pace: Pace;
  #actions: TableAction[] = [];

  constructor({ pacedPerWindow, windowMs }: Timings) {
    this.#pace = new Pace({ perWindow: pacedPerWindow, windowMs });
  }

  put(action: TableAction): void {
    this.#actions.push(action);
  }

  /** One probe to a station, or to everybody. */
  probe(at: Place, to: Mac | undefined, now: number): void {
    this.#pace.count(1, now);
    this.put({ kind: "probe", at, to });
  }

  /** Tells the station that has an address that it is to be this node's. */
  seek(at: Place, to: Mac, now: number): void {
    this.#pace.count(1, now);
    this.put({ kind: "seek", at, to });
  }

  /** One announcement: a request and a reply. */
  announce(at: Place, now: number): void {
    this.#pace.count(2, now);
    this.put({ kind: "announce", at });
  }

  /** Whether more may be sent now that can wait. */
  hasRoom(now: number): boolean {
    return this.#pace.hasRoom(now);
  }

  /** The earliest instant from `at` on at which more may be sent. */
  nextRoom(at: number): number {
    return this.#pace.nextRoom(at);
  }

  /** Everything put in since the last call. */
  take(): readonly TableAction[] {
    if (this.#actions.length === 0) return NOTHING;
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }
}

const NOTHING: readonly TableAction[] = [];
