/** What the rows of `speaker/ownership/ownership_test.ts` are made of. */
import type {
  Contest,
  Held,
  Ownership,
  OwnershipEvent,
  OwnershipStep,
  Party,
  Station,
} from "../../speaker/ownership/ownership_state.ts";
import { virtualMac } from "../sim/virtual_mac.ts";

/** One transition: in this state, at this event, at `NOW`. */
export interface Row {
  readonly name: string;
  readonly state: Ownership | undefined;
  readonly event: OwnershipEvent;
  readonly want: OwnershipStep;
}

export const NOW = 100_000;

/** A node of ours that ranks before this one. */
export const BETTER: Party = {
  mac: virtualMac(1),
  node: "n1",
  precedes: true,
  isStranger: false,
};

/** The same node, by another of its interfaces on the segment. */
export const BETTER_ELSEWHERE: Party = { ...BETTER, mac: virtualMac(11) };

/** A node of ours that ranks after this one. */
export const WORSE: Party = { mac: virtualMac(3), node: "n3", precedes: false, isStranger: false };

export const STRANGER: Party = {
  mac: virtualMac(0xee),
  node: undefined,
  precedes: false,
  isStranger: true,
};

/** Anybody, as long as the API was never seen. */
export const UNKNOWN: Party = { ...STRANGER, isStranger: false };

export const HELD: Held = {
  kind: "held",
  since: 90_000,
  renewedAt: 95_000,
  defendedAt: undefined,
};
export const LAPSED: Held = { ...HELD, since: 10_000, renewedAt: 70_000 };
export const LISTENING = {
  kind: "listening",
  until: NOW,
  probes: 3,
  waitMs: 0,
} as const satisfies Ownership;
export const LOOKING_AGAIN = {
  kind: "listening",
  until: NOW,
  probes: 1,
  waitMs: 0,
} as const satisfies Ownership;
export const PROBING = { kind: "probing", left: 2, nextAt: NOW } as const satisfies Ownership;
export const CLAIMING = { kind: "claiming", since: NOW } as const satisfies Ownership;
export const LEAVING = { kind: "leaving", handOver: true } as const satisfies Ownership;

/** A stranger has it. */
export const TAKEN: Ownership = { kind: "occupied", by: stationOf(STRANGER) };

/** What is remembered of a party. */
export function stationOf({ mac, node }: Party): Station {
  return { mac, node };
}

/** A stranger was announced against at this instant. */
export function contestAt(at: number): Contest {
  return { mac: STRANGER.mac, defendedAt: at, askAt: at + 1_000, overAt: at + 10_000 };
}

/** Held, and a stranger was announced against at this instant. */
export function contested(at: number): Held {
  return { ...HELD, contest: contestAt(at) };
}

/** Held, and a stranger was announced against just now. */
export const CONTESTED: Held = contested(NOW);
