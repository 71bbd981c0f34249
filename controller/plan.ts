import type { Config } from "../config/config.ts";
import { poolOf } from "../config/select.ts";
import { formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { JsonObject, Service } from "../kube/types.ts";
import type { Decision } from "./allocate.ts";
import { ALLOCATED_FROM_POOL, SHARED_AS } from "./annotations.ts";
import { ADDRESS_CONDITION, conditionOf, currentCondition, saysTheSame } from "./condition.ts";
import {
  CONFLICT_CONDITION,
  conflictCondition,
  conflictNotes,
  currentConflict,
} from "./conflict_condition.ts";
import type { LeaderNote } from "./event_reasons.ts";
import { notesOn } from "./notes.ts";
import type { RefusalKind } from "./refusal.ts";
import { heldBy, ownershipOf } from "./request.ts";
import { sharingTermsOf, sharingTermsText } from "./sharing.ts";

/** One write to the API: a patch of one Service's status, and what to tell people once it succeeded. */
export interface Action {
  /**
   * - `assign`: it gets addresses that it did not have, or has them in another order;
   * - `release`: it has none from now on;
   * - `report`: its addresses stay, something said about them changes.
   */
  readonly kind: "assign" | "release" | "report";
  readonly service: Service;
  /**
   * Strategic merge patch for subresource `status`, with the resourceVersion it was decided on. Strategic,
   * because it merges conditions by type, so that those of others stay untouched.
   */
  readonly patch: JsonObject;
  /** To be emitted after the write succeeded, never before. */
  readonly notes: readonly LeaderNote[];
  /** What is carried out; `undefined` for a Service that is not ours any more. */
  readonly decision: Decision | undefined;
  /** The gate that this action tells the Service of for the first time. */
  readonly refused: RefusalKind | undefined;
}

export interface PlanInput {
  readonly services: Iterable<Service>;
  /** By `namespace/name`; Services without a decision stay as they are. */
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly config: Config | undefined;
  /** See `ownershipOf`. */
  readonly lbClass: string | undefined;
  /** RFC 3339, for conditions that turn over. */
  readonly now: string;
}

/**
 * What must be written so that the API says what was decided: at most one action for each Service, those
 * that give up addresses of Services that are no longer ours first, then in the order of the decisions.
 * Nothing to say means no action, so that applying a plan and planning again gives an empty one.
 */
export function plan(input: PlanInput): readonly Action[] {
  const services = new Map<string, Service>();
  const actions: Action[] = [];
  for (const service of input.services) {
    const ownership = ownershipOf(service, input.lbClass);
    if (ownership === "ours") services.set(keyOf(service.meta), service);
    else {
      const action = planForeign(service, ownership, input);
      if (action !== undefined) actions.push(action);
    }
  }
  for (const [key, decision] of input.decisions) {
    const service = services.get(key);
    const action = service === undefined ? undefined : planOne(service, decision, input.now);
    if (action !== undefined) actions.push(action);
  }
  return actions;
}

/** What must be written about a Service that is not ours; `undefined`: nothing. */
export function planForeign(
  service: Service,
  ownership: "other-type" | "other-class",
  at: Pick<PlanInput, "config" | "lbClass">,
): Action | undefined {
  if (at.config === undefined || !isLeftover(service, ownership, at)) return undefined;
  return forget(service);
}

/** What must be written about one Service of ours; `undefined`: nothing. `now` is RFC 3339. */
export function planOne(
  service: Service,
  decision: Decision,
  now: string,
): Action | undefined {
  if (isToldNothing(decision)) return undefined;
  const addresses = decision.addresses.map(formatIp);
  const isMoved = !isIngress(service, addresses);
  const annotations = changedAnnotations(service, decision);
  const condition = conditionOf(decision, service, now);
  const isNews = !saysTheSame(condition, currentCondition(service));
  const isQuiet = decision.refusal === undefined && currentCondition(service) === undefined;
  const conflict = changedConflict(service, decision, now);
  if (
    !isMoved && annotations === undefined && conflict === undefined && (!isNews || isQuiet)
  ) return undefined;
  return {
    kind: !isMoved ? "report" : addresses.length > 0 ? "assign" : "release",
    service,
    patch: patchOf(service, {
      annotations,
      addresses: isMoved ? addresses : undefined,
      conditions: [
        ...(isNews ? [{ ...condition }] : []),
        ...(conflict === undefined ? [] : [conflict]),
      ],
    }),
    notes: [
      ...conflictNotes(service, decision, conflict !== undefined),
      ...notesOn(service, decision, isNews),
    ],
    decision,
    refused: isNews ? decision.refusal?.kind : undefined,
  };
}

/** While it is being deleted, and in the moment until its Namespace is seen, a Service is left as it is. */
function isToldNothing({ refusal }: Decision): boolean {
  return refusal?.kind === "being-deleted" || refusal?.kind === "namespace-not-seen";
}

function isIngress(service: Service, addresses: readonly string[]): boolean {
  return service.ingress.length === addresses.length &&
    service.ingress.every(({ ip }, i) => ip === addresses[i]);
}

/** The output annotations that change: text to set, null to remove; `undefined` where none does. */
function changedAnnotations(service: Service, decision: Decision): JsonObject | undefined {
  const isAssigned = decision.addresses.length > 0;
  const wanted: readonly (readonly [string, string | undefined])[] = [
    [ALLOCATED_FROM_POOL, decision.pool],
    [SHARED_AS, isAssigned ? sharingTermsText(sharingTermsOf(service)) : undefined],
  ];
  const changed = wanted.filter(([name, text]) => service.meta.annotations[name] !== text);
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map(([name, text]) => [name, text ?? null]));
}

/** What is to be merged about the conflict: the condition, or its end; `undefined` where nothing changes. */
function changedConflict(
  service: Service,
  decision: Decision,
  now: string,
): JsonObject | undefined {
  const current = currentConflict(service);
  const wanted = conflictCondition(decision, service, now);
  if (wanted === undefined) {
    return current && { $patch: "delete", type: CONFLICT_CONDITION };
  }
  return saysTheSame(wanted, current) ? undefined : { ...wanted };
}

interface Change {
  readonly annotations: JsonObject | undefined;
  readonly addresses: readonly string[] | undefined;
  /** Ours alone: lists of conditions merge by type. */
  readonly conditions: readonly JsonObject[];
}

function patchOf(service: Service, { annotations, addresses, conditions }: Change): JsonObject {
  const ingress = addresses?.map((ip) => ({ ip })) ?? [];
  return {
    metadata: {
      resourceVersion: service.meta.resourceVersion,
      ...(annotations === undefined ? {} : { annotations }),
    },
    status: {
      ...(addresses === undefined
        ? {}
        : { loadBalancer: { ingress: ingress.length > 0 ? ingress : null } }),
      ...(conditions.length === 0 ? {} : { conditions }),
    },
  };
}

/**
 * Whether a Service that is not ours still carries what we gave it. Of another type: what we assigned or
 * what lies in our pools. Of another class, which may well have a leader of its own: only what says that
 * it was written by Lanlord, from a pool that we have, and lies there.
 */
function isLeftover(
  service: Service,
  ownership: "other-type" | "other-class",
  { config, lbClass }: Pick<PlanInput, "config" | "lbClass">,
): boolean {
  const { annotations } = service.meta;
  const pool = annotations[ALLOCATED_FROM_POOL];
  const held = heldBy(service);
  const isMarked = currentCondition(service) !== undefined;
  const poolNames = held.map((address) => config && poolOf(config, address)?.name);
  if (ownership === "other-class") {
    return isMarked && pool !== undefined && held.length > 0 &&
      poolNames.every((name) => name === pool);
  }
  // Without a type there is no class: a leader for one class cleans up only what is surely Lanlord's.
  if (lbClass !== undefined) return isMarked;
  return isMarked || pool !== undefined || annotations[SHARED_AS] !== undefined ||
    poolNames.some((name) => name !== undefined);
}

function forget(service: Service): Action {
  const names = [ALLOCATED_FROM_POOL, SHARED_AS].filter((name) => name in service.meta.annotations);
  const annotations = Object.fromEntries(names.map((name) => [name, null]));
  return {
    kind: service.ingress.length > 0 ? "release" : "report",
    service,
    patch: patchOf(service, {
      annotations: names.length > 0 ? annotations : undefined,
      addresses: service.ingress.length > 0 ? [] : undefined,
      conditions: [ADDRESS_CONDITION, CONFLICT_CONDITION]
        .filter((type) => service.conditions.some((each) => each.type === type))
        .map((type) => ({ $patch: "delete", type })),
    }),
    notes: [],
    decision: undefined,
    refused: undefined,
  };
}
