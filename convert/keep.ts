import { assembleParsed } from "../config/assemble.ts";
import { compareText } from "../config/problem.ts";
import { quote } from "../config/tree.ts";
import { decide } from "../controller/decide.ts";
import { ownershipOf } from "../controller/request.ts";
import { equalIp, formatIp, type IpAddress } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { JsonObject } from "../kube/types.ts";
import type { FoundService } from "./left.ts";
import type { Note } from "./note.ts";
import { nameObject } from "./objects.ts";
import { parseResources } from "./parsed.ts";
import { type ServiceRequest, withRequest } from "./request.ts";

/** A Service and the addresses that it is to go on with. */
export interface Keeper extends FoundService {
  readonly addresses: readonly IpAddress[];
}

/** What comes of a conversion, as the leader will decide it. */
export interface KeepCheck {
  /** How many Services go on with what they have. */
  readonly keptCount: number;
  /** One for each of the others. */
  readonly notes: readonly Note[];
}

/** What is looked at: everything that configures, and every Service, after the conversion. */
export interface KeepCase {
  readonly objects: readonly JsonObject[];
  readonly keepers: readonly Keeper[];
  readonly requests: readonly ServiceRequest[];
  readonly lbClass: string | undefined;
}

/** Lets the leader decide on the outcome of a conversion, and tells which Services would not keep their addresses. */
export function checkKept({ objects, keepers, requests, lbClass }: KeepCase): KeepCheck {
  const { config, problems } = assembleParsed(parseResources(objects));
  const byKey = new Map(requests.map((request) => [keyOf(request), request]));
  const services = keepers.map(({ service }) =>
    withRequest(service, byKey.get(keyOf(service.meta)))
  );
  const { decisions } = decide({ config, services, lbClass, now: "1970-01-01T00:00:00Z" });
  const fault = problems.find(({ severity }) => severity === "error")?.message;
  const notes = keepers.flatMap((keeper): readonly Note[] => {
    const { service, object, addresses } = keeper;
    const decision = decisions.get(keyOf(service.meta));
    const has = config === undefined ? [] : decision?.addresses ?? [];
    if (addresses.every((each) => has.some((other) => equalIp(each, other)))) return [];
    const refusal = decision?.refusal ?? decision?.cleared[0];
    const why = fault ?? foreignClass(keeper, lbClass) ??
      (refusal === undefined ? "it gets others" : `${refusal.message}; ${refusal.remedy}`);
    const which = addresses.map(formatIp).join(", ");
    const message = `${nameObject(object)} does not keep ${which}: ${why}`;
    return [{ kind: "lost", place: object.place, message }];
  });
  return { keptCount: keepers.length - notes.length, notes };
}

/** The class that most Services have, of those that can be served here: a leader serves one. */
export function commonClass(keepers: readonly Keeper[]): string | undefined {
  const counts = new Map<string | undefined, number>();
  for (const { service: { loadBalancerClass } } of keepers) {
    counts.set(loadBalancerClass, (counts.get(loadBalancerClass) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([a = "", m], [b = "", n]) => n - m || compareText(a, b));
  return most?.[0];
}

function foreignClass({ service }: Keeper, lbClass: string | undefined): string | undefined {
  if (ownershipOf(service, lbClass) === "ours") return undefined;
  const own = service.loadBalancerClass;
  return own === undefined
    ? `it has no class, and the leader serves class ${quote(lbClass ?? "")} alone`
    : `its class is ${
      quote(own)
    }, which cannot be changed; make it anew without a class, or run a ` +
      `leader and speakers with --lb-class ${own}`;
}
