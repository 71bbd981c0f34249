import type { EventEntry, EventNote } from "../kube/event_note.ts";

/** The Events of the leader by their reasons; those that MetalLB has are its own. */
export const LEADER_EVENTS = {
  IPAllocated: { about: "Service", type: "Normal", text: "the addresses that it was given" },
  AllocationFailed: {
    about: "Service",
    type: "Warning",
    text: "it does not get what it asks for: the gate that it fails at, and what would open it",
  },
  LoadBalancerFailed: {
    about: "Service",
    type: "Warning",
    text: "the wanted address makes no sense; the present one is kept",
  },
  AdditionalAssignFailed: {
    about: "Service",
    type: "Normal",
    text: "no address of the second family for PreferDualStack",
  },
  ClearAssignment: {
    about: "Service",
    type: "Normal",
    text:
      "the address is no longer in a pool that is for the Service, or cannot be shared any more",
  },
  deprecatedAnnotation: {
    about: "Service",
    type: "Warning",
    text: "an annotation by the old prefix, told when addresses are given or taken",
  },
  AddressQuarantined: {
    about: "Service",
    type: "Warning",
    text: "another machine uses its address; which one it gets instead, or why it stays",
  },
  InvalidConfiguration: {
    about: "ConfigMap, or object of `metallb.io`",
    type: "Warning",
    text: "an error; the previous configuration stays in force",
  },
  IgnoredConfiguration: {
    about: "ConfigMap, or object of `metallb.io`",
    type: "Warning",
    text: "something that has no effect, or not yet",
  },
} as const satisfies Readonly<Record<string, EventEntry>>;

/** An Event that the leader writes: one of a reason that stands above. */
export interface LeaderNote extends EventNote {
  readonly reason: keyof typeof LEADER_EVENTS;
}
