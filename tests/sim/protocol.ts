import type { Desired } from "../../speaker/desired/claimable.ts";
import { desire, type Snapshot } from "../../speaker/desired/desired.ts";
import type { DesiredMemo } from "../../speaker/desired/desired_memo.ts";
import { leaseDuty } from "../../speaker/kernel/lease.ts";
import { mayBind } from "../../speaker/ownership/ownership_state.ts";
import type { OnStranger } from "../../speaker/ownership/on_stranger.ts";
import { step } from "../../speaker/ownership/ownership.ts";
import type { Place } from "../../speaker/ownership/table_action.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../speaker/ownership/timings.ts";

/**
 * What the agents of a simulation decide by: the product's own functions. The parts are named so that a
 * test can put a faulty one in and see that the invariants catch it.
 */
export interface Protocol {
  readonly timings: Timings;
  readonly step: typeof step;
  readonly onStranger: OnStranger;
  readonly leaseDuty: typeof leaseDuty;
  readonly mayBind: typeof mayBind;
  /** What a node may hold. */
  readonly desired: (snapshot: Snapshot, memo: DesiredMemo) => Desired;
  /** Whether a process that begins goes on with the addresses that its kernel has. */
  readonly adopts: boolean;
  /** Whether an announcement of the address is sent. */
  readonly announces: (at: Place) => boolean;
  /** Whether a question that the link did not take counts as not asked. */
  readonly noticesRefusals: boolean;
}

/** The protocol as it is. */
export const PROTOCOL: Protocol = {
  timings: DEFAULT_TIMINGS,
  step,
  onStranger: "yield",
  leaseDuty,
  mayBind,
  desired: desire,
  adopts: true,
  announces: () => true,
  noticesRefusals: true,
};
