import { equalIp, formatIp, type IpAddress } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import { referenceTo } from "../kube/resources.ts";
import type { Service } from "../kube/types.ts";
import type { Decision } from "./allocate.ts";
import { legacyNamesIn } from "./annotations.ts";
import type { LeaderNote } from "./event_reasons.ts";
import { quoteList, type Refusal, type RefusalKind } from "./refusal.ts";
import { heldBy } from "./request.ts";

/**
 * The Events for a decision that changes a Service, in MetalLB's reasons and words, in the order in which
 * they make sense: what went, what came, what was refused.
 */
export function notesOn(
  service: Service,
  decision: Decision,
  isNewRefusal: boolean,
): readonly LeaderNote[] {
  const { cleared, refusal } = decision;
  const moves = [
    ...cleared.map((lost) => clearNote(service, lost)),
    ...assignNotes(service, decision.addresses),
  ];
  return [
    ...moves,
    ...(moves.length > 0 ? legacyNotes(service) : []),
    ...(refusal !== undefined && isNewRefusal
      ? [refusalNote(service, decision.addresses, refusal)]
      : []),
  ];
}

function clearNote(service: Service, lost: Refusal): LeaderNote {
  const key = keyOf(service.meta);
  const isOwnWish = lost.kind === "wrong-family" || lost.kind === "second-of-family";
  return {
    about: referenceTo(service),
    type: "Normal",
    reason: "ClearAssignment",
    message: isOwnWish
      ? `Released IP for "${key}": ${lost.message}`
      : `current IP for "${key}" not allowed by config, ` +
        `will attempt for new IP assignment: ${lost.message}`,
  };
}

/** Only told where addresses change, as in MetalLB: else it would be told again and again. */
function legacyNotes(service: Service): readonly LeaderNote[] {
  return legacyNamesIn(service.meta.annotations).map(({ name, current, isIgnored }) => ({
    about: referenceTo(service),
    type: "Warning",
    reason: "deprecatedAnnotation",
    message: `Service uses deprecated annotation ${name}; ` +
      (isIgnored ? `it is ignored, ${current} counts` : `use ${current}`),
  }));
}

function assignNotes(service: Service, addresses: readonly IpAddress[]): readonly LeaderNote[] {
  const held = heldBy(service);
  const isHeld = (address: IpAddress): boolean => held.some((other) => equalIp(other, address));
  const added = addresses.filter((address) => !isHeld(address)).map(formatIp);
  if (added.length === 0) return [];
  const isAdditional = held.length > 0 &&
    held.every((old) => addresses.some((address) => equalIp(old, address)));
  const list = added.length === 1 ? `"${added[0]}"` : quoteList(added);
  return [{
    about: referenceTo(service),
    type: "Normal",
    reason: "IPAllocated",
    message: `Assigned ${isAdditional ? "additional " : ""}IP ${list}`,
  }];
}

/** MetalLB's own reason where a Service has an address but its request cannot be understood. */
const NOT_UNDERSTOOD: readonly RefusalKind[] = [
  "malformed-address",
  "contradictory-addresses",
  "wrong-family",
];

function refusalNote(
  service: Service,
  kept: readonly IpAddress[],
  refusal: Refusal,
): LeaderNote {
  const about = referenceTo(service);
  if (refusal.kind === "second-family") {
    return {
      about,
      type: "Normal",
      reason: "AdditionalAssignFailed",
      message: `cannot assign additional IP in PreferDualStack: ${refusal.message}; ` +
        `to solve it: ${refusal.remedy}`,
    };
  }
  const keeping = kept.length === 0 ? "" : `; keeping ${kept.map(formatIp).join(", ")}`;
  const advice = `${keeping}; to solve it: ${refusal.remedy}`;
  const isNotUnderstood = kept.length > 0 && NOT_UNDERSTOOD.includes(refusal.kind);
  return {
    about,
    type: "Warning",
    reason: isNotUnderstood ? "LoadBalancerFailed" : "AllocationFailed",
    message:
      (isNotUnderstood
        ? `invalid requested loadbalancer IPs: ${refusal.message}`
        : `Failed to allocate IP for "${keyOf(service.meta)}": ${refusal.message}`) + advice,
  };
}
