import type { ConfigInput } from "../config/assemble.ts";
import type { Config, Problem } from "../config/config.ts";
import type { Rejection } from "../config/in_force.ts";
import { currentCondition, reasonOf } from "../controller/condition.ts";
import { lookAt } from "../controller/configuration.ts";
import type { Refusal } from "../controller/refusal.ts";
import { heldBy, ownershipOf } from "../controller/request.ts";
import { formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import type { Judgement } from "../speaker/desired/desired.ts";
import { rankNodes } from "../speaker/ownership/rank.ts";
import { judge, type Rules } from "./outlook.ts";
import { settle } from "./settle.ts";
import { type ClusterSnapshot, unreadReason } from "./snapshot.ts";

/** What another configuration would do to a cluster, or what is wrong with it. */
export type Outcome =
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] }
  | { readonly kind: "difference"; readonly difference: Difference };

/** What another configuration would do to a cluster. */
export interface Difference {
  /** Why the leader would not take it over, so that nothing would change; the rest is as if it did. */
  readonly rejection?: Rejection;
  /** Of every Service of ours, by `namespace/name`. */
  readonly services: readonly ServiceDifference[];
  /** Whether nodes and their interfaces could be read: else nothing is said of who announces. */
  readonly areNodesKnown: boolean;
}

/**
 * What becomes of a Service.
 *
 * - `keep`: it goes on with what it has;
 * - `get`: it gets an address, and loses none;
 * - `lose`: it loses an address, and gets none for it;
 * - `change`: it gets another address for one that it loses;
 * - `wait`: it has none, and gets none.
 */
export type Fate = "keep" | "get" | "lose" | "change" | "wait";

export interface ServiceDifference {
  /** `namespace/name`. */
  readonly service: string;
  readonly fate: Fate;
  /** The addresses in its status, in order, canonical. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Why it does not get what it asks for, or cannot keep what it has. */
  readonly why?: string;
  /** It waits as it does now, for the same reason by its condition. */
  readonly waitsAlready?: true;
  /** Who announces each address, those of `after` first, where that is known. */
  readonly owners: readonly OwnerDifference[];
}

/** Who announces an address, before and after. */
export interface OwnerDifference {
  readonly address: string;
  /** The node that tells that it does, else the first in rank; absent: nobody, or it is new. */
  readonly before?: string;
  /** The same node as long as it may; else the first in rank of those that may. Absent: nobody, or it is lost. */
  readonly after?: string;
}

/**
 * Says what the cluster would be like if `next` were the whole configuration, by the functions that leader and
 * speakers decide with.
 */
export function differenceOf(
  cluster: ClusterSnapshot,
  next: ConfigInput,
  rules: Rules,
): Outcome {
  const { services } = cluster;
  const { lbClass } = rules;
  const now = lookAt(undefined, cluster.config, services, lbClass);
  const then = lookAt(now, next, services, lbClass);
  const { config, problems } = then.newest.assembled;
  if (config === undefined) return { kind: "invalid", problems };
  const { rejected } = then;
  const outcome = settle(cluster, config, lbClass);
  const owners = ownersBetween(cluster, now.config, { config, services: outcome.services }, rules);
  const ours = outcome.services.filter((service) => ownershipOf(service, lbClass) === "ours");
  const held = new Map(services.map((service) => [keyOf(service.meta), service]));
  const differences = ours.map((service) => {
    const key = keyOf(service.meta);
    const before = held.get(key) ?? service;
    return serviceDifference(before, service, outcome.refusals.get(key), owners);
  });
  const difference = {
    ...rejected !== undefined && { rejection: rejected },
    services: differences.toSorted((a, b) => a.service < b.service ? -1 : 1),
    areNodesKnown: areNodesKnown(cluster),
  };
  return { kind: "difference", difference };
}

/** Whether anything changes for an address in use: that it goes, or who announces it, or that nobody does. */
export function disturbs({ services, rejection }: Difference): boolean {
  return rejection !== undefined || services.some(isDisturbed);
}

/** Whether anything changes for an address that the Service has. */
export function isDisturbed({ fate, before, owners }: ServiceDifference): boolean {
  return fate === "lose" || fate === "change" ||
    owners.some((owner) =>
      before.includes(owner.address) && owner.before !== undefined && owner.before !== owner.after
    );
}

function serviceDifference(
  before: Service,
  after: Service,
  refusal: Refusal | undefined,
  owners: (address: string, service: string, isNew: boolean) => OwnerDifference | undefined,
): ServiceDifference {
  const service = keyOf(after.meta);
  const [had, has] = [heldBy(before).map(formatIp), heldBy(after).map(formatIp)];
  const fate = fateOf(had, has);
  const lost = had.filter((address) => !has.includes(address));
  return {
    service,
    fate,
    before: had,
    after: has,
    ...refusal !== undefined && { why: `${refusal.message}; ${refusal.remedy}` },
    ...fate === "wait" && isToldAlready(before, refusal) && { waitsAlready: true },
    owners: [
      ...has.flatMap((address) => owners(address, service, !had.includes(address)) ?? []),
      ...lost.flatMap((address) => withoutHeir(owners(address, service, false))),
    ],
  };
}

function isToldAlready(service: Service, refusal: Refusal | undefined): boolean {
  const condition = currentCondition(service);
  return refusal !== undefined && condition?.status === "False" &&
    condition.reason === reasonOf(refusal.kind);
}

/** Another Service may get an address that one loses: that is told of the other. */
function withoutHeir(owner: OwnerDifference | undefined): readonly OwnerDifference[] {
  if (owner?.before === undefined) return [];
  return [{ address: owner.address, before: owner.before }];
}

function fateOf(before: readonly string[], after: readonly string[]): Fate {
  const loses = before.some((address) => !after.includes(address));
  const gets = after.some((address) => !before.includes(address));
  if (loses) return gets ? "change" : "lose";
  if (gets) return "get";
  return after.length === 0 ? "wait" : "keep";
}

/** Ownership is sticky: who announces goes on as long as it may, whatever the rank. */
function ownersBetween(
  cluster: ClusterSnapshot,
  now: Config | undefined,
  then: { readonly config: Config; readonly services: readonly Service[] },
  rules: Rules,
): (address: string, service: string, isNew: boolean) => OwnerDifference | undefined {
  if (!areNodesKnown(cluster)) return () => undefined;
  const oursOf = (services: readonly Service[]): readonly Service[] =>
    services.filter((service) => ownershipOf(service, rules.lbClass) === "ours");
  const before = now === undefined
    ? new Map<string, Judgement>()
    : judge(cluster, oursOf(cluster.services), now, rules);
  const after = judge(cluster, oursOf(then.services), then.config, rules);
  return (address, service, isNew) => {
    const holder = isNew ? undefined : announcerIn(cluster, before, service, address) ??
      firstIn(before.get(address), address);
    const next = nextAfter(holder, after.get(address), address);
    return {
      address,
      ...holder !== undefined && { before: holder },
      ...next !== undefined && { after: next },
    };
  };
}

function firstIn(judgement: Judgement | undefined, address: string): string | undefined {
  return rankNodes(judgement?.eligible ?? [], address, judgement?.preferences)[0];
}

/** The holder, as long as it may and nobody is preferred to it. */
function nextAfter(
  holder: string | undefined,
  judgement: Judgement | undefined,
  address: string,
): string | undefined {
  const first = firstIn(judgement, address);
  if (holder === undefined || judgement?.eligible.includes(holder) !== true) return first;
  const weightOf = (node = ""): number => judgement.preferences?.get(node) ?? 0;
  return weightOf(first) > weightOf(holder) ? first : holder;
}

/** Of a Service with two addresses one node is told: believed unless it may not hold the address. */
function announcerIn(
  { announcers }: ClusterSnapshot,
  judgements: ReadonlyMap<string, Judgement>,
  service: string,
  address: string,
): string | undefined {
  const node = announcers.get(service)?.node;
  const eligible = judgements.get(address)?.eligible;
  return node === undefined || eligible === undefined || eligible.includes(node) ? node : undefined;
}

function areNodesKnown(cluster: ClusterSnapshot): boolean {
  return ["Node", "Lease"].every((kind) => unreadReason(cluster, kind) === undefined);
}
