import type { Decision } from "../controller/allocate.ts";
import { poolTiers } from "../controller/pool_choice.ts";
import { reasonOf } from "../controller/condition.ts";
import { describeDeparture, describeStay } from "../controller/conflict_condition.ts";
import { type GateName, gateOf, GATES } from "../controller/gate.ts";
import type { Refusal } from "../controller/refusal.ts";
import { heldBy, ownershipOf, type Request, requestOf } from "../controller/request.ts";
import { formatProblem } from "../config/problem.ts";
import { poolOf } from "../config/select.ts";
import { equalIp, formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { type Gate, notReached } from "./gate.ts";
import type { Matter } from "./matter.ts";
import { unreadReason } from "./snapshot.ts";
import { count, listNames, unreadText } from "./words.ts";

/** The gates up to the decision, in order; the first that failed is the one in the Service's condition. */
export function decisionGates(matter: Matter, service: Service): readonly Gate<GateName>[] {
  const { outlook, rules } = matter;
  const ownership = ownershipOf(service, rules.lbClass);
  if (ownership !== "ours") {
    return [classGate(matter, service, ownership), ...GATES.slice(1).map(notReached)];
  }
  const decision = outlook.decisions.get(keyOf(service.meta));
  if (decision === undefined) return withoutDecision(matter, service);
  const failing = decision.refusal && gateOf(decision.refusal.kind);
  const last = failing === undefined ? GATES.length : GATES.indexOf(failing);
  return GATES.map((gate, i) => {
    if (i > last) return notReached(gate);
    if (gate === failing) return failed(matter, gate, decision);
    return passed(matter, gate, { service, decision, request: requestOf(service) });
  });
}

function classGate(
  { rules: { lbClass } }: Matter,
  { type, loadBalancerClass }: Service,
  ownership: "ours" | "other-type" | "other-class",
): Gate<GateName> {
  const gate = "class";
  if (ownership === "other-type") {
    const found = `the Service is of type ${type}`;
    return { gate, result: "fail", found, cure: 'set spec.type to "LoadBalancer"' };
  }
  const own = loadBalancerClass === undefined ? "no class" : `class "${loadBalancerClass}"`;
  if (ownership === "ours") return { gate, result: "pass", found: `type LoadBalancer, ${own}` };
  const wanted = lbClass === undefined ? "without a class" : `of class "${lbClass}"`;
  return {
    gate,
    result: "fail",
    found: `the Service has ${own}; served are Services ${wanted}`,
    cure: loadBalancerClass === undefined
      ? "create it anew with that spec.loadBalancerClass, or run a leader without --lb-class"
      : `create it anew without spec.loadBalancerClass, or run a leader with --lb-class ${loadBalancerClass}`,
  };
}

/** Without a configuration nothing is decided about a Service that has an address. */
function withoutDecision(matter: Matter, service: Service): readonly Gate<GateName>[] {
  const [first] = matter.outlook.problems;
  const blind = blindSpot(matter, "configuration");
  const configuration: Gate<GateName> = blind !== undefined
    ? { gate: "configuration", result: "unknown", found: blind }
    : {
      gate: "configuration",
      result: "unknown",
      found: "no valid configuration is to be seen, so what was in force before counts" +
        (first === undefined ? "" : `: ${formatProblem(first)}`),
      cure: "create a valid configuration with an address pool",
    };
  const others = GATES.slice(2).map(notReached);
  return [classGate(matter, service, "ours"), configuration, ...others];
}

function failed(
  matter: Matter,
  gate: GateName,
  { refusal, addresses }: Decision,
): Gate<GateName> {
  if (refusal === undefined) return notReached(gate);
  const reason = reasonOf(refusal.kind);
  const { message: found, remedy: cure } = refusal;
  // One family is less than was preferred, and still what was asked for.
  if (refusal.kind === "second-family" && addresses.length > 0) {
    return { gate, result: "pass", found, cure, reason };
  }
  const blind = blindSpot(matter, gate);
  if (blind !== undefined) {
    return { gate, result: "unknown", found: `${found}, as far as can be seen: ${blind}`, cure };
  }
  return { gate, result: "fail", found: `${found}${whyInvalid(matter, refusal)}`, cure, reason };
}

function whyInvalid({ outlook }: Matter, { kind }: Refusal): string {
  const [first] = outlook.problems.filter(({ severity }) => severity === "error");
  return kind !== "no-configuration" || first === undefined ? "" : `: ${formatProblem(first)}`;
}

/** Which objects, had they been read, could have opened the gate. */
function blindSpot({ cluster }: Matter, gate: GateName): string | undefined {
  if (gate !== "configuration" && gate !== "pool" && gate !== "exhaustion") return undefined;
  const reasons = ["ConfigMap", "IPAddressPool"].map((kind) => unreadReason(cluster, kind));
  // Files of a cluster that has pools of one sort only are complete.
  const isBlind = reasons.includes("forbidden") || reasons.every((why) => why === "not-in-files");
  return isBlind ? unreadText(cluster, ["ConfigMap", "IPAddressPool"]) : undefined;
}

interface Passage {
  readonly service: Service;
  readonly decision: Decision;
  readonly request: Request;
}

function passed(matter: Matter, gate: GateName, passage: Passage): Gate<GateName> {
  const pass = (found: string): Gate<GateName> => ({ gate, result: "pass", found });
  switch (gate) {
    case "class":
      return classGate(matter, passage.service, "ours");
    case "configuration":
      return pass(configurationText(matter));
    case "request":
      return pass("nothing in it contradicts itself");
    case "family":
      return pass(familyText(passage));
    case "address":
      return pass(addressText(passage));
    case "pool":
      return pass(poolText(matter, passage));
    case "sharing":
      return pass(sharingText(matter, passage));
    case "exhaustion":
      return pass(useText(matter, passage));
    case "quarantine":
      return quarantineGate(matter, passage);
    default:
      return gate satisfies never;
  }
}

function configurationText({ outlook: { config, problems } }: Matter): string {
  const counts = [
    count(config?.pools.length ?? 0, "pool"),
    count(config?.l2Advertisements.length ?? 0, "advertisement"),
    ...problems.length === 0 ? [] : [count(problems.length, "warning")],
  ];
  return counts.join(", ");
}

function familyText({ request: { wish } }: Passage): string {
  if (wish.kind !== "wish") return "";
  const both = wish.dualStack === "required" ? ", both required" : ", the second if it can be had";
  return wish.families.join(" and ") + (wish.families.length > 1 ? both : "");
}

function addressText({ request: { wish } }: Passage): string {
  if (wish.kind !== "wish" || wish.addresses.length === 0) return "none is asked for by name";
  return `${wish.addresses.map(formatIp).join(" and ")} asked for by name`;
}

function poolText({ outlook: { config } }: Matter, { request }: Passage): string {
  const { wish, applicant } = request;
  if (wish.kind !== "wish" || config === undefined) return "";
  if (wish.addresses.length > 0) {
    const named = wish.addresses.flatMap((address) => poolOf(config, address)?.name ?? []);
    return `has what is asked for: ${[...new Set(named)].join(", ")}`;
  }
  const names = listNames(
    poolTiers(config, { applicant, pool: wish.pool }).flat().map(({ name }) => name),
  );
  return wish.pool === undefined ? `to be tried, in this order: ${names}` : `asked for: ${names}`;
}

function sharingText(matter: Matter, { service, request, decision }: Passage): string {
  const { key } = request.sharing;
  const others = decision.addresses.flatMap((address) =>
    matter.usersOf(address).filter((user) => user !== keyOf(service.meta))
  );
  if (key === "") return "shares with nobody";
  return others.length === 0
    ? `by key "${key}"; nobody else has the address`
    : `by key "${key}" with ${listNames([...new Set(others)])}`;
}

function useText({ usage }: Matter, { decision }: Passage): string {
  const use = usage.get(decision.pool ?? "");
  if (use === undefined) return "";
  const families = [...new Set(decision.addresses.map(({ family }) => family))];
  const texts = families.map((family) => `${use.used[family]} of ${use.total[family]} ${family}`);
  return `pool "${use.pool}" has ${texts.join(" and ")} addresses in use`;
}

function quarantineGate({ cluster }: Matter, { decision }: Passage): Gate<GateName> {
  const gate = "quarantine";
  const [stay] = decision.stays;
  if (stay !== undefined) {
    const { message, remedy } = describeStay(stay);
    const reason = reasonOf(stay.reason);
    return { gate, result: "fail", found: message, cure: remedy, reason };
  }
  const unread = unreadText(cluster, ["Lease"]);
  return unread === undefined
    ? { gate, result: "pass", found: "no other machine is seen to use it" }
    : { gate, result: "unknown", found: unread };
}

/** Whether the status says what is decided. */
export function assignmentGate(matter: Matter, service: Service): Gate<"assignment"> {
  const gate = "assignment";
  const decision = matter.outlook.decisions.get(keyOf(service.meta));
  const held = heldBy(service);
  const has = held.map(formatIp).join(", ");
  if (decision === undefined) {
    return held.length === 0 ? notReached(gate) : { gate, result: "pass", found: `${has} stays` };
  }
  const { addresses, pool, refusal } = decision;
  const isWritten = addresses.length === held.length &&
    addresses.every((address, i) => isSame(address, held[i]));
  if (!isWritten) {
    const { found, cure } = matter.leader;
    return { gate, result: "fail", found: `${toWrite(decision, has)}; ${found}`, cure };
  }
  if (addresses.length === 0) return notReached(gate);
  const stays = refusal === undefined || refusal.kind === "second-family" ? "" : ", stays assigned";
  return { gate, result: "pass", found: `${has} from pool "${pool ?? ""}"${stays}` };
}

/** What the leader has yet to write. @param has the addresses in the status, empty for none */
function toWrite({ addresses, pool, cleared, moved }: Decision, has: string): string {
  const [departure] = moved;
  if (departure !== undefined) return describeDeparture(departure);
  const [lost] = cleared;
  const why = lost === undefined ? "" : `, ${lost.message}`;
  if (addresses.length === 0) return `${has} is to be released${why}`;
  const wanted = addresses.map(formatIp).join(", ");
  return `${wanted} of pool "${pool ?? ""}" is to be assigned; the status has ${
    has || "none"
  }${why}`;
}

function isSame(
  a: Decision["addresses"][number],
  b: Decision["addresses"][number] | undefined,
): boolean {
  return b !== undefined && equalIp(a, b);
}
