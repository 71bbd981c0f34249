import type { Clock } from "../../ops/clock.ts";
import { Alarm } from "../alarm.ts";
import type { Bulletin } from "../told/bulletin.ts";
import type { ConflictBook } from "./conflict_book.ts";
import { type Conflict, type ConflictOver, StrangerPatience } from "./stranger_patience.ts";
import type { TableEntry } from "../ownership/table_entry.ts";

export interface StrangerNewsDeps {
  readonly clock: Clock;
  /** Tells people. */
  readonly bulletin: Bulletin;
  /** Tells the leader. */
  readonly conflicts: ConflictBook;
  /** What is known of an address by its ownership. */
  readonly entryOf: (key: string) => TableEntry | undefined;
}

/** Tells of strangers that use our addresses, where they are not known for nodes within the patience. */
export class StrangerNews implements Disposable {
  readonly #deps: StrangerNewsDeps;
  readonly #patience = new StrangerPatience();
  readonly #alarm: Alarm;

  constructor(deps: StrangerNewsDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock.now, () => this.#tellDue());
  }

  /** The ownership of an address met a stranger, or none any more. */
  hear(news: Conflict | ConflictOver): void {
    if (news.kind === "conflict-over") {
      if (!this.#patience.forget(news.at.key)) this.#tell(news);
    } else if (news.outcome === "not-claimed") {
      this.#patience.keep(news, this.#deps.clock.now());
    } else {
      this.#tell(news);
    }
    this.#alarm.set(this.#patience.nextAt());
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  #tellDue(): void {
    for (const conflict of this.#patience.take(this.#deps.clock.now())) this.#tell(conflict);
    this.#alarm.set(this.#patience.nextAt());
  }

  #tell(news: Conflict | ConflictOver): void {
    const { bulletin, conflicts, entryOf, clock } = this.#deps;
    bulletin.tell(news);
    const at = { now: clock.now(), nowWall: clock.nowWall() };
    conflicts.onNews(news, entryOf(news.at.key), at);
  }
}
