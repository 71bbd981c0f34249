import { formatIp } from "../ip/address.ts";
import { referenceTo } from "../kube/resources.ts";
import type { Condition, Service } from "../kube/types.ts";
import type { Decision } from "./allocate.ts";
import { reasonOf } from "./condition.ts";
import type { Departure, Stay, StayReason } from "./departure.ts";
import type { LeaderNote } from "./event_reasons.ts";
import { describeSighting } from "./quarantine.ts";

/**
 * Type of the condition of a Service that has an address which a stranger uses: status `True`, and as
 * reason why it stays there (one for each `StayReason`). It goes when the conflict does, or the Service
 * gets another address.
 */
export const CONFLICT_CONDITION = "lanlord.dev/AddressConflict";

/** Reason of the Events about a Service whose address is set aside. */
export const QUARANTINED = "AddressQuarantined";

/** What the condition has to say; `undefined` where there shall be none. `now` (RFC 3339) is for a new one. */
export function conflictCondition(
  { stays }: Decision,
  service: Service,
  now: string,
): Condition | undefined {
  const [first] = stays;
  if (first === undefined) return undefined;
  const current = currentConflict(service);
  return {
    type: CONFLICT_CONDITION,
    status: "True",
    reason: reasonOf(first.reason),
    message: stays.map(stayText).join("; "),
    lastTransitionTime: current?.status === "True" ? current.lastTransitionTime : now,
  };
}

/** The condition of this type that a Service carries. */
export function currentConflict(service: Service): Condition | undefined {
  return service.conditions.find(({ type }) => type === CONFLICT_CONDITION);
}

/** One Event for each address that is left, and for each that is kept if that is news. */
export function conflictNotes(
  service: Service,
  { moved, stays }: Decision,
  isNewStay: boolean,
): readonly LeaderNote[] {
  const told = [
    ...moved.map(describeDeparture),
    ...(isNewStay ? stays.map(stayText) : []),
  ];
  return told.map((message) => ({
    about: referenceTo(service),
    type: "Warning",
    reason: QUARANTINED,
    message,
  }));
}

/** What a Service leaves because a stranger uses it, and what it gets instead. */
export function describeDeparture({ from, to }: Departure): string {
  return `${describeSighting(from)}: the Service gets ${formatIp(to)} instead`;
}

/** Why a Service stays on an address that a stranger uses, and what would help, as people are told. */
export function describeStay(
  { on, reason }: Stay,
): { readonly message: string; readonly remedy: string } {
  const { because, remedy } = STAYS[reason];
  return {
    message: `${describeSighting(on)}; it stays assigned, because ${because}`,
    remedy,
  };
}

function stayText(stay: Stay): string {
  const { message, remedy } = describeStay(stay);
  return `${message}; to solve it: ${remedy}`;
}

const TAKE_AWAY = "take the address away from that machine";

const STAYS: Readonly<Record<StayReason, { readonly because: string; readonly remedy: string }>> = {
  "requested-by-name": {
    because: "the Service asks for it by name",
    remedy: `${TAKE_AWAY}, or let the Service ask for another or for none`,
  },
  "shared-address": {
    because: "the Service shares it with one that has to keep it",
    remedy: `${TAKE_AWAY}, or end the sharing`,
  },
  "request-not-understood": {
    because: "what the Service asks for cannot be understood",
    remedy: `${TAKE_AWAY}, or correct the request`,
  },
  "move-delayed": {
    because: "many Services were moved in the last minute",
    remedy: `wait, or ${TAKE_AWAY}`,
  },
  "nothing-free": {
    because: "no other address is free",
    remedy: `${TAKE_AWAY}, or add addresses to the pool`,
  },
};
