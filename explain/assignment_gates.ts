import type { Decision } from "../controller/allocate.ts";
import { reasonOf } from "../controller/condition.ts";
import { describeDeparture } from "../controller/conflict_condition.ts";
import { type GateName, gateOf, GATES } from "../controller/gate.ts";
import type { Refusal, RefusalKind } from "../controller/refusal.ts";
import { heldBy, ownershipOf, requestOf } from "../controller/request.ts";
import { formatProblem } from "../config/problem.ts";
import { equalIp, formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { classGate } from "./class_gate.ts";
import { type Gate, notReached } from "./gate.ts";
import type { Matter } from "./matter.ts";
import { passed } from "./passed_gates.ts";
import { unreadReason } from "./snapshot.ts";
import { toldGate } from "./told_gate.ts";
import { unreadText } from "./words.ts";

/** The gates up to the decision, in order; the first that failed is the one in the Service's condition. */
export function decisionGates(matter: Matter, service: Service): readonly Gate<GateName>[] {
  const { outlook, rules } = matter;
  const ownership = ownershipOf(service, rules.lbClass);
  if (ownership !== "ours") {
    return [classGate(matter, service, ownership), ...GATES.slice(1).map(notReached)];
  }
  const decision = outlook.decisions.get(keyOf(service.meta));
  const told = outlook.config === undefined ? toldGate(service) : undefined;
  if (decision === undefined || told !== undefined) return withoutDecision(matter, service, told);
  const failing = decision.refusal && gateOf(decision.refusal.kind);
  const last = failing === undefined ? GATES.length : GATES.indexOf(failing);
  return GATES.map((gate, i) => {
    if (i > last) return notReached(gate);
    if (gate === failing) return failed(matter, gate, decision);
    return passed(matter, gate, {
      service,
      decision,
      request: requestOf(service, [], outlook.namespaces),
    });
  });
}

/** Without a configuration nothing is decided about a Service that has an address, or that a leader spoke of. */
function withoutDecision(
  matter: Matter,
  service: Service,
  told: Gate<GateName> | undefined,
): readonly Gate<GateName>[] {
  const others = GATES.slice(2).map((gate) => gate === told?.gate ? told : notReached(gate));
  return [classGate(matter, service, "ours"), unseenConfiguration(matter), ...others];
}

function unseenConfiguration(matter: Matter): Gate<GateName> {
  const unknown = { gate: "configuration", result: "unknown" } as const;
  const blind = blindSpot(matter, "no-configuration");
  if (blind !== undefined) return { ...unknown, found: blind };
  const before = "no valid configuration is to be seen, so what was in force before counts";
  const error = firstError(matter);
  return error === undefined
    ? { ...unknown, found: before, cure: "create a valid configuration with an address pool" }
    : { ...unknown, found: `${before}${error}`, cure: CORRECT };
}

const CORRECT = "correct the objects that configure; lanlord status lists all that is wrong";

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
  const blind = blindSpot(matter, refusal.kind);
  if (blind !== undefined) {
    return { gate, result: "unknown", found: `${found}, as far as can be seen: ${blind}`, cure };
  }
  return { gate, result: "fail", found: `${found}${whyInvalid(matter, refusal)}`, cure, reason };
}

function whyInvalid(matter: Matter, { kind }: Refusal): string {
  return kind === "no-configuration" ? firstError(matter) ?? "" : "";
}

/** The first error of the objects that configure, as the end of a sentence. */
function firstError({ outlook }: Matter): string | undefined {
  const first = outlook.problems.find(({ severity }) => severity === "error");
  return first && `: ${formatProblem(first)}`;
}

/** Which objects, had they been read, could have led to another answer. */
function blindSpot({ cluster }: Matter, kind: RefusalKind): string | undefined {
  if (kind === "namespace-not-seen") return unreadText(cluster, ["Namespace"]);
  const gate = gateOf(kind);
  if (gate !== "configuration" && gate !== "pool" && gate !== "exhaustion") return undefined;
  const reasons = ["ConfigMap", "IPAddressPool"].map((each) => unreadReason(cluster, each));
  // Files of a cluster that has pools of one sort only are complete.
  const isBlind = reasons.includes("forbidden") || reasons.every((why) => why === "not-in-files");
  return isBlind ? unreadText(cluster, ["ConfigMap", "IPAddressPool"]) : undefined;
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
