import type { LogBook } from "../log_book.ts";
import type { Operator } from "../operator.ts";

/** What the chapters are told with. */
export interface Story {
  readonly operator: Operator;
  readonly logs: LogBook;
  /** The first address of the pool: that of Service `whoami`. */
  readonly first: string;
  /** `deploy/lanlord.yaml` as it is; only with another image where the cluster was handed in with one. */
  readonly manifest: string;
}

/** A part of the story, told to the end or not at all. */
export interface Chapter {
  readonly name: string;
  /** Where it cannot be told: `undefined` is possible. */
  readonly isPossible?: (story: Story) => boolean;
  readonly tell: (story: Story) => Promise<void>;
}
