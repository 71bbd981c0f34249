import type { Scenario } from "../scenario.ts";

/** A scenario in which the protocol broke a rule once. */
export interface Regression {
  /** What holds now. */
  readonly name: string;
  readonly scenario: Scenario;
}
