import { keyOf } from "../../kube/resource.ts";
import type { ObjectReference } from "../../kube/types.ts";
import type { DesiredAndNot, NotEligible, NotHere } from "./desired.ts";

/** What is looked at: all that this node may not hold. */
export type Refusals = Pick<DesiredAndNot, "notHere">;

/** One line for the log: why this node may not hold an address. */
export interface RefusalToTell {
  /** `info` where no node at all can announce the address, so that somebody has to act. */
  readonly level: "debug" | "info";
  readonly fields: {
    readonly address: string;
    readonly reason: NotHere["kind"];
    /** As `namespace/name`. */
    readonly services: readonly string[];
    /** The advertisements, the interfaces or the pool that the reason is about. */
    readonly [detail: string]: string | readonly string[];
  };
}

/** A Warning for the Services of an address that no node can announce. */
export interface FaultToTell {
  readonly about: readonly ObjectReference[];
  readonly reason: NonNullable<NotEligible["fault"]>;
  readonly message: string;
}

/** What keeps an address from every node alike. */
const ANYWHERE: ReadonlySet<NotHere["kind"]> = new Set([
  "no-pool",
  "no-advertisement",
  "service-not-selected",
]);

/** What is worth a line after a look: every reason once, and again when it or the Services change. */
export function refusalsToTell(
  now: Refusals,
  before: Refusals | undefined,
): readonly RefusalToTell[] {
  return newIn(now, before).map(([address, { why, services, fault }]) => {
    const { kind: reason, ...details } = why;
    const level = ANYWHERE.has(reason) || fault !== undefined ? "info" : "debug";
    return { level, fields: { address, reason, ...details, services: services.map(keyOf) } };
  });
}

/**
 * The Warnings that are due after a look, with MetalLB's reasons. One of the nodes has each of them to tell, so
 * that it is told once.
 */
export function faultsToTell(
  now: Refusals,
  before: Refusals | undefined,
  node: string,
): readonly FaultToTell[] {
  return newIn(now, before).flatMap(([address, { services, fault }]) =>
    fault === undefined
      ? []
      : [{ about: services, reason: fault, message: faultMessage(fault, address, node) }]
  );
}

/** How many addresses this node may not hold, by reason. */
export function countRefusals({ notHere }: Refusals): ReadonlyMap<NotHere["kind"], number> {
  const counts = new Map<NotHere["kind"], number>();
  for (const { why } of notHere.values()) counts.set(why.kind, (counts.get(why.kind) ?? 0) + 1);
  return counts;
}

/** What the Warning says. @param node the one that tells */
export function faultMessage(
  fault: FaultToTell["reason"],
  address: string,
  node: string,
): string {
  switch (fault) {
    case "announceFailed":
      // Tools look for MetalLB's words.
      return `the interfaces specified by LB IP "${address}" doesn't exist in assigned node "${node}" with protocol "layer2"`;
    case "sharedIPWithServiceSelector":
      return `address ${address} is not announced: the L2Advertisements of the Services that share it ` +
        "have no node and interface in common";
    default:
      return fault satisfies never;
  }
}

function newIn(now: Refusals, before: Refusals | undefined): [string, NotEligible][] {
  return [...now.notHere].filter(([address, refusal]) => {
    const earlier = before?.notHere.get(address);
    return earlier === undefined || !isSame(earlier, refusal);
  });
}

function isSame(a: NotEligible, b: NotEligible): boolean {
  return a.fault === b.fault && a.services.length === b.services.length &&
    a.services.every(({ uid }, i) => uid === b.services[i]?.uid) && isSameReason(a.why, b.why);
}

function isSameReason(a: NotHere, b: NotHere): boolean {
  return a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b);
}
