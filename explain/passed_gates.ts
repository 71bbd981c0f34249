import { reasonOf } from "../controller/condition.ts";
import type { Decision } from "../controller/allocate.ts";
import { describeStay } from "../controller/conflict_condition.ts";
import type { GateName } from "../controller/gate.ts";
import { accessRefusal } from "../controller/pool_access.ts";
import { candidates } from "../controller/pool_choice.ts";
import type { Request } from "../controller/request.ts";
import { poolOf } from "../config/select.ts";
import { formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import { classGate } from "./class_gate.ts";
import type { Gate } from "./gate.ts";
import type { Matter } from "./matter.ts";
import { count, listNames, unreadText } from "./words.ts";

/** A Service that got past a gate. */
export interface Passage {
  readonly service: Service;
  readonly decision: Decision;
  readonly request: Request;
}

/** What was found at a gate that the Service got past. */
export function passed(matter: Matter, gate: GateName, passage: Passage): Gate<GateName> {
  const pass = (found: string): Gate<GateName> => ({ gate, result: "pass", found });
  switch (gate) {
    case "class":
      return classGate(matter, passage.service, "ours");
    case "configuration":
      return pass(configurationText(matter));
    case "request":
      return pass("it is not being deleted");
    case "family":
      return pass(familyText(passage));
    case "address":
      return pass(addressText(passage));
    case "pool":
      return pass(poolText(matter, passage));
    case "service-allocation":
      return pass(allocationText(matter, passage));
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
  if (wish.pool !== undefined) return `asked for: ${wish.pool}`;
  const names = candidates(config, { applicant, pool: undefined }).map(({ name }) => name);
  return names.length === 0
    ? `${count(config.pools.length, "pool")}, of which none gives this Service an address unasked`
    : `to be tried, in this order: ${listNames(names)}`;
}

/** Pools that would give an address, but to others. */
function allocationText({ outlook: { config } }: Matter, { request }: Passage): string {
  const { wish, applicant } = request;
  if (wish.kind !== "wish" || config === undefined) return "";
  if (wish.pool !== undefined || wish.addresses.length > 0) return "the pool is for this Service";
  const closed = config.pools.filter(({ autoAssign }) => autoAssign)
    .flatMap((pool) => accessRefusal(pool, applicant)?.message ?? []);
  return closed.length === 0 ? "no pool is kept for others" : listNames(closed);
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
