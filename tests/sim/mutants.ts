import type { Claimable, Desired } from "../../speaker/claimable.ts";
import type {
  OwnershipAction,
  OwnershipEvent,
  OwnershipStep,
} from "../../speaker/ownership_state.ts";
import { step } from "../../speaker/ownership.ts";
import { rankNodes } from "../../speaker/rank.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../speaker/timings.ts";
import { PROTOCOL, type Protocol } from "./protocol.ts";
import { standingIn } from "./standing_in.ts";

/** The protocol with one deliberate fault in it. */
export interface Mutant {
  readonly name: string;
  readonly protocol: Protocol;
}

/** Faults that somebody could make, each of which an invariant has to catch. */
export const MUTANTS: readonly Mutant[] = [
  { name: "claims without a probe", protocol: timed({ probeCount: 0 }) },
  {
    name: "claims over somebody who answers",
    protocol: stepping((state, event, now, timings) => {
      const isClaim = state?.kind === "listening" || state?.kind === "probing";
      return isClaim && event.kind === "answered" ? [state, []] : step(state, event, now, timings);
    }),
  },
  {
    name: "takes one missing answer for a silent holder",
    protocol: timed({ suspectRounds: 1, answerWithinMs: 0, suspectIntervalMs: 0 }),
  },
  {
    name: "never lets go on a conflict",
    protocol: onEvent((event) =>
      event.kind === "answered" ? { ...event, by: { ...event.by, precedes: false } } : event
    ),
  },
  {
    name: "always lets go on a conflict",
    protocol: onEvent((event) =>
      event.kind === "answered" && event.by.node !== undefined
        ? { ...event, by: { ...event.by, precedes: true } }
        : event
    ),
  },
  {
    name: "keeps what a stranger uses",
    protocol: onEvent((event) =>
      event.kind === "answered" ? { ...event, by: { ...event.by, isStranger: false } } : event
    ),
  },
  {
    name: "ranks backwards on one node",
    protocol: {
      ...PROTOCOL,
      desired: (desired, node) => node === "n1" ? backwards(desired, node) : desired,
    },
  },
  { name: "gives every rank the same turn", protocol: timed({ rankStepMs: 0 }) },
  {
    name: "renews what it may have lost",
    protocol: {
      ...timed({ lapseMarginMs: -1e9 }),
      leaseDuty: () => "renew",
      mayBind: () => true,
    },
  },
  {
    name: "never renews",
    protocol: { ...PROTOCOL, leaseDuty: () => "none" },
  },
  { name: "does not watch", protocol: timed({ watchersPerHolder: 0 }) },
  { name: "watches with everybody", protocol: timed({ watchersPerHolder: 1_000 }) },
  {
    name: "hands over without a probe",
    protocol: without((action, event) => action.kind === "probe" && event.kind === "unbound"),
  },
  {
    name: "claims at the release of an address without being first",
    protocol: onEvent((event) => event.kind === "probed" ? { ...event, waitMs: 0 } : event),
  },
  {
    name: "keeps what it may not hold any more",
    protocol: onEvent((event) => event.kind === "unwanted" ? { kind: "timer" } : event),
  },
  {
    name: "forgets at the start what its kernel has",
    protocol: { ...PROTOCOL, adopts: false },
  },
  {
    name: "does not announce a claim",
    protocol: without((action) => action.kind === "burst"),
  },
  {
    name: "announces once, and never again",
    protocol: timed({ burstMs: [0], refreshMs: 0 }),
  },
  {
    name: "trusts a link as soon as it is up",
    protocol: timed({ linkUpDoubtMs: 0, linkFoundDoubtMs: 0 }),
  },
  {
    name: "does not bind again what was taken away",
    protocol: onEvent((event) => event.kind === "gone" ? { kind: "timer" } : event),
  },
];

function timed(change: Partial<Timings>): Protocol {
  return { ...PROTOCOL, timings: { ...DEFAULT_TIMINGS, ...change } };
}

function stepping(mutant: typeof step): Protocol {
  return { ...PROTOCOL, step: mutant };
}

/** Events are misunderstood. */
function onEvent(change: (event: OwnershipEvent) => OwnershipEvent): Protocol {
  return stepping((state, event, now, timings) => step(state, change(event), now, timings));
}

/** Actions are left out. */
function without(isLeftOut: (action: OwnershipAction, event: OwnershipEvent) => boolean): Protocol {
  return stepping((state, event, now, timings): OwnershipStep => {
    const [next, actions] = step(state, event, now, timings);
    return [next, actions.filter((action) => !isLeftOut(action, event))];
  });
}

/** A node that ranks itself and the others the wrong way round. */
function backwards(desired: Desired, node: string): Desired {
  const claimable = new Map<string, Claimable>();
  for (const [key, value] of desired.claimable) {
    const order = rankNodes(value.eligible, key).toReversed();
    claimable.set(key, { ...value, standing: standingIn(order, node) });
  }
  return { ...desired, claimable };
}
