import type { Standing } from "../../speaker/ownership/standing.ts";

/** The standing of a node in an order that is given, first claimant first. */
export function standingIn(order: readonly string[], node: string): Standing {
  const ahead = order.slice(0, Math.max(order.indexOf(node), 0));
  return {
    place: (isSkipped, most) => Math.min(ahead.filter((other) => !isSkipped(other)).length, most),
    isBehind: (other) => ahead.includes(other),
    preferenceFor: () => "same",
  };
}
