import type { OnStranger } from "./on_stranger.ts";
import type { step } from "./ownership.ts";
import type { Timings } from "./timings.ts";

/** What a `Table` is made with. */
export interface TableOptions {
  /** This node's name. */
  readonly node: string;
  /** @default DEFAULT_TIMINGS */
  readonly timings?: Timings;
  /** What it means that a stranger uses an address. @default "yield" */
  readonly onStranger?: OnStranger;
  /** How each address is decided on. @default step */
  readonly step?: typeof step;
}
