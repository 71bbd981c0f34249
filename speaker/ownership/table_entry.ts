import type { Claimable } from "../desired/claimable.ts";
import type { Ownership, OwnershipEvent } from "./ownership_state.ts";
import type { Place } from "./table_action.ts";

/** The kernel's word on one address; `timer` is to look whether its lease has lapsed,
 * `lapsed` says that it has. */
export type KernelEvent = Extract<
  OwnershipEvent,
  {
    kind:
      | "bound"
      | "bind-failed"
      | "bind-stale"
      | "unbound"
      | "renewed"
      | "gone"
      | "lapsed"
      | "timer";
  }
>;

/** What is known of one address. */
export interface TableEntry {
  readonly at: Place;
  readonly state: Ownership | undefined;
  /** Its Services and eligible nodes, where this node may hold it. */
  readonly claimable: Claimable | undefined;
}
