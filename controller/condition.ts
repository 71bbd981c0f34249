import { formatIp } from "../ip/address.ts";
import type { Condition, Service } from "../kube/types.ts";
import type { Decision } from "./allocate.ts";
import type { StayReason } from "./departure.ts";
import type { RefusalKind } from "./refusal.ts";

/**
 * Type of the condition in a Service's status that the leader writes.
 *
 * - `True`: the Service has the addresses that it asks for. Reason `AddressAssigned`; `SecondFamily` where
 *   PreferDualStack had to be content with one family.
 * - `False`: it asks for something it does not get. The reason is the gate (`Exhausted`, `UnknownPool`,
 *   `AddressInUse` … one for each `RefusalKind`); the message says what failed, what would open the gate,
 *   and which address it keeps meanwhile, if it has one.
 *
 * It is written when something is refused, and with every other change; a Service adopted as it stands
 * needs none.
 */
export const ADDRESS_CONDITION = "lanlord.dev/AddressRequestSatisfied";

/** The condition that says how a decision went; `now` (RFC 3339) is used where the status turns over. */
export function conditionOf(decision: Decision, service: Service, now: string): Condition {
  const current = currentCondition(service);
  const status = isSatisfied(decision) ? "True" : "False";
  return {
    type: ADDRESS_CONDITION,
    status,
    reason: decision.refusal === undefined ? "AddressAssigned" : reasonOf(decision.refusal.kind),
    message: messageOf(decision),
    lastTransitionTime: current?.status === status ? current.lastTransitionTime : now,
  };
}

/** The condition of ours that a Service carries. */
export function currentCondition(service: Service): Condition | undefined {
  return service.conditions.find((condition) => condition.type === ADDRESS_CONDITION);
}

/** Whether two conditions say the same, whenever they said it first. */
export function saysTheSame(a: Condition, b: Condition | undefined): boolean {
  return b !== undefined && a.status === b.status && a.reason === b.reason &&
    a.message === b.message;
}

/** CamelCase, as the API wants reasons: `unknown-pool` is `UnknownPool`. */
export function reasonOf(kind: RefusalKind | StayReason): string {
  return kind.split("-").map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

function isSatisfied({ addresses, refusal }: Decision): boolean {
  return refusal === undefined || (refusal.kind === "second-family" && addresses.length > 0);
}

function messageOf({ addresses, pool, refusal }: Decision): string {
  const has = addresses.map(formatIp).join(", ");
  if (refusal === undefined) return `${has} from pool "${pool}"`;
  const kept = addresses.length === 0 ? "" : `; ${has} stays assigned`;
  return `${refusal.message}; to solve it: ${refusal.remedy}${kept}`;
}
