import type { EventEntry, EventNote } from "../../kube/event_note.ts";

/** The Events of a speaker by their reasons; those that MetalLB has are its own. */
export const SPEAKER_EVENTS = {
  nodeAssigned: {
    about: "Service",
    type: "Normal",
    text: "the node that announces it, once each time that one takes the address",
  },
  AddressConflict: {
    about: "Service",
    type: "Warning",
    text: "another machine uses the address; its MAC is named",
  },
  AddressConflictOver: {
    about: "Service",
    type: "Normal",
    text: "no other machine is seen to use it any more",
  },
  announceFailed: {
    about: "Service",
    type: "Warning",
    text: "no node has an interface that the L2Advertisements name; one node tells",
  },
  sharedIPWithServiceSelector: {
    about: "Service",
    type: "Warning",
    text:
      "the L2Advertisements of the Services that share the address have no node and interface in common",
  },
} as const satisfies Readonly<Record<string, EventEntry>>;

/** An Event that a speaker writes: one of a reason that stands above. */
export interface SpeakerNote extends EventNote {
  readonly reason: keyof typeof SPEAKER_EVENTS;
}
