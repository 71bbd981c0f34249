import type { ConfigInput } from "../config/assemble.ts";
import type { Config } from "../config/config.ts";
import { type AddressInUse, type InForce, nextInForce } from "../config/in_force.ts";
import { formatProblem } from "../config/problem.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { heldBy, ownershipOf } from "./request.ts";

/** What is new about the configuration since the last look. */
export type ConfigurationNews =
  | { readonly kind: "loaded"; readonly config: Config }
  | { readonly kind: "stale"; readonly message: string }
  /** The objects are again those in force. */
  | { readonly kind: "recovered" }
  | { readonly kind: "problem"; readonly severity: "error" | "warning"; readonly text: string };

/** Takes one more look at the objects that configure; see `nextInForce`. Services are read only if need be. */
export function lookAt(
  previous: InForce | undefined,
  input: ConfigInput,
  services: Iterable<Service>,
  lbClass: string | undefined,
): InForce {
  const inUse = { [Symbol.iterator]: () => addressesIn(services, lbClass) };
  return nextInForce(previous, input, inUse);
}

function* addressesIn(
  services: Iterable<Service>,
  lbClass: string | undefined,
): Generator<AddressInUse> {
  for (const service of services) {
    if (ownershipOf(service, lbClass) !== "ours") continue;
    for (const address of heldBy(service)) yield { service: keyOf(service.meta), address };
  }
}

/** What to say about the step from one state to the next; nothing where nothing changed. */
export function newsOf(before: InForce | undefined, now: InForce): readonly ConfigurationNews[] {
  const known = new Set(before?.problems.map(formatProblem));
  const problems = now.problems
    .map((problem) => ({ severity: problem.severity, text: formatProblem(problem) }))
    .filter(({ text }) => !known.has(text));
  return [
    ...(now.config !== undefined && now.accepted !== before?.accepted && !now.isStale
      ? [{ kind: "loaded" as const, config: now.config }]
      : []),
    ...(now.rejected !== undefined && now.rejected.message !== before?.rejected?.message
      ? [{ kind: "stale" as const, message: now.rejected.message }]
      : []),
    ...(before?.isStale && !now.isStale ? [{ kind: "recovered" as const }] : []),
    ...problems.map((problem) => ({ kind: "problem" as const, ...problem })),
  ];
}
