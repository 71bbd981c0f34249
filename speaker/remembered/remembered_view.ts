import type { Clock } from "../../ops/clock.ts";
import type { Log } from "../../ops/log.ts";
import type { Desired } from "../desired/claimable.ts";
import type { DesiredAndNot } from "../desired/desired.ts";
import type { DesiredMemo } from "../desired/desired_memo.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import type { Remembered } from "./remembered.ts";
import { recallDesired } from "./remembered_desired.ts";
import type { RememberedFile } from "./remembered_file.ts";
import type { Place } from "../ownership/table_action.ts";

export interface RememberedViewDeps {
  /** This node's name. */
  readonly node: string;
  readonly memo: DesiredMemo;
  readonly clock: Clock;
  readonly log: Log;
  /** Where it is kept; absent: nowhere. */
  readonly file: RememberedFile | undefined;
  /** "Look again": there is a memory to go by. */
  readonly onRecalled: () => void;
}

/** What this node has now. */
export interface RememberedHere {
  readonly local: readonly LocalInterface[];
  readonly held: Iterable<{ readonly at: Place }>;
}

/**
 * How long a start waits for the API before it goes by what the last run knew: a server that is there has
 * answered by then, and knows better what is wanted now.
 */
const API_PATIENCE_MS = 2_000;

/** What is desired at a start while the API is away: what an earlier run knew of it. */
export class RememberedView {
  readonly #deps: RememberedViewDeps;
  #remembered: Remembered | undefined;
  #latest: DesiredAndNot | undefined;
  #isApiSeen = false;

  constructor(deps: RememberedViewDeps) {
    this.#deps = deps;
  }

  /** What `desired` said last; absent where it said nothing. */
  get latest(): DesiredAndNot | undefined {
    return this.#latest;
  }

  /** What is desired by the memory, with what this node has now; absent where there is none, or the API is seen. */
  desired({ local, held }: RememberedHere): DesiredAndNot | undefined {
    if (this.#remembered === undefined) return undefined;
    const { node, memo } = this.#deps;
    const places = Array.from(held, ({ at }) => at);
    this.#latest = recallDesired(this.#remembered, { node, local, held: places, memo });
    return this.#latest;
  }

  /** The API says what is desired: that counts from now on, and is what the next start shall know. */
  replace(desired: Desired, local: readonly LocalInterface[]): void {
    this.#isApiSeen = true;
    this.#remembered = undefined;
    this.#latest = undefined;
    this.#deps.file?.keep(desired, local);
  }

  /** Everything is handed over: the next start shall know nothing. */
  forget(): void {
    this.#deps.file?.forget();
  }

  /** Recalls where the API does not answer, and keeps the file, if any, until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, file } = this.#deps;
    await clock.sleep(API_PATIENCE_MS, signal);
    if (!signal.aborted && !this.#isApiSeen) await this.#recall();
    await file?.run(signal);
  }

  async #recall(): Promise<void> {
    const { log, file, onRecalled } = this.#deps;
    const remembered = await file?.read();
    if (remembered === undefined || this.#isApiSeen) return;
    this.#remembered = remembered;
    log("info", "recalled", { addresses: remembered.addresses.length });
    onRecalled();
  }
}
