import type { Claimable, Desired } from "../../speaker/desired/claimable.ts";
import { desire, type Snapshot } from "../../speaker/desired/desired.ts";
import { parsePrefix, prefixRange } from "../../ip/prefix.ts";
import { hasLapsed, mayBind } from "../../speaker/ownership/ownership_state.ts";
import type { Family } from "../../ip/address.ts";
import type { FaultName } from "./draws.ts";
import type {
  OwnershipAction,
  OwnershipEvent,
  OwnershipStep,
} from "../../speaker/ownership/ownership_state.ts";
import { step } from "../../speaker/ownership/ownership.ts";
import { rankNodes } from "../../speaker/ownership/rank.ts";
import { DEFAULT_TIMINGS, type Timings } from "../../speaker/ownership/timings.ts";
import { PROTOCOL, type Protocol } from "./protocol.ts";
import { standingIn } from "./standing_in.ts";

/** The protocol with one deliberate fault in it. */
export interface Mutant {
  readonly name: string;
  readonly protocol: Protocol;
  /** Faults that show it soon; absent: any. */
  readonly shownBy?: readonly FaultName[];
  /** The faults without which it does no harm. */
  readonly needs?: readonly FaultName[];
  /** It does harm to addresses of this family alone. */
  readonly family?: Family;
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
    shownBy: ["cut"],
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
      desired: (snapshot, memo) => {
        const desired = desire(snapshot, memo);
        return snapshot.node === "n1" ? backwards(desired, "n1") : desired;
      },
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
    shownBy: ["freeze", "pause"],
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
  {
    name: "takes a question that the link refused for one that was asked",
    protocol: { ...PROTOCOL, noticesRefusals: false },
    needs: ["refuse-sends"],
  },
  {
    name: "takes a refused bind for a bound address",
    protocol: stepping((state, event, now, timings) =>
      step(state, event.kind === "bind-failed" ? { kind: "bound", at: now } : event, now, timings)
    ),
    needs: ["refuse-writes"],
  },
  {
    name: "leaves it to the kernel when a lease is over",
    protocol: {
      ...stepping((state, event, now, timings) => {
        const isOver = state?.kind === "held" && hasLapsed(state, now, timings ?? DEFAULT_TIMINGS);
        const believed = isOver && event.kind !== "gone" ? { ...state, renewedAt: now } : state;
        return step(believed, event, now, timings);
      }),
      leaseDuty: (held, now, timings) =>
        now - held.renewedAt >= timings.renewEveryMs ? "renew" : "none",
      mayBind: (state, now, timings) => state?.kind === "held" || mayBind(state, now, timings),
    },
    needs: ["pause"],
  },
  {
    name: "keeps its addresses when its Node is gone",
    protocol: {
      ...PROTOCOL,
      desired: (snapshot, memo) => desire(withItself(snapshot), memo),
    },
    needs: ["remove"],
  },
  {
    name: "takes an address that is in no pool for one of the first pool",
    protocol: {
      ...PROTOCOL,
      desired: (snapshot, memo) => desire(withoutLimits(snapshot), memo),
    },
    needs: ["pool"],
  },
  {
    name: "announces IPv4 alone",
    protocol: { ...PROTOCOL, announces: ({ address }) => address.family === "IPv4" },
    family: "IPv6",
  },
];

/** As if its own Node were there, as any other is. */
function withItself(snapshot: Snapshot): Snapshot {
  const nodes = [...snapshot.nodes];
  const [other] = nodes;
  if (other === undefined || nodes.some(({ meta }) => meta.name === snapshot.node)) return snapshot;
  const self = { ...other, meta: { ...other.meta, name: snapshot.node, labels: {} } };
  return { ...snapshot, nodes: [...nodes, self] };
}

/** As if every pool had all addresses. */
function withoutLimits(snapshot: Snapshot): Snapshot {
  const { config } = snapshot;
  const pools = config.pools.map((pool) => ({ ...pool, ranges: EVERYTHING }));
  return { ...snapshot, config: { ...config, pools } };
}

const EVERYTHING = ["0.0.0.0/0", "::/0"].map(parsePrefix).filter((prefix) => prefix !== undefined)
  .map(prefixRange);

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
